"""Triggers that keep what is written: what a constraint on one row cannot say.

`statements(dialect)` gives the SQL that makes them, for the migration and for `metadata.create_all`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from enablement_ext.adapters.database.tables.search_index import index_statements

_CONFIRMED = (
    "number, kind, made_by, made_at, address, browser, event, submission, decision, package_request, repository, person"
)
_ASKED = "number, submission, version, kind, author, asked_by, asked_at"
_TOLD = "number, key, channel, occasion, who, submission, event, nth, note, created_at"
_SUGGESTED = "thread, submission, replaces, source"
_TRIED = "id, author, path, content, content_id, image, conditions, holder, asked_at"
_DECIDED = "submission, version, content_id, track, verdict, decided_by, reason, decided_at"


@dataclass(frozen=True, slots=True)
class Trigger:
    """Refuses one kind of change to a table; `columns` narrows an update to these."""

    table: str
    verb: str  # "UPDATE" or "DELETE"
    message: str
    columns: str = ""

    @property
    def name(self) -> str:
        """The trigger's name."""
        return f"{self.table}_no_{self.verb.lower()}"

    @property
    def change(self) -> str:
        """The change as SQL names it."""
        return f"{self.verb} OF {self.columns}" if self.columns else self.verb


GUARDS = (
    Trigger("events", "UPDATE", "events are append-only"),
    Trigger("events", "DELETE", "events are append-only"),
    Trigger("versions", "UPDATE", "a version never changes"),
    Trigger("versions", "DELETE", "a version never changes"),
    Trigger("version_checks", "UPDATE", "what checks found never changes"),
    Trigger("version_checks", "DELETE", "what checks found is kept"),
    Trigger("due_runs", "UPDATE", "what was asked for never changes", _ASKED),
    Trigger("due_runs", "DELETE", "due runs are kept"),
    Trigger("outbox", "UPDATE", "what is told and whom never changes", _TOLD),
    Trigger("trials", "UPDATE", "what was asked for never changes", _TRIED),
    Trigger("receipts", "UPDATE", "a receipt never changes"),
    Trigger("receipts", "DELETE", "a receipt never changes"),
    Trigger("decisions", "UPDATE", "a decision never changes", _DECIDED),
    Trigger("decisions", "DELETE", "a decision never changes"),
    Trigger("submissions", "UPDATE", "number and creation of a submission never change", "number, created_at"),
    Trigger("submissions", "DELETE", "submissions are kept"),
    Trigger("people", "DELETE", "people are kept"),
    Trigger("confirmations", "UPDATE", "a confirmation never changes", _CONFIRMED),
    Trigger("confirmations", "DELETE", "confirmations are kept"),
    Trigger("comments", "UPDATE", "what was published never changes"),
    Trigger("comments", "DELETE", "comments are kept"),
    Trigger("comment_revisions", "UPDATE", "the history of a comment never changes"),
    Trigger("comment_revisions", "DELETE", "the history of a comment is kept"),
    Trigger("published_drafts", "UPDATE", "what was published never changes"),
    Trigger("published_drafts", "DELETE", "what was published is kept"),
    Trigger("suggestions", "UPDATE", "what was suggested never changes", _SUGGESTED),
    Trigger("suggestions", "DELETE", "suggestions are kept"),
    Trigger("small_files", "UPDATE", "a file never changes"),
    Trigger("small_files", "DELETE", "files are kept"),
)

_HEIR = "SELECT 1 FROM people WHERE id = OLD.author AND heir = NEW.author"
_AUTHOR = "the author of a submission changes only to the heir of the one before"
_UNDONE = (
    "coalesce(NEW.disputed_at, -1) <> OLD.disputed_at OR coalesce(NEW.settled_at, -1) <> OLD.settled_at"
    " OR coalesce(NEW.settled_by, '') <> OLD.settled_by OR coalesce(NEW.outcome, '') <> OLD.outcome"
)
_SAID_BEFORE = (
    "(OLD.applied_in IS NOT NULL AND (coalesce(NEW.applied_in, -1) <> OLD.applied_in"
    " OR coalesce(NEW.rejected_in, -1) <> coalesce(OLD.rejected_in, -1)))"
    " OR (OLD.rejected_in IS NOT NULL AND coalesce(NEW.rejected_in, -1) <> OLD.rejected_in)"
)
_ONCE = "a dispute and its settlement are said once"
# Updates of a row that are refused where a condition holds: name, table, condition, message.
_REFUSED = (
    ("confirmations_once", "confirmations", _UNDONE, _ONCE),
    ("suggestions_once", "suggestions", _SAID_BEFORE, "what became of a suggestion is said once"),
    ("due_runs_ended", "due_runs", "OLD.state = 'ended'", "a run that ended never changes"),
    (
        "due_runs_attempt",
        "due_runs",
        (
            "NEW.attempt <> OLD.attempt AND NOT"
            " (OLD.state = 'queued' AND NEW.state = 'running' AND NEW.attempt = OLD.attempt + 1)"
        ),
        "an attempt begins with taking a queued run",
    ),
    ("outbox_ended", "outbox", "OLD.state = 'ended'", "an entry that ended never changes"),
    (
        "outbox_attempt",
        "outbox",
        "NEW.attempt <> OLD.attempt AND NOT (NEW.state = 'taken' AND NEW.attempt = OLD.attempt + 1)",
        "an attempt begins with taking an entry",
    ),
    (
        "trials_ended",
        "trials",
        (
            "OLD.state = 'ended' AND (NEW.state <> 'ended' OR NEW.outcome <> OLD.outcome OR NEW.ended_at <> OLD.ended_at"
            " OR NEW.document <> '' OR NEW.showed IS NOT NULL)"
        ),
        "what ended is only forgotten",
    ),
)


def statements(dialect: str) -> Iterator[str]:
    """The SQL that makes every guard on "sqlite" or "postgresql", the index of terms, and the first row of the chain's head."""
    yield from _sqlite() if dialect == "sqlite" else _postgresql()
    yield from index_statements(dialect)
    yield "INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, '')"


def _sqlite() -> Iterator[str]:
    for guard in GUARDS:
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.change} ON {guard.table}"
            f" BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
        )
    yield (
        "CREATE TRIGGER submissions_author BEFORE UPDATE OF author ON submissions"
        f" WHEN NOT EXISTS ({_HEIR}) BEGIN SELECT RAISE(ABORT, '{_AUTHOR}'); END"
    )
    for name, table, condition, message in _REFUSED:
        yield (
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table}"
            f" WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    yield (
        "CREATE TRIGGER events_gapless BEFORE INSERT ON events"
        " WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)"
        " BEGIN SELECT RAISE(ABORT, 'events have no gaps'); END"
    )


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION enablement_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    yield (
        "CREATE FUNCTION enablement_gapless() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events) THEN"
        " RAISE EXCEPTION USING MESSAGE = 'events have no gaps', ERRCODE = 'integrity_constraint_violation';"
        " END IF; RETURN NEW; END $$"
    )
    yield (
        "CREATE FUNCTION enablement_heir() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF NOT EXISTS ({_HEIR}) THEN"
        f" RAISE EXCEPTION USING MESSAGE = '{_AUTHOR}', ERRCODE = 'integrity_constraint_violation';"
        " END IF; RETURN NEW; END $$"
    )
    yield (
        "CREATE TRIGGER submissions_author BEFORE UPDATE OF author ON submissions"
        " FOR EACH ROW EXECUTE FUNCTION enablement_heir()"
    )
    for guard in GUARDS:
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.change} ON {guard.table}"
            f" FOR EACH ROW EXECUTE FUNCTION enablement_refuse('{guard.message}')"
        )
    for table in (
        *("events", "versions", "receipts", "decisions", "submissions", "small_files", "people"),
        *(
            "confirmations",
            "version_checks",
            "comments",
            "comment_revisions",
            "published_drafts",
            "due_runs",
            "suggestions",
        ),
    ):
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('{table} are kept')"
        )
    for name, table, condition, message in _REFUSED:
        yield (
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table}"
            f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION enablement_refuse('{message}')"
        )
    yield "CREATE TRIGGER events_gapless BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION enablement_gapless()"
