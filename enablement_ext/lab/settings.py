"""Configuration of the lab extension: from the environment, which the hub's spawner sets, and from traitlets (`c.EnablementLab`)."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from traitlets import Bool, Dict, Float, Integer, List, TraitError, Unicode, default, validate
from traitlets.config import Configurable

from enablement_ext.core.submission.bundle import DEFAULT_LIMITS

if TYPE_CHECKING:  # a server reads its settings at its start, and what a start imports is waited for
    from enablement_ext.core.images.compatibility import RecordedImage

_CHECKLIST = {
    "runs_from_clean": "It runs from top to bottom after a restart of the kernel",
    "data_described": "It says which data it uses and where they come from",
    "no_secrets": "There are no passwords, tokens or personal data in code and outputs",
    "result_explained": "It says what the result means and what it is good for",
}


class EnablementLab(Configurable):
    """The Jupyter Server extension of Enablement."""

    service_url = Unicode(
        help="Base address of the review service as this server reaches it. Default: ENABLEMENT_SERVICE_URL."
    ).tag(config=True)
    public_url = Unicode(
        help="Path or address of the review service as a browser reaches it. Default: ENABLEMENT_PUBLIC_URL."
    ).tag(config=True)
    checklist = Dict(
        value_trait=Unicode(),
        key_trait=Unicode(),
        default_value=_CHECKLIST,
        help="What the author is asked to tick before sending: key to label.",
    ).tag(config=True)
    max_files = Integer(DEFAULT_LIMITS.files, min=1, help="Most files that can be sent with a notebook.").tag(
        config=True
    )
    max_bytes = Integer(DEFAULT_LIMITS.total_bytes, min=1, help="Most bytes that can be sent at once.").tag(config=True)
    link_roots = List(
        Unicode(),
        help="Folders outside of the home that symbolic links in it may lead to, such as what projects share; absolute paths. Notebooks and"
        " files below them are sent like those in the home. Without an entry a link that leaves the home is refused, and says so.",
    ).tag(config=True)
    connect_seconds = Float(5.0, min=0.1, help="How long to wait for a connection to the review service.").tag(
        config=True
    )
    answer_seconds = Float(
        30.0, min=0.1, help="How long to wait for the review service to begin or go on answering."
    ).tag(config=True)
    receipt_seconds = Float(180.0, min=0.1, help="How long to wait for a receipt when everything is sent.").tag(
        config=True
    )

    tour = Bool(help="Whether JupyterLab shows once where the buttons are. Default: ENABLEMENT_TOUR is 1.").tag(
        config=True
    )

    @default("tour")
    def _tour_of_environment(self) -> bool:
        return os.environ.get("ENABLEMENT_TOUR") == "1"

    @validate("link_roots")
    def _only_absolute(self, proposal: dict[str, list[str]]) -> list[str]:
        """A relative one would depend on where the server was started, and "/" would allow everything."""
        for root in proposal["value"]:
            if not root.startswith("/") or not root.strip("/."):
                raise TraitError(
                    f"c.EnablementLab.link_roots: {root!r} is not an absolute path below “/”, such as /shared/projects."
                )
        return proposal["value"]

    @default("service_url")
    def _service_url_of_environment(self) -> str:
        return os.environ.get("ENABLEMENT_SERVICE_URL", "")

    @default("public_url")
    def _public_url_of_environment(self) -> str:
        return os.environ.get("ENABLEMENT_PUBLIC_URL", "/services/enablement/")

    def token(self) -> str:
        """This server's own token. Not a trait, so that no listing of settings shows it."""
        return os.environ.get("JUPYTERHUB_API_TOKEN", "")

    def image(self) -> RecordedImage | None:
        """The image release the spawner started this server in, None where it says none."""
        from enablement_ext.core.images.compatibility import RecordedImage  # noqa: PLC0415 - see above

        slug, release = os.environ.get("ENABLEMENT_IMAGE", ""), os.environ.get("ENABLEMENT_RELEASE", "")
        return RecordedImage(slug, release, os.environ.get("ENABLEMENT_DIGEST", "")) if slug and release else None

    def context(self) -> dict[str, object]:
        """What the front end needs to know before the first request."""
        from enablement_ext.core.review.models import Stage  # noqa: PLC0415 - see above

        image = self.image()
        return {
            "user": os.environ.get("JUPYTERHUB_USER", ""),
            "service": bool(self.service_url and self.token()),
            "public_url": self.public_url,
            "image": asdict(image) if image else None,
            "stages": [stage.value for stage in Stage],
            "checklist": [{"key": key, "label": label} for key, label in self.checklist.items()],
            "limits": {"files": self.max_files, "bytes": self.max_bytes},
            "tour": self.tour,
        }
