"""nginx and Apache with the configuration that docs/how-to/reverse-proxy.md shows, each in front of two ports of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from tests.polling import PATIENCE, until
from tests.servers.up import ROOT

PAGE = ROOT / "docs" / "how-to" / "reverse-proxy.md"
HUB, DECIDE = "hub.example.test", "decide.example.test"


@dataclass(frozen=True, slots=True)
class Place:
    """Ports: of the reverse proxy, of the hub, of the listener for the decision page. A folder with hub.pem and hub.key in it."""

    front: int
    hub: int
    pages: int
    folder: Path

    @property
    def url(self) -> str:
        """The hub as a browser sees it."""
        return f"https://{HUB}:{self.front}/jupyter"

    @property
    def decisions(self) -> str:
        """The origin of the decision page."""
        return f"https://{DECIDE}:{self.front}"

    def filled(self, text: str) -> str:
        """What a page shows, with the names, ports and files of this place."""
        for shown, real in self._values().items():
            text = text.replace(shown, real)
        return text

    def _values(self) -> Mapping[str, str]:
        return {
            "https://hub.example.org": f"https://{HUB}:{self.front}",
            "https://decide.example.org": f"https://{DECIDE}:{self.front}",
            "hub.example.org": HUB,
            "decide.example.org": DECIDE,
            "listen 443 ssl": f"listen 127.0.0.1:{self.front} ssl",
            "*:443": f"127.0.0.1:{self.front}",
            "127.0.0.1:8000": f"127.0.0.1:{self.hub}",
            "127.0.0.1:8301": f"127.0.0.1:{self.pages}",
            "/etc/ssl/certs/hub.pem": str(self.folder / "hub.pem"),
            "/etc/ssl/private/hub.key": str(self.folder / "hub.key"),
        }


def shown(language: str) -> list[str]:
    """The blocks of that language on the page, in order."""
    tokens = MarkdownIt("commonmark").parse(PAGE.read_text(encoding="utf-8"))
    return [token.content for token in tokens if token.type == "fence" and token.info == language]


def certificate(folder: Path) -> None:
    """hub.pem and hub.key for both names and those below the hub's, which nobody but a test trusts."""
    names = f"subjectAltName=DNS:{HUB},DNS:*.{HUB},DNS:{DECIDE}"
    files = ["-keyout", str(folder / "hub.key"), "-out", str(folder / "hub.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HUB}"]
    subprocess.run([*made, "-addext", names, *files], check=True, capture_output=True)


def nginx(place: Place) -> list[str]:
    """Its command, with what stands around the page's block in a distribution's file."""
    folder = place.folder / "nginx"
    folder.mkdir()
    paths = "".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    head = f"{user} daemon off; pid {folder / 'pid'}; error_log stderr; events {{}}"
    (folder / "nginx.conf").write_text(
        f"{head}\nhttp {{ access_log off; {paths}\n{place.filled(shown('nginx')[0])}\n}}\n"
    )
    return ["/usr/sbin/nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def apache(place: Place) -> list[str]:
    """Its command, with the modules that the page names and what a distribution's file sets."""
    folder = place.folder / "apache"
    folder.mkdir()
    modules = ("mpm_event", "authz_core", "ssl", "socache_shmcb", "headers", "proxy", "proxy_http")
    loaded = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in modules)
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    (folder / "apache.conf").write_text(
        f"ServerRoot {folder}\nServerName localhost\nDefaultRuntimeDir {folder}\nPidFile {folder / 'pid'}\n"
        f"ErrorLog /dev/stderr\nListen 127.0.0.1:{place.front}\n{loaded}{user}{place.filled(shown('apache')[0])}"
    )
    return ["/usr/sbin/apache2", "-f", str(folder / "apache.conf"), "-D", "FOREGROUND"]


PROXIES: Mapping[str, Callable[[Place], list[str]]] = {"nginx": nginx, "apache": apache}


@contextmanager
def reverse_proxy(name: str, place: Place) -> Iterator[None]:
    """While it runs."""
    command = PROXIES[name](place)
    if shutil.which(command[0]) is None:
        raise RuntimeError(f"{command[0]} is not installed; do that first: make system")
    log = place.folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        until(lambda: _listens(place.front), within=PATIENCE, what=f"{name} listens", process=process, log=log)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
