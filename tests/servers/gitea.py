"""A real Gitea, built from its own module: a process of its own user, a SQLite file, no network but the loopback."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.polling import PATIENCE, until
from tests.servers.built import program
from tests.servers.ports import free_port

_CONFIG = """
APP_NAME = Gitea
RUN_USER = {user}
RUN_MODE = prod
WORK_PATH = {work}

[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {static}
OFFLINE_MODE = true
DISABLE_SSH = true

[database]
DB_TYPE = sqlite3
PATH = {work}/gitea.db

[repository]
ROOT = {work}/repositories

[security]
INSTALL_LOCK = true
SECRET_KEY = {secret}
INTERNAL_TOKEN = {token}

[webhook]
ALLOWED_HOST_LIST = loopback

[service]
DISABLE_REGISTRATION = true

[log]
LEVEL = Warn
ROOT_PATH = {work}/log

[cron]
ENABLED = false

[indexer]
ISSUE_INDEXER_TYPE = db
"""


@dataclass(frozen=True)
class Gitea:
    """A running Gitea and its administrator."""

    url: str
    admin: str
    password: str = field(repr=False)
    work: Path


@contextmanager
def gitea() -> Iterator[Gitea]:
    """Run one until the block ends. It does not run as root, so as root it runs as `nobody`."""
    user = "nobody" if os.getuid() == 0 else Path.home().owner()
    work = Path(tempfile.mkdtemp(prefix="enablement-gitea-"))
    try:
        port, password = free_port(), secrets.token_hex(12)
        static = _readable(program("gitea").parent, work)
        settings = work / "app.ini"
        settings.write_text(
            _CONFIG.format(
                user=user,
                work=work,
                port=port,
                static=static,
                secret=secrets.token_hex(32),
                token=secrets.token_hex(40),
            )
        )
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", "nobody", str(work)], check=True)
        command = [str(static / "gitea"), "--config", str(settings)]
        environment = {"PATH": os.environ["PATH"], "HOME": str(work), "USER": user, "GITEA_WORK_DIR": str(work)}
        as_user = {"user": "nobody"} if os.getuid() == 0 else {}
        _run([*command, "migrate"], environment, as_user)
        named = ["--username", "keeper", "--password", password, "--email", "keeper@noreply.invalid"]
        _run(
            [*command, "admin", "user", "create", "--admin", "--must-change-password=false", *named],
            environment,
            as_user,
        )
        log = (work / "gitea.out").open("wb")
        process = subprocess.Popen(
            [*command, "web"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=work,
            **as_user,  # type: ignore[call-overload]
        )
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: _healthy(url), within=PATIENCE, what="Gitea answers", process=process, log=work / "gitea.out")
            yield Gitea(url, "keeper", password, work)
        finally:
            process.terminate()
            process.wait(PATIENCE)
            log.close()
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _readable(built: Path, work: Path) -> Path:
    """The program where the other user can read it: the cache may lie in a home that is closed."""
    if os.getuid() != 0:
        return built
    static = work / "static"
    shutil.copytree(built, static, copy_function=shutil.copyfile)
    (static / "gitea").chmod(0o755)
    work.chmod(0o755)
    return static


def _run(command: list[str], environment: dict[str, str], as_user: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120, **as_user)  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"gitea {command[3]}: {done.stdout[-1000:]} {done.stderr[-1000:]}")


def _healthy(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/api/healthz", timeout=10) as answer:
        return bool(answer.status == 200)
