"""A queue of any size, written in bulk past the store: executemany on SQLite, COPY on PostgreSQL.

A busy place: 6 of 10 submissions wait unclaimed on the technical track, 2 are being reviewed, 1 is with its author again, 1 ended.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from enablement_ext.adapters.database.schema import attention, submissions
from enablement_ext.adapters.database.upgrade import upgrade

START = 1_767_600_000_000_000  # microseconds: January 2026
HOUR = 3_600_000_000
AUTHORS = 200
REVIEWERS = 20
VIEWER = "reviewer0"  # reviews, and sends now and then
_KINDS = ("submitted",) * 6 + ("in_review",) * 2 + ("changes_requested", "rejected")
_WORDS = ("churn", "price", "demand", "fraud", "forecast", "segment", "uplift", "basket", "risk", "quality")

_COLUMNS = {
    table.name: [column.name for column in table.c if column.computed is None] for table in (submissions, attention)
}

Row = tuple[Any, ...]


def fill_sqlite(path: Path, count: int) -> str:
    """A SQLite file with so many submissions; returns its URL."""
    url = f"sqlite:///{path}"
    upgrade(url)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    for table, rows in (("submissions", submission_rows(count)), ("attention", attention_rows(count))):
        names = _COLUMNS[table]
        connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return url


def fill_postgresql(url: str, count: int) -> str:
    """The same in an empty PostgreSQL database; returns the URL."""
    upgrade(url)
    with psycopg.connect(url, autocommit=False) as connection:
        connection.execute("SET synchronous_commit = off")
        for table, rows in (("submissions", submission_rows(count)), ("attention", attention_rows(count))):
            with connection.cursor().copy(f"COPY {table} ({', '.join(_COLUMNS[table])}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return url


def submission_rows(count: int) -> Iterator[Row]:
    """Rows of the table `submissions`, columns in its order."""
    for number in range(1, count + 1):
        state = _KINDS[number % 10]
        at = START + number * 1_000_000
        claim: Row = (None, None, None)
        if state == "in_review":
            claim = (_reviewer(number), at, at + 4 * HOUR)
        title = f"{_WORDS[number % 7]} {_WORDS[number % 10]} model for region {number % 1000}"
        author = _author(number)
        yield (
            *(number, author, title, state, "model_development", "prototype", f"work/{_WORDS[number % 10]}.ipynb"),
            *("datascience", "2026.11.0", "sha256:" + "0" * 64, "3.11", 1, f"{number:064x}", at, at, number, 1),
            *(*claim, number % 3, number, f"{title}\n{author}"),
        )


def attention_rows(count: int) -> Iterator[Row]:
    """Rows of the table `attention`, columns in its order."""
    for number in range(1, count + 1):
        state = _KINDS[number % 10]
        author = _author(number)
        if state != "rejected":
            yield _turn(state, number, author), number, number, START + number * 1_000_000, author


def _turn(state: str, number: int, author: str) -> str:
    if state == "changes_requested":
        return f"user:{author}"
    return "track:technical" if state == "submitted" else f"user:{_reviewer(number)}"


# Somebody who reviews and sends much: full pages of "mine" and "sent" already at a thousand.
def _reviewer(number: int) -> str:
    return VIEWER if number % 3 == 0 else f"reviewer{number // 10 % REVIEWERS}"


def _author(number: int) -> str:
    return VIEWER if number % 15 == 8 else f"author{number % AUTHORS}"
