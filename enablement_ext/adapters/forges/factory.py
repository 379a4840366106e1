"""The forge of an account."""

from __future__ import annotations

from enablement_ext.adapters.forges.client import RequestLimits
from enablement_ext.adapters.forges.gitea import GiteaForge
from enablement_ext.adapters.forges.github import GitHubForge
from enablement_ext.adapters.forges.gitlab import GitLabForge
from enablement_ext.core.git.forges.ports import Forge, ForgeAccount, ForgeKind


def open_forge(account: ForgeAccount, limits: RequestLimits | None = None) -> Forge:
    """Asks nobody yet. Raises `ValueError` for a kind that is not kept elsewhere, and for a secret that is none."""
    if account.kind is ForgeKind.GITHUB:
        return GitHubForge(account, limits)
    if account.kind is ForgeKind.GITLAB:
        return GitLabForge(account, limits)
    if account.kind is ForgeKind.GITEA:
        return GiteaForge(account, limits)
    raise ValueError(f"{account.kind.value} is no forge elsewhere")


def api_of(kind: ForgeKind, url: str) -> str:
    """Where the API is of the forge that people open at this address."""
    base = url.rstrip("/")
    if kind is ForgeKind.GITHUB:
        return "https://api.github.com" if base == "https://github.com" else f"{base}/api/v3"
    return f"{base}/api/v4" if kind is ForgeKind.GITLAB else f"{base}/api/v1"
