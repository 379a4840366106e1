"""A real S3 server for tests: versitygw over a temporary folder, on a free port, built once from its Go module."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.polling import PATIENCE, until
from tests.servers.built import program
from tests.servers.ports import free_port

_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class ObjectServer:
    """A running server. Buckets are folders of `data`; an object's bytes are the file of its name."""

    program: Path
    data: Path
    port: int
    access_key: str
    secret_key: str
    process: subprocess.Popen[bytes] | None = None
    made: int = field(default=0)

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def bucket(self) -> str:
        """Make an empty bucket; return its name."""
        self.made += 1
        name = f"bucket-{self.made}"
        (self.data / name).mkdir()
        return name

    def file(self, bucket: str, key: str) -> Path:
        """The file that holds an object's bytes."""
        return self.data / bucket / key

    def environ(self) -> Mapping[str, str]:
        """The keys, as a client's environment."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def keys(self, folder: Path) -> Path:
        """The keys as files in a folder; return it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "access-key-id").write_text(self.access_key + "\n")
        (folder / "secret-access-key").write_text(self.secret_key + "\n")
        return folder

    def start(self) -> None:
        """Start the server and wait until it listens. Raises `NotWithin` with its log when it does not."""
        printed = self.data.parent / "log"
        with printed.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "--port", f"127.0.0.1:{self.port}", "--keep-alive", "posix", self.data],
                env={
                    "ROOT_ACCESS_KEY": self.access_key,
                    "ROOT_SECRET_KEY": self.secret_key,
                    "PATH": os.environ["PATH"],
                },
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_the_tests,  # noqa: PLW1509  takes no lock, so that threads do not matter
            )
        until(self._listens, within=PATIENCE, what="the S3 server listens", process=self.process, log=printed)

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Stop it; its objects stay."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=PATIENCE)
        self.process = None

    def _listens(self) -> bool:
        socket.create_connection(("127.0.0.1", self.port), 10).close()
        return True


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """A running server that is gone afterwards, with its objects."""
    folder = Path(tempfile.mkdtemp(prefix="enablement-s3-"))
    (folder / "data").mkdir()
    server = ObjectServer(program("versitygw"), folder / "data", free_port(), "enablement-tests", secrets.token_hex(16))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _die_with_the_tests() -> None:
    """Also when they are killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
