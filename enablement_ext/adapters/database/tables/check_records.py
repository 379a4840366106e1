"""What checks found in versions, as rows: written with the version, and never again."""

from __future__ import annotations

import json

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    select,
)

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.statements import single_rows
from enablement_ext.core.review.models import CheckRecord

version_checks = Table(
    "version_checks",
    schema.metadata,
    Column("submission", schema.number(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("policy", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("taken_out", Text, nullable=False),
    Column("made", Text, nullable=False, server_default="[]"),
    PrimaryKeyConstraint("submission", "version", name="pk_version_checks"),
    ForeignKeyConstraint(
        ["submission", "version"], ["versions.submission", "versions.number"], name="fk_version_checks_version"
    ),
)


class DatabaseCheckRecordReader:
    """The part of a `ReviewReader` that is about checks, over a connection."""

    _connection: Connection

    def check_record(self, submission: int, version: int) -> CheckRecord | None:
        """By the primary key."""
        table = version_checks
        asked = select(table).where(table.c.submission == submission, table.c.version == version)
        row = self._connection.execute(asked).first()
        if row is None:
            return None
        findings, taken_out, made = (tuple(json.loads(text)) for text in (row.findings, row.taken_out, row.made))
        return CheckRecord(row.policy, findings, taken_out, made)


class DatabaseCheckRecordWriter(DatabaseCheckRecordReader):
    """The part of a `ReviewTransaction` that is about checks, over a connection."""

    def keep_check_record(self, submission: int, version: int, record: CheckRecord) -> None:
        """A row; a second one for the same version is refused by the primary key."""
        values = {
            "submission": submission,
            "version": version,
            "policy": record.policy,
            "findings": _text(record.findings),
            "taken_out": _text(record.taken_out),
            "made": _text(record.made),
        }
        single_rows.insert_row(version_checks, self._connection.dialect).run(self._connection, values)


def _text(values: tuple[object, ...]) -> str:
    return json.dumps(list(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
