"""What the databases themselves refuse, whatever the code above them does, and what verification finds when even that was lifted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from enablement_ext.adapters.database.engine import Limits, open_engine
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.access.people import Person
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.due_runs.models import DueRunResult, NewDueRun, RunOutcome, ended
from enablement_ext.core.review.due_runs.trials import begun, ended_trial
from enablement_ext.core.review.event_log import AuditReport, Breach, verify
from enablement_ext.core.review.models import Anchor, CheckRecord, Verdict
from enablement_ext.core.review.ports import NewDecision, ReviewStore
from tests.adapters.contract.test_trials import TRIAL
from tests.adapters.factories import NOW, kept_receipt, send, sent, sha

REFUSED = {
    "event edited": "UPDATE events SET actor = 'mallory' WHERE seq = 2",
    "event removed": "DELETE FROM events WHERE seq = 2",
    "event out of line": "INSERT INTO events (seq, at, actor, kind, data, previous, hash) VALUES (9, 0, 'a', 'k', '{}', 'p', 'h')",
    "event repeated": "INSERT INTO events SELECT 4, at, actor, kind, submission, version, data, previous, hash FROM events WHERE seq = 3",
    "version changed": "UPDATE versions SET content_id = 'x'",
    "version removed": "DELETE FROM versions",
    "finding removed": "UPDATE version_checks SET findings = '[]'",
    "checks removed": "DELETE FROM version_checks",
    "checks of nothing": "INSERT INTO version_checks SELECT submission, 7, policy, findings, taken_out FROM version_checks",
    "checked twice": "INSERT INTO version_checks SELECT * FROM version_checks",
    "run that ended taken up": "UPDATE due_runs SET state = 'queued', ended_at = NULL, outcome = NULL, reason = NULL, line = NULL,"
    " document = NULL, notebook = NULL WHERE number = 1",
    "result changed": "UPDATE due_runs SET outcome = 'same' WHERE number = 1",
    "run removed": "DELETE FROM due_runs",
    "two open runs of a version": "INSERT INTO due_runs SELECT 9, submission, version, kind, author, asked_by, asked_at, due_at, state,"
    " attempt, failures, started_at, lease_until, cells_done, cells_total, ended_at, outcome, reason, line, document, notebook"
    " FROM due_runs WHERE number = 2",
    "run of another version": "UPDATE due_runs SET submission = 2 WHERE number = 2",
    "running without a lease": "UPDATE due_runs SET state = 'running', attempt = 1, started_at = 1 WHERE number = 2",
    "ended without a result": "UPDATE due_runs SET state = 'ended', ended_at = 1 WHERE number = 2",
    "result of a run that goes on": "UPDATE due_runs SET line = 'x' WHERE number = 2",
    "attempt skipped": "UPDATE due_runs SET state = 'running', attempt = 2, started_at = 1, lease_until = 1 WHERE number = 2",
    "ended by an attempt that never was": "UPDATE due_runs SET state = 'ended', ended_at = 1, attempt = 1, outcome = 'same', reason = '',"
    " line = '', document = '', notebook = '' WHERE number = 2",
    "trial that ended turned": "UPDATE trials SET outcome = 'same' WHERE id = 'first'",
    "trial that ended taken up": "UPDATE trials SET state = 'queued', lease_until = 1, ended_at = NULL, outcome = NULL, reason = NULL, line = NULL,"
    " document = NULL WHERE id = 'first'",
    "shown after the end": "UPDATE trials SET showed = document WHERE id = 'first'",
    "trial of somebody else": "UPDATE trials SET author = 'mallory'",
    "two open trials of a notebook": "INSERT INTO trials SELECT 'third', author, path, content, content_id, image, conditions, holder, asked_at, state,"
    " lease_until, started_at, cells_done, cells_total, ended_at, outcome, reason, line, document, showed FROM trials WHERE id = 'second'",
    "waiting without a lease": "UPDATE trials SET lease_until = NULL WHERE id = 'second'",
    "trial ended without a result": "UPDATE trials SET state = 'ended', lease_until = NULL, ended_at = 1 WHERE id = 'second'",
    "receipt changed": "UPDATE receipts SET title = 'x'",
    "receipt removed": "DELETE FROM receipts",
    "decision turned": "UPDATE decisions SET verdict = 'approve'",
    "decision removed": "DELETE FROM decisions",
    "decision on other content": "INSERT INTO decisions SELECT 9, submission, version, 'other', track, verdict, decided_by, reason,"
    " decided_at, NULL FROM decisions",
    "suggestion changed": "UPDATE suggestions SET source = 'other'",
    "suggestion of another cell": "UPDATE suggestions SET replaces = 'other'",
    "suggestion removed": "DELETE FROM suggestions",
    "suggestion rejected otherwise": "UPDATE suggestions SET rejected_in = NULL",
    "applied in a version that is not there": "UPDATE suggestions SET applied_in = 9",
    "suggestion that changes nothing": "INSERT INTO suggestions SELECT 2, submission, 'x', 'x', NULL, NULL FROM suggestions",
    "suggestion of no thread": "INSERT INTO suggestions SELECT 9, submission, replaces, source, NULL, NULL FROM suggestions",
    "small file changed": "UPDATE small_files SET content = ''",
    "small file removed": "DELETE FROM small_files",
    "author changed": "UPDATE submissions SET author = 'mallory' WHERE number = 1",
    "author changed to another than the heir": "UPDATE submissions SET author = 'mallory' WHERE author = 'gone'",
    "submission renumbered": "UPDATE submissions SET number = 77 WHERE number = 1",
    "person removed": "DELETE FROM people",
    "name held twice": "INSERT INTO people SELECT 'other', name, created, 1, bound_at, seen_at, NULL FROM people",
    "submission removed": "DELETE FROM submissions",
    "unknown state": "UPDATE submissions SET state = 'lost' WHERE number = 1",
    "unknown stage": "UPDATE submissions SET stage = 'lost' WHERE number = 1",
    "half a claim": "UPDATE submissions SET claim_by = 'remy' WHERE number = 1",
    "the other half": "UPDATE submissions SET claim_since = 1, claim_expires_at = 2 WHERE number = 1",
    "same place twice": "UPDATE submissions SET waiting_seq = 2 WHERE number = 1",
    "same turn twice": "UPDATE attention SET since_seq = 2 WHERE submission = 1",
    "turn without submission": "INSERT INTO attention (who, since_seq, submission, since, author) VALUES ('user:x', 9, 77, 0, 'x')",
    "half resolved": "UPDATE threads SET resolved_by = 'remy'",
    "a second head": "INSERT INTO chain_head (id, seq, hash) VALUES (2, 0, '')",
    "a version of nothing": "INSERT INTO threads (id, submission, version, anchor) VALUES (9, 1, 7, '{}')",
    "a receipt of nothing": "INSERT INTO receipts SELECT author, 'k2', body_sha256, submission, 9, content_id, notebook_sha256,"
    " received_at, title FROM receipts",
}


@pytest.fixture
def filled(database: DatabaseReviewStore) -> DatabaseReviewStore:
    """A store with three submissions, a receipt, a thread, a decision, and somebody who has an heir."""
    with database.write() as transaction:
        submission = send(transaction)
        transaction.keep_receipt("dana", "k1", kept_receipt(submission))
        transaction.keep_small_files({sha("one"): b"one"})
        transaction.keep_check_record(1, 1, CheckRecord("", ({"code": "order.never-run"},)))
        asked = NewDueRun(1, 1, "dana", "dana", NOW)
        first = transaction.add_due_run(asked)
        transaction.replace_due_run(first, ended(first, NOW, DueRunResult(RunOutcome.DIFFERS)))
        transaction.add_due_run(asked)
        thread = transaction.add_thread(1, 1, Anchor())
        transaction.add_suggestion(thread, Suggestion("x = 1", "x = 2"))
        transaction.suggestion_rejected(thread, transaction.add_comment(thread, "dana", "no", NOW).id)
        tried = replace(TRIAL, id="first")
        transaction.add_trial(tried)
        trying = begun(tried, NOW, NOW)
        transaction.replace_trial(tried, trying)
        transaction.replace_trial(trying, ended_trial(trying, NOW, DueRunResult(RunOutcome.DIFFERS)))
        transaction.add_trial(replace(TRIAL, id="second"))
        transaction.add_decision(NewDecision(1, 1, sha("one"), "technical", Verdict.REJECT, "remy", "r", NOW))
        transaction.put_person(Person("gone", "gone", None, True, NOW, NOW, "heir"))
    sent(database)
    sent(database, "gone")
    return database


@pytest.fixture
def raw(filled: DatabaseReviewStore, database_url: str) -> Engine:
    """The database behind the store's back."""
    return open_engine(database_url, Limits())


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(raw: Engine, filled: DatabaseReviewStore, what: str) -> None:
    with pytest.raises(DBAPIError), raw.begin() as connection:
        connection.execute(text(REFUSED[what]))
    assert report_of(filled).intact
    with filled.read() as reader:
        assert reader.submission(1).author == "dana"
        assert len(reader.decisions(1)) == 1
    raw.dispose()


def test_a_table_is_not_emptied_at_once_either(raw: Engine) -> None:
    if raw.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="are kept"), raw.begin() as connection:
            connection.execute(text("TRUNCATE events CASCADE"))  # without it a foreign key refuses first
    raw.dispose()


TAMPERED = {
    "UPDATE events SET actor = 'mallory' WHERE seq = 2": (2, Breach.EDITED),
    'UPDATE events SET data = \'{"title":"other"}\' WHERE seq = 2': (2, Breach.EDITED),
    "UPDATE events SET data = 'no json' WHERE seq = 2": (2, Breach.EDITED),
    "UPDATE events SET at = at + 1 WHERE seq = 3": (3, Breach.EDITED),
    "UPDATE events SET at = 9000000000000000000 WHERE seq = 3": (3, Breach.EDITED),
    "DELETE FROM events WHERE seq = 2": (2, Breach.MISSING),
    "DELETE FROM events WHERE seq = 3": (3, Breach.CUT),
    "DELETE FROM events": (1, Breach.CUT),
    "UPDATE chain_head SET seq = 2, hash = (SELECT hash FROM events WHERE seq = 2)": (3, Breach.CUT),
}


@pytest.mark.parametrize("tampering", TAMPERED)
def test_who_lifts_the_guards_is_found_by_verification(
    raw: Engine, filled: DatabaseReviewStore, tampering: str
) -> None:
    with raw.begin() as connection:
        if raw.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        else:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER events_no_{verb}"))
        connection.execute(text(tampering))
    report = report_of(filled)
    assert [(problem.seq, problem.breach) for problem in report.problems] == [TAMPERED[tampering]]
    raw.dispose()


def report_of(store: ReviewStore) -> AuditReport:
    """Verify the store's log."""
    with store.read() as reader:
        return verify(reader.events_after(0, 1000), reader.chain_head())
