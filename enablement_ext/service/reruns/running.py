"""What is run for a version: its stored notebook and files, in the environment of its image on this machine; and what becomes of the answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from enablement_ext.core.errors import ArtifactDamaged, BadCatalog, EnvironmentUnavailable
from enablement_ext.core.images.ports import Environments
from enablement_ext.core.review.due_runs.models import DueRunResult, RunOutcome
from enablement_ext.core.review.models import ImageRef, Version
from enablement_ext.core.runs.models import RunLimits
from enablement_ext.service.caches.catalog import CurrentCatalog
from enablement_ext.service.checking.wire import Json
from enablement_ext.service.reruns.held import HeldContent
from enablement_ext.service.reruns.process import RerunAnswer, RerunQuestion
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.web.shared_bytes import SharedBytes


class CannotRun(Exception):
    """It is not run here: `result` says why."""

    def __init__(self, reason: str, line: str) -> None:
        super().__init__(line)
        self.result = DueRunResult(RunOutcome.NOT_RUN, reason, line)


@dataclass(frozen=True, slots=True)
class VersionRuns:
    """`environments` are those of this machine; `warm`: a kernel is kept up for the next run."""

    review: ReviewContext
    images: CurrentCatalog
    environments: Environments
    limits: RunLimits = field(default_factory=RunLimits)
    warm: bool = True

    def question(self, version: Version) -> RerunQuestion:
        """Raises `CannotRun`, `StoreUnavailable`, `OSError` where there is no memory for the files."""
        self._check(version.image, sum(entry.size for entry in version.files))
        files, listed = SharedBytes(), list[tuple[str, int]]()
        notebook = SharedBytes()
        try:
            notebook.write(self.review.notebooks(version.notebook.sha256))
            for entry in version.files:
                content = self.review.artifacts.get(entry.sha256)
                files.write(content)
                listed.append((entry.path, len(content)))
        except ArtifactDamaged:
            raise CannotRun("file-lost", "A stored file of this version is damaged or missing.") from None
        return self._question(HeldContent(version.notebook.path, version.image, notebook, files, tuple(listed)))

    def trial_question(self, content: HeldContent) -> RerunQuestion:
        """The same of what is to be tried. Raises `CannotRun`."""
        self._check(content.image, len(content.files))
        return self._question(content)

    def _check(self, image: ImageRef, size: int) -> None:
        self._python(image)
        if size > self.limits.work_bytes:
            raise CannotRun("too-large", f"Its files ({size >> 20} MB) are more than a run may hold.")

    def _question(self, content: HeldContent) -> RerunQuestion:
        image = content.image
        message: Json = {
            "python": self._python(image),
            "environment": f"image {image.slug} {image.release}",
            "path": content.path,
            "files": content.listed,
            "limits": asdict(self.limits),
            "warm": self.warm,
            "outputs": self.review.checks.outputs(image).as_json(),
        }
        return RerunQuestion(message, content.notebook, content.files, self.limits)

    def result(self, answer: RerunAnswer) -> DueRunResult:
        """What is stored of it; the notebook is durable when this returns. Raises `NoSpace`, `StoreUnavailable`, `ValueError` for an answer that is none."""
        found, notebook = found_by(answer)
        if notebook is None:
            return found
        (sha256,) = self.review.artifacts.put([notebook])
        return replace(found, notebook=sha256)

    def _python(self, image: ImageRef) -> str:
        name = f"{image.slug} {image.release}"
        try:
            release = self.images.current().find(image.slug, image.release)
        except BadCatalog:
            raise CannotRun("image-unknown", "The image catalog of this hub cannot be read.") from None
        if release is None:
            raise CannotRun("image-unknown", f"Its image {name} is not in the catalog of this hub.")
        if image.digest and release.digest != image.digest:
            raise CannotRun("image-changed", f"The image {name} of this hub is not the one that it was made in.")
        try:
            found = self.environments.ready(release)
        except EnvironmentUnavailable:
            found = None
        if found is None:
            raise CannotRun("environment-missing", f"Its image {name} is not installed on this machine.")
        if image.python and found.python != image.python:
            raise CannotRun("environment-missing", f"Its image {name} is not installed for Python {image.python} here.")
        return f"{found.bin}/python"


def found_by(answer: RerunAnswer) -> tuple[DueRunResult, bytes | None]:
    """What an answer says, without the notebook, and the notebook with what the run showed. Raises `ValueError` for an answer that is none."""
    message = answer.message
    result = DueRunResult(RunOutcome(str(message["outcome"])), str(message["reason"]), str(message["line"]))
    if not answer.parts:
        return result, None
    document, notebook = answer.parts
    return replace(result, document=document.decode()), notebook
