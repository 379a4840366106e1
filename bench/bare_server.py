"""The least a tornado server can do: what the service is compared with.

`POST /post` writes the body to a new file and syncs it before it answers; `POST /queue` makes the file's name durable too and adds a row
to an SQLite database (WAL, synchronous=FULL), which is the least a queue that survives a power cut does; `POST /row` writes name and
body to one row of that database, the least with a single barrier; `GET /static/<n>` answers n
bytes from memory; `GET /empty` answers nothing at all.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

from tornado import web
from tornado.httpserver import HTTPServer

BODY_LIMIT = 512 * 1024 * 1024


class Post(web.RequestHandler):
    """Write the body, sync, answer."""

    written = 0

    def initialize(self, folder: Path) -> None:
        """`folder` is on the file system that the service writes to."""
        self._folder = folder

    def post(self) -> None:
        """Answer 201 when the bytes are on the disk."""
        Post.written += 1
        with (self._folder / f"{Post.written}").open("wb") as file:
            file.write(self.request.body)
            file.flush()
            os.fsync(file.fileno())
        self.set_status(201)


class Queue(web.RequestHandler):
    """Write the body, sync file and folder, add a row, answer."""

    def initialize(self, folder: Path, rows: sqlite3.Connection) -> None:
        """`folder` is on the file system that the service writes to, `rows` commits with a sync."""
        self._folder = folder
        self._rows = rows

    def post(self) -> None:
        """Answer 201 when file, name and row are on the disk."""
        body = self.request.body
        name = sha256(body).hexdigest()
        with (self._folder / "incoming").open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        (self._folder / "incoming").rename(self._folder / name)
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(handle)
        os.close(handle)
        self._rows.execute("INSERT INTO queue (name, size) VALUES (?, ?)", (name, len(body)))
        self.set_status(201)


def rows_in(folder: Path) -> sqlite3.Connection:
    """A database whose commits are on the disk when they return."""
    rows = sqlite3.connect(folder / "queue.sqlite", isolation_level=None)
    rows.execute("PRAGMA journal_mode=WAL")
    rows.execute("PRAGMA synchronous=FULL")
    rows.execute("CREATE TABLE bodies (number INTEGER PRIMARY KEY, name TEXT UNIQUE, body BLOB)")
    rows.execute("CREATE TABLE queue (number INTEGER PRIMARY KEY, name TEXT, size INTEGER)")
    return rows


class Row(web.RequestHandler):
    """Write the body into a row of a database, which syncs: one barrier, and nothing looked at."""

    def initialize(self, rows: sqlite3.Connection) -> None:
        """`rows` commits with a sync."""
        self._rows = rows

    def post(self) -> None:
        """Answer 201 when the row is on the disk."""
        body = self.request.body
        self._rows.execute("INSERT INTO bodies (name, body) VALUES (?, ?)", (sha256(body).hexdigest(), body))
        self.set_status(201)


class Static(web.RequestHandler):
    """Bytes that are there already."""

    def initialize(self, content: bytes) -> None:
        """`content` is as long as the longest answer that is asked for."""
        self._content = content

    def compute_etag(self) -> None:
        """No hashing: the bare minimum."""

    def get(self, size: str) -> None:
        """Answer the first `size` bytes."""
        self.set_header("Content-Type", "application/octet-stream")
        self.write(self._content[: int(size)])


class Empty(web.RequestHandler):
    """Nothing."""

    def get(self) -> None:
        """Answer 204."""
        self.set_status(204)


async def serve(port: int, folder: Path) -> None:
    """Serve until killed."""
    rows = rows_in(folder)
    routes: list[tuple[str, Any] | tuple[str, Any, dict[str, Any]]] = [
        (r"/post", Post, {"folder": folder}),
        (r"/queue", Queue, {"folder": folder, "rows": rows}),
        (r"/row", Row, {"rows": rows}),
        (r"/static/([0-9]+)", Static, {"content": os.urandom(4_000_000)}),
        (r"/empty", Empty),
    ]
    server = HTTPServer(web.Application(routes), max_buffer_size=BODY_LIMIT, max_body_size=BODY_LIMIT)
    server.listen(port, "127.0.0.1")
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(options.port, options.folder))


if __name__ == "__main__":
    main()
