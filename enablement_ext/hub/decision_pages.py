"""Where the pages are on which people decide: from the hub's configuration and `c.Enablement`, for hub, service and people's servers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jupyterhub.app import JupyterHub
from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner, Spawner
from traitlets.config import Config

from enablement_ext.core.access.clients import parse_networks
from enablement_ext.core.access.decision_origin import DecisionOrigin, Risk, ServersPlace, origin_of
from enablement_ext.hub.hub_configuration import SERVICE, configured
from enablement_ext.hub.settings import Enablement
from enablement_ext.hub.sizes import BadSetting


@dataclass(frozen=True, slots=True)
class DecisionPages:
    """`origin` as browsers see it ("": that of the API); `redirect_uri` of the service's OAuth client; what the service is told; a line for the log."""

    origin: str
    redirect_uri: str
    note: str
    environment: Mapping[str, str] = field(default_factory=dict)


def decision_pages(c: Config, settings: Enablement, spawner: type[Spawner]) -> DecisionPages:
    """What follows from the settings. Raises `BadSetting`."""
    hub, origin = _hub_origin(c, settings), _pages_origin(c, settings)
    base = _base_url(c)
    if origin and not hub:
        raise BadSetting(
            "Enablement.hub_url: say where browsers find this hub (https://HOST[:PORT]); the decision page sends them there"
        )
    path = f"{base}services/{SERVICE}/"
    place = DecisionOrigin(f"{origin}{path}", f"{hub}{base}hub/", servers_of(spawner), _accepted(settings))
    return DecisionPages(
        origin=origin,
        redirect_uri=f"{origin}{path}oauth_callback" if origin else "",
        note=_note(place),
        environment=_environment(c, settings, place, (hub, origin)),
    )


def servers_of(spawner: type[Spawner]) -> ServersPlace:
    """Where this spawner's servers run. A kind that is not known may run them on this machine."""
    if issubclass(spawner, SimpleLocalProcessSpawner) or (spawner is LocalProcessSpawner and os.geteuid() != 0):
        return ServersPlace.SAME_ACCOUNT
    containers = spawner.class_traits().get("image") is not None and not issubclass(spawner, LocalProcessSpawner)
    return ServersPlace.ELSEWHERE if containers else ServersPlace.SAME_HOST


def _environment(c: Config, settings: Enablement, place: DecisionOrigin, origins: tuple[str, str]) -> dict[str, str]:
    hub, origin = origins
    told = {
        "ENABLEMENT_HUB_URL": hub if origin else "",
        "ENABLEMENT_DECISION_URL": origin,
        "ENABLEMENT_DECISION_LISTEN": settings.decision_listen,
        "ENABLEMENT_DECISION_CERTIFICATE": settings.decision_certificate or configured(c, "JupyterHub", "ssl_cert", ""),
        "ENABLEMENT_DECISION_KEY": settings.decision_key or configured(c, "JupyterHub", "ssl_key", ""),
        "ENABLEMENT_ACCEPTED_RISKS": ",".join(sorted(place.accepted)),
        "ENABLEMENT_SERVERS": place.servers.value,
        "ENABLEMENT_TRUSTED_PROXIES": ",".join(_proxies(settings)),
    }
    return {name: value for name, value in told.items() if value}


def _note(place: DecisionOrigin) -> str:
    if place.off_because:
        return f"decisions: OFF. {place.remedy}"
    taken = f"; accepted risks: {', '.join(place.taken)}" if place.taken else ""
    return f"decisions: on, at {place.pages}{taken}"


def _accepted(settings: Enablement) -> frozenset[Risk]:
    try:
        return frozenset(Risk(risk) for risk in settings.accepted_risks)
    except ValueError as problem:
        raise BadSetting(f"Enablement.accepted_risks: {problem}; there are {', '.join(Risk)}") from None


def _proxies(settings: Enablement) -> list[str]:
    try:
        parse_networks(settings.trusted_proxies)
    except ValueError as problem:
        raise BadSetting(f"Enablement.trusted_proxies: {problem}") from None
    return [each.strip() for each in settings.trusted_proxies]


def _hub_origin(c: Config, settings: Enablement) -> str:
    """As browsers see it, "" where the configuration does not say it."""
    for address in (
        settings.hub_url,
        configured(c, "JupyterHub", "public_url", ""),
        configured(c, "JupyterHub", "subdomain_host", ""),
        configured(c, "JupyterHub", "bind_url", ""),
    ):
        parts = urlsplit(address if "://" in address else f"https://{address}")
        if parts.hostname and parts.hostname not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
            tls = configured(c, "JupyterHub", "ssl_cert", "")
            return f"{'https' if tls else parts.scheme}://{parts.netloc}"
    return ""


def _pages_origin(c: Config, settings: Enablement) -> str:
    """What is set, else the service's own host under subdomains, else "". Raises `BadSetting`."""
    own, domain = _own_subdomain(c)
    url = settings.decision_url.rstrip("/")
    if not url:
        return own
    if not origin_of(url) or urlsplit(url).path:
        raise BadSetting(f"Enablement.decision_url is https://HOST[:PORT] without a path, not {url}")
    if domain and origin_of(url) != origin_of(own) and f".{urlsplit(url).hostname}".endswith(f".{domain}"):
        raise BadSetting(
            "Enablement.decision_url: a name below c.JupyterHub.subdomain_host may be a person's; leave it empty, the service has its own"
        )
    if not settings.service_url and not settings.decision_listen and origin_of(url) != origin_of(own):
        raise BadSetting(
            "Enablement.decision_listen: say where the review service listens for Enablement.decision_url, e.g. http://127.0.0.1:8301"
        )
    return url


def _own_subdomain(c: Config) -> tuple[str, str]:
    """The origin of the service under the hub's subdomains, and their domain; two empty texts without subdomains."""
    host = configured(c, "JupyterHub", "subdomain_host", "")
    if not host:
        return "", ""
    named = JupyterHub(subdomain_host=host, subdomain_hook=configured(c, "JupyterHub", "subdomain_hook", "idna"))
    parts = urlsplit(named.subdomain_host)
    domain = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{named.subdomain_hook(SERVICE, domain, kind='service')}{port}", domain


def _base_url(c: Config) -> str:
    """The hub's base URL with slashes around it."""
    base = configured(c, "JupyterHub", "base_url", "") or urlsplit(configured(c, "JupyterHub", "bind_url", "")).path
    inner = str(base).strip("/")
    return f"/{inner}/" if inner else "/"
