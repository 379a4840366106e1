"""Which forge keeps the repositories, as settings. Secrets come from files or the environment, never from a setting's value."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from traitlets import Enum, TraitError, Unicode, default, validate
from traitlets.config import Configurable

from enablement_ext.core.git.forges.ports import ForgeAccount, ForgeKind

_DEFAULT_URL = {ForgeKind.GITHUB: "https://github.com", ForgeKind.GITLAB: "https://gitlab.com", ForgeKind.GITEA: ""}


class ForgeSettings(Configurable):
    """Where repositories are kept."""

    kind = Enum(
        [kind.value for kind in (ForgeKind.BUNDLED, *_DEFAULT_URL)],
        ForgeKind.BUNDLED.value,
        help="The forge: `bundled` (this service keeps repositories itself), `github`, `gitlab` or `gitea` (also Forgejo). "
        "Default: $ENABLEMENT_FORGE, else bundled.",
    ).tag(config=True)
    url = Unicode(
        "",
        help="The address people open, e.g. https://git.example.org. Default: https://github.com, https://gitlab.com; Gitea has none.",
    ).tag(config=True)
    api_url = Unicode("", help="The address of its API, where that is not at the usual place below `url`.").tag(
        config=True
    )
    owner = Unicode(
        "",
        help="The organisation (GitHub, Gitea) or group (GitLab, with its whole path) that keeps everybody's repositories.",
    ).tag(config=True)
    account = Unicode(
        "", help="GitHub: the App's id. Gitea: the name of the administrator's account. GitLab: not needed."
    ).tag(config=True)
    secret_file = Unicode(
        "",
        help="The file with the App's private key (GitHub), the group's access token (GitLab) or the account's password (Gitea). "
        "Default: what is in $ENABLEMENT_FORGE_SECRET.",
    ).tag(config=True)
    hook_secret_file = Unicode(
        "",
        help="The file with the secret that the forge signs its deliveries with. Default: what is in $ENABLEMENT_FORGE_HOOK_SECRET. "
        "Without one none is taken.",
    ).tag(config=True)
    hook_url = Unicode(
        "",
        help="The address under which the forge reaches this service's /api/v1/git/deliveries. With it every repository of GitLab and Gitea "
        "gets the webhook; a GitHub App has one of its own.",
    ).tag(config=True)
    ca_file = Unicode(
        "", help="A file with the certificates of the forge's authority, where it is not a public one."
    ).tag(config=True)

    @default("kind")
    def _default_kind(self) -> str:
        return os.environ.get("ENABLEMENT_FORGE") or ForgeKind.BUNDLED.value

    @validate("url", "api_url", "hook_url")
    def _checked_url(self, proposal: Any) -> Any:
        value = proposal["value"]
        if value and (not value.startswith(("http://", "https://")) or "@" in value or not value.isprintable()):
            raise TraitError(
                f"ForgeSettings.{proposal['trait'].name} is an address with http or https, and without a password"
            )
        return value.rstrip("/")

    @property
    def bundled(self) -> bool:
        """Whether the service keeps repositories itself."""
        return bool(self.kind == ForgeKind.BUNDLED.value)

    def account_at(self, api_of: Callable[[ForgeKind, str], str]) -> ForgeAccount:
        """Where the forge is and as whom the service comes; `api_of` says where the API of an address is.

        Raises `TraitError` where something is missing.
        """
        kind = ForgeKind(self.kind)
        url = self.url or _DEFAULT_URL[kind]
        secret = _secret(self.secret_file, "ENABLEMENT_FORGE_SECRET")
        missing = [
            name
            for name, value in (
                ("url", url),
                ("owner", self.owner),
                ("account", self.account or kind is ForgeKind.GITLAB),
                ("secret_file", secret),
            )
            if not value
        ]
        if missing:
            raise TraitError(f"ForgeSettings.kind is {kind.value}, and these are missing: {', '.join(missing)}")
        return ForgeAccount(
            kind=kind,
            url=url,
            api=self.api_url or api_of(kind, url),
            owner=self.owner.strip("/"),
            name=self.account,
            secret=secret,
            hook_secret=_secret(self.hook_secret_file, "ENABLEMENT_FORGE_HOOK_SECRET"),
            hook_url=self.hook_url,
            ca_file=self.ca_file,
        )


def _secret(file: str, variable: str) -> str:
    """Raises `TraitError` where the file cannot be read; what is in it is never told."""
    if not file:
        return os.environ.get(variable, "").strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise TraitError(f"The file of the forge's secret cannot be read: {file}") from None
