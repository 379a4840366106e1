"""What was found as rows of a table: text that a spreadsheet takes for text.

Source: OWASP, "CSV Injection": a cell that begins with = + - @, a tab or a carriage return may be taken for a formula; a quote in front of it keeps it
from that. The wide forms of these signs are taken for the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from enablement_ext.core.review.models import Submission

COLUMNS = (
    *("number", "title", "author", "state", "stage", "image", "release", "notebook", "version"),
    *("sent_at", "updated_at", "claimed_by", "waiting_for", "open_threads"),
)
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def cell(text: str) -> str:
    """The text, never a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV (RFC 4180), each cell made harmless."""
    written = io.StringIO()
    csv.writer(written).writerows([cell(text) for text in row] for row in rows)
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
