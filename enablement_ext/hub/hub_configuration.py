"""What `configure(c)` adds to a hub's configuration: scopes, roles, groups, the service, named servers.

Existing configuration is never replaced. Entries of the same name are merged: existing values stay, ours are added. Every function yields
the lines that tell the administrator what was added, for one list in the log.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jupyterhub.roles import get_default_roles
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from enablement_ext.core.access.groups import GROUP_SCOPES, SCOPE_PREFIX, SERVER_SCOPES

SERVICE = "enablement"

SCOPES: Mapping[str, str] = {
    "submit": "Send notebooks to engineering and answer for them",
    "read": "See submissions",
    "review": "Claim submissions, comment on them, request changes",
    "decide": "Approve or reject submissions, on the service's own page",
    "admin": "Run the review service",
}
# The addresses are relative to the home page, whatever path the hub has.
_HOME_LINE = (
    "New here: send a notebook to engineering from JupyterLab, and follow what happens to it."
    ' <a href="user-redirect/lab?enablement-panel=queue">Open the review queue</a> ·'
    ' <a href="spawn">Choose an image</a>'
)
SERVICE_SCOPES = ("list:users", "read:users", "read:servers", "admin:server_state", "read:groups", "read:hub")


@dataclass(frozen=True, slots=True)
class ServiceWiring:
    """How the hub reaches the review service. `command` is empty for one that runs elsewhere; `redirect_uri`: where its sign-in ends."""

    url: str
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    api_token: str = ""
    redirect_uri: str = ""


def configured(config: Config, section: str, key: str, empty: Any) -> Any:
    """What the configuration says so far, as a copy that may be changed; `empty` if it says nothing."""
    if section not in config or key not in config[section]:
        return empty
    value = config[section][key]
    if isinstance(value, LazyConfigValue):
        value = value.get_value(empty)
    return copy.copy(value)


def add_scopes(c: Config) -> Iterator[str]:
    """Our custom scopes, beside those that are there."""
    known = configured(c, "JupyterHub", "custom_scopes", {})
    ours = {SCOPE_PREFIX + name: {"description": text} for name, text in SCOPES.items()}
    c.JupyterHub.custom_scopes = ours | known
    yield "custom scopes: " + ", ".join(sorted(ours))


def add_roles(c: Config) -> Iterator[str]:
    """A role per group, the service's role, and our scopes on the `server` role."""
    roles = configured(c, "JupyterHub", "load_roles", [])
    by_groups = not _is_set(c, "manage_roles")
    access = f"access:services!service={SERVICE}"
    for group, names in GROUP_SCOPES.items():
        wanted = {"name": group, "scopes": [*(SCOPE_PREFIX + name for name in names), access]}
        yield _merge_role(roles, wanted | ({"groups": [group]} if by_groups else {}))
    if not by_groups:
        yield "  your authenticator manages roles: let it give people the roles above"
    yield _merge_role(roles, {"name": "enablement-service", "scopes": list(SERVICE_SCOPES), "services": [SERVICE]})
    yield _merge_role(
        roles,
        {"name": "server", "scopes": [*_usual_server_scopes(roles), *(SCOPE_PREFIX + name for name in SERVER_SCOPES)]},
    )
    c.JupyterHub.load_roles = roles
    yield from _widen_token_scopes(c)


def add_groups(c: Config) -> Iterator[str]:
    """The three groups, unless the authenticator brings groups."""
    if _is_set(c, "manage_groups"):
        yield f"groups: your authenticator manages them; let it put people into {', '.join(GROUP_SCOPES)}"
        return
    groups = configured(c, "JupyterHub", "load_groups", {})
    added = [name for name in GROUP_SCOPES if name not in groups]
    c.JupyterHub.load_groups = groups | {name: {} for name in added}
    kept = [name for name in GROUP_SCOPES if name not in added]
    if added:
        yield "groups: " + ", ".join(added)
    if kept:
        yield f"groups already there and left as they are: {', '.join(kept)}"


def add_service(c: Config, wiring: ServiceWiring) -> Iterator[str]:
    """The review service with its OAuth client. An entry of that name keeps every key that it sets."""
    services = configured(c, "JupyterHub", "services", [])
    theirs = next((service for service in services if service.get("name") == SERVICE), None)
    ours: dict[str, Any] = {
        "name": SERVICE,
        "url": wiring.url,
        "oauth_client_allowed_scopes": [SCOPE_PREFIX + name for name in SCOPES],
        # The review service belongs to the hub: no "allow this service?" page between a person and the decision.
        "oauth_no_confirm": True,
    }
    if wiring.command:
        ours |= {"command": list(wiring.command), "environment": dict(wiring.environment or {})}
    if wiring.redirect_uri:
        # Literally, and only this one: the code of a sign-in goes to the origin of the decision page, where no lab page can read it.
        ours["oauth_redirect_uri"] = wiring.redirect_uri
    if wiring.api_token:
        ours["api_token"] = wiring.api_token
    merged = ours | (theirs or {})
    c.JupyterHub.services = [service for service in services if service is not theirs] + [merged]
    kind = "started and supervised by this hub" if merged.get("command") else "running elsewhere"
    yield f"service {SERVICE} at {merged['url']}, {kind}"
    if theirs is not None:
        yield f"  kept from your entry of that name: {', '.join(sorted(set(theirs) - {'name'})) or 'nothing but the name'}"


def add_supervisor(c: Config, token: str) -> None:
    """`enablement up` may have the proxy's routes put back, and nothing else."""
    if token:
        name = f"{SERVICE}-supervisor"
        c.JupyterHub.services = [*configured(c, "JupyterHub", "services", []), {"name": name, "api_token": token}]
        roles = configured(c, "JupyterHub", "load_roles", [])
        c.JupyterHub.load_roles = [*roles, {"name": name, "scopes": ["proxy"], "services": [name]}]


def add_named_servers(c: Config) -> Iterator[str]:
    """Named servers, for opening a submission beside one's own work, unless the hub decided about them."""
    theirs = configured(c, "JupyterHub", "allow_named_servers", None)
    if theirs is None:
        c.JupyterHub.allow_named_servers = True
        yield "named servers: allowed"
    elif not theirs:
        yield "named servers: off, as you set it; submissions cannot be opened in a server of their own"


def add_home_line(c: Config) -> Iterator[str]:
    """One line on the hub's home page: what is new here, with ways to the queue and to the images. An announcement that is set stays alone."""
    variables = configured(c, "JupyterHub", "template_vars", {})
    theirs = sorted({"announcement", "announcement_home"} & set(variables))
    if theirs:
        yield f"home page: {' and '.join(theirs)} (yours) stays; ours is not shown"
        return
    c.JupyterHub.template_vars = variables | {"announcement_home": _HOME_LINE}
    yield "home page: a line with links to the review queue and the images"


def _merge_role(roles: list[dict[str, Any]], wanted: dict[str, Any]) -> str:
    """Add what `wanted` holds to the role of that name, or append it. Returns the line that says so."""
    for place, role in enumerate(roles):
        if role.get("name") == wanted["name"]:
            merged = dict(role)
            for key in ("scopes", "groups", "services"):
                if key in wanted:
                    merged[key] = [*role.get(key, []), *(item for item in wanted[key] if item not in role.get(key, []))]
            roles[place] = merged
            added = [item for item in merged["scopes"] if item not in role.get("scopes", [])]
            return f"role {wanted['name']} (yours, kept): added {', '.join(added) or 'nothing'}"
    roles.append(wanted)
    return f"role {wanted['name']}: {', '.join(wanted['scopes'])}"


def _usual_server_scopes(roles: list[dict[str, Any]]) -> list[str]:
    """JupyterHub's own scopes of the `server` role, unless the hub says itself which ones it has."""
    if any(role.get("name") == "server" and "scopes" in role for role in roles):
        return []
    return list(next(role["scopes"] for role in get_default_roles() if role["name"] == "server"))


def _widen_token_scopes(c: Config) -> Iterator[str]:
    """A spawner with its own list of token scopes does not ask the `server` role: the list gets ours too."""
    for section in [name for name in c if name.endswith("Spawner")]:
        theirs = configured(c, section, "server_token_scopes", None)
        if isinstance(theirs, list):
            ours = [SCOPE_PREFIX + name for name in SERVER_SCOPES if SCOPE_PREFIX + name not in theirs]
            c[section].server_token_scopes = theirs + ours
            yield f"{section}.server_token_scopes (yours, kept): added {', '.join(ours)}"
        elif theirs is not None:
            needed = ", ".join(SCOPE_PREFIX + name for name in SERVER_SCOPES)
            yield f"{section}.server_token_scopes is a function of yours: let it return {needed} as well"


def _is_set(c: Config, key: str) -> bool:
    return any(bool(configured(c, section, key, False)) for section in c if section.endswith("Authenticator"))
