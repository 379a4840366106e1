"""The least a tornado server can do: what the service is compared with.

`POST /post` writes the body to a new file and syncs it before it answers; `GET /static/<n>` answers n bytes from memory;
`GET /empty` answers nothing at all.
"""

from __future__ import annotations

import argparse
import asyncio
import os
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
    routes: list[tuple[str, Any] | tuple[str, Any, dict[str, Any]]] = [
        (r"/post", Post, {"folder": folder}),
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
