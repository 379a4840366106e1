"""How the image release stands that the notebook is made in, and whether what runs is what it says."""

from __future__ import annotations

from collections.abc import Iterator

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Level, ReleaseFacts
from enablement_ext.core.images.drift import Drift
from enablement_ext.core.images.releases import Status

_NAMED = 5  # packages in a sentence


class ReleaseCheck:
    """By the catalog, and by what is installed where the notebook runs."""

    name = "release"
    kinds = {  # noqa: RUF012 - a constant
        "release.unknown": FindingKind(
            Level.WARN, "The catalog has no {image}.", "Start your server again with an image that is offered."
        ),
        "release.withdrawn": FindingKind(
            Level.WARN,
            "{image} was withdrawn{because}.",
            "Start your server with {instead}, run all cells there, then send.",
        ),
        "release.deprecated": FindingKind(
            Level.WARN,
            "{image} is no longer kept up to date.",
            "Start your server with {instead}, run all cells there, then send.",
        ),
        "release.preview": FindingKind(Level.ALLOW, "{image} is a preview.", "Nothing."),
        "release.drift": FindingKind(
            Level.WARN,
            "{count} packages on your server are not as in {image}: {packages}.",
            "Take out what you installed yourself (pip uninstall), restart the kernel and run all cells.",
        ),
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """At most one about the release, and one about drift."""
        release, drift = notebook.around.release, notebook.around.drift
        if release is None:
            return
        code = _code(release.status)
        if code:
            because = f": {release.reason}" if release.reason else ""
            facts = {"image": release.name, "because": because, "instead": release.instead or "a newer release"}
            yield Finding(code, facts=facts)
        if drift:
            named = ", ".join(map(_told, drift[:_NAMED])) + (" and others" if len(drift) > _NAMED else "")
            yield Finding("release.drift", facts={"image": release.name, "count": len(drift), "packages": named})


def unknown_release(name: str) -> ReleaseFacts:
    """What is said of a release that the catalog does not have."""
    return ReleaseFacts(name, {}, "unknown")


def _code(status: str) -> str:
    known = {Status.WITHDRAWN.value, Status.DEPRECATED.value, Status.PREVIEW.value, "unknown"}
    return f"release.{status}" if status in known else ""


def _told(drift: Drift) -> str:
    if drift.version is None:
        return f"{drift.name} is missing"
    return f"{drift.name} {drift.version}" + (f" instead of {drift.locked}" if drift.locked else "")
