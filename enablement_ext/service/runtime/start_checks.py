"""Whether queue and artifacts belong together: the one names files that the other keeps, so each beside a stranger's is a loss."""

from __future__ import annotations

from pathlib import Path

from enablement_ext.core.errors import DatabaseReplaced
from enablement_ext.core.review.ports import UNKNOWN_OWNER, ArtifactStore, ReviewStore

WAY_ON = "Put the database back, or restore both with `enablement backup restore`. To begin anew, move the stored files away too."


def refuse_absence(file: Path, artifacts: ArtifactStore) -> None:
    """Where there are stored files an absent or empty database is no beginning. Raises `DatabaseReplaced`, `StoreUnavailable`."""
    absent = not file.exists()
    if (absent or not file.stat().st_size) and artifacts.owner():
        raise DatabaseReplaced(
            f"The database {file} is {'missing' if absent else 'empty'}, but files of a queue are stored. {WAY_ON}"
        )


def bind(store: ReviewStore, artifacts: ArtifactStore) -> None:
    """Note in the artifact store whose it is, the first time. Raises `DatabaseReplaced` where it is another queue's; `StoreUnavailable`, `NoSpace`."""
    instance, owner = store.instance(), artifacts.owner()
    if owner in {"", UNKNOWN_OWNER}:
        artifacts.belong_to(instance)
    elif owner != instance:
        raise DatabaseReplaced(f"The stored files belong to another database than this one. {WAY_ON}")
