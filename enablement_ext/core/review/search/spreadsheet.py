"""What was found as rows of a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from enablement_ext.core.review.models import Submission
from enablement_ext.core.text.spreadsheets import plain_cell

COLUMNS = (
    *("number", "title", "author", "state", "stage", "image", "release", "notebook", "version"),
    *("sent_at", "updated_at", "claimed_by", "waiting_for", "open_threads"),
)


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV (RFC 4180), each cell made harmless."""
    written = io.StringIO()
    csv.writer(written).writerows([plain_cell(text) for text in row] for row in rows)
    return written.getvalue()


def row(submission: Submission) -> tuple[str, ...]:
    """A submission in the order of `COLUMNS`."""
    return (
        str(submission.number),
        submission.title,
        submission.author,
        submission.state.value,
        submission.stage.value if submission.stage else "",
        submission.image.slug,
        submission.image.release,
        submission.notebook_path,
        str(submission.latest),
        submission.created_at.isoformat(timespec="seconds"),
        submission.updated_at.isoformat(timespec="seconds"),
        submission.claim.by if submission.claim else "",
        " ".join(entry.who for entry in submission.attention),
        str(submission.open_threads),
    )
