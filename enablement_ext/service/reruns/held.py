"""What is to be tried: in the memory of this process until its trial has ended, on no disk and in no database."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

from enablement_ext.core.errors import RunsFull, Unavailable
from enablement_ext.core.review.models import ImageRef
from enablement_ext.service.use_cases.ingest import ValidatedBundle
from enablement_ext.web.shared_bytes import SharedBytes

MOST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HeldContent:
    """A notebook and the files beside it (path and size, their bytes one behind the other), as they would be stored."""

    path: str
    image: ImageRef
    notebook: SharedBytes
    files: SharedBytes
    listed: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return len(self.notebook) + len(self.files)


def _copied(validated: ValidatedBundle, image: ImageRef) -> HeldContent:
    """A copy. Raises `OSError` where there is no memory for it."""
    notebook, files = SharedBytes(), SharedBytes()
    notebook.write(validated.canonical)
    for content in validated.contents:
        files.write(content)
    listed = tuple((entry.path, entry.size) for entry in validated.files)
    return HeldContent(validated.notebook.path, image, notebook, files, listed)


@dataclass(slots=True)
class HeldTrials:
    """Implements `TrialContents`."""

    most_bytes: int = MOST_BYTES
    holder: str = field(default_factory=lambda: secrets.token_hex(8))
    _content: dict[str, HeldContent] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, trial: str, validated: ValidatedBundle, image: ImageRef) -> None:
        """Raises `RunsFull`, `Unavailable`. One that is alone always has room."""
        try:
            content = _copied(validated, image)
        except OSError:
            raise Unavailable from None
        with self._lock:
            kept = sum(each.size for each in self._content.values())
            if self._content and kept + content.size > self.most_bytes:
                raise RunsFull
            self._content[trial] = content

    def get(self, trial: str) -> HeldContent | None:
        """None where it is not kept (any more)."""
        with self._lock:
            return self._content.get(trial)

    def drop(self, trial: str) -> None:
        """Nothing of it is left, as soon as no process that runs it has it."""
        with self._lock:
            self._content.pop(trial, None)

    def ids(self) -> list[str]:
        """Of all that is kept."""
        with self._lock:
            return list(self._content)
