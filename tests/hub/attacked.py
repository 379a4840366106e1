"""A hub with accounts of their own over https, its decision page on a second port, and a reviewer's browser in which a notebook has run."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from enablement_ext.adapters.local_paths import cache_folder
from enablement_ext.cli.node import find_node
from enablement_ext.cli.reverse_proxy import proxy_command
from tests.hub.attacks import IN_THE_KERNEL, RUN_IN_A_KERNEL, SERVICE_WORKER
from tests.hub.test_real_accounts import shared_python
from tests.polling import PATIENCE, until
from tests.servers.up import free_port

HOST = "hub.example.test"  # not localhost, which browsers treat as safe in every respect
PATH = "/services/enablement"
CONFIG = """
from enablement_ext.hub import configure
c = get_config()
c.JupyterHub.bind_url = "https://127.0.0.1:{port}/"
c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = "{folder}/cert.pem", "{folder}/key.pem"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.Authenticator.allowed_users = {{"{author}", "{reviewer}"}}
c.JupyterHub.load_groups = {{
    "enablement-authors": {{"users": ["{author}"]}}, "enablement-reviewers": {{"users": ["{reviewer}"]}}
}}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy}
c.Enablement.python = "{python}"
c.Enablement.hub_url = "https://{host}:{port}"
c.Enablement.decision_url = "https://{host}:{pages}"
c.Enablement.decision_listen = "https://127.0.0.1:{pages}"
configure(c)
"""


@dataclass(slots=True)
class Attacked:
    """The reviewer's browser, a lab page in it where the notebook's JavaScript runs, and a page that speaks with the lab's kernel."""

    context: BrowserContext
    lab: Page
    desk: Page
    port: int
    pages: int  # the port of the decision page, as the service says; the hub's where it has none of its own
    number: int = 0

    @property
    def decision_page(self) -> str:
        return f"https://{HOST}:{self.pages}{PATH}/decide/{self.number}"

    def kernel(self, code: str) -> Any:
        """What the code leaves in `result`, run in the kernel of the notebook."""
        return run_in_kernel(
            self.desk, IN_THE_KERNEL.format(port=self.port, pages=self.pages, host=HOST, number=self.number) + code
        )

    def javascript(self, code: str, *arguments: object) -> Any:
        """What an async function body returns in the lab page; `a` are its arguments."""
        return self.lab.evaluate(f"async a => {{ {code} }}", list(arguments))

    def fresh(self) -> None:
        """The lab page as it was before anything ran in it."""
        self.lab.reload()
        self.lab.wait_for_selector("#jp-main-dock-panel")

    def events(self) -> list[str]:
        """The kinds of the submission's events, asked with the server's token."""
        asked = (
            f"result = [e['kind'] for e in json.loads(api('/api/v1/submissions/{self.number}/events')[1])['events']]"
        )
        kinds: list[str] = self.kernel(asked)
        return kinds


def desk_of(lab: Page, name: str) -> Page:
    """Another page of the server, on which nothing hostile runs."""
    page = lab.context.new_page()
    page.goto(lab.url.partition("/user/")[0] + f"/user/{name}/static/favicons/favicon.ico")
    return page


def run_in_kernel(desk: Page, code: str) -> Any:
    """A real kernel of this server runs it; the JSON that it prints last."""
    said = desk.evaluate(RUN_IN_A_KERNEL, f"{code}\nimport json as _json; print('\\n@@' + _json.dumps(result))")
    assert "@@" in said, said
    return json.loads(said.rpartition("@@")[2])


@contextmanager
def two_accounts() -> Iterator[dict[str, str]]:
    """Two accounts of this machine, the author's first; gone afterwards."""
    made = {f"ena{letter}{secrets.token_hex(3)}": secrets.token_urlsafe(12) for letter in "xy"}
    try:
        for name, password in made.items():
            subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", name], check=True)
            subprocess.run(["chpasswd"], input=f"{name}:{password}\n", text=True, check=True)
        _prepare_worker(list(made)[1])
        yield made
    finally:
        for name in made:
            subprocess.run(["userdel", "--remove", "--force", name], check=False, capture_output=True)


def _prepare_worker(name: str) -> None:
    """What code of a notebook that ran before may have left: a server that allows workers over the whole host, and one to register."""
    account = pwd.getpwnam(name)
    home = Path(account.pw_dir)
    config, static = home / ".jupyter", home / ".local/share/jupyter/labextensions/worker/static"
    static.mkdir(parents=True)
    config.mkdir()
    (config / "jupyter_server_config.py").write_text(
        "c.ServerApp.tornado_settings = {'headers': {'Service-Worker-Allowed': '/'}}\n"
    )
    (static / "worker.js").write_text(SERVICE_WORKER)
    (static.parent / "package.json").write_text('{"name": "worker", "version": "1.0.0", "jupyterlab": {}}')
    for path in [home / ".jupyter", home / ".local", *(home / ".jupyter").rglob("*"), *(home / ".local").rglob("*")]:
        os.chown(path, account.pw_uid, account.pw_gid)


@contextmanager
def running_hub(people: dict[str, str], folder: Path) -> Iterator[tuple[int, int]]:
    """A running hub: its port, and that of the decision page."""
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-days", "2", "-nodes"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", *subject, *files], check=True, capture_output=True
    )
    author, reviewer = people
    port, pages = free_port(), free_port()
    config = CONFIG.format(
        port=port,
        pages=pages,
        hub_port=free_port(),
        proxy_port=free_port(),
        author=author,
        reviewer=reviewer,
        folder=folder,
        host=HOST,
        proxy=proxy_command(find_node(), cache_folder(), print),
        python=shared_python(),
    )
    (folder / "jupyterhub_config.py").write_text(config)
    environ = {key: value for key, value in os.environ.items() if not key.startswith("ENABLEMENT_")}
    log = folder / "hub.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub"], cwd=folder, env=environ, stdout=output, stderr=output
        )
    try:
        running = "JupyterHub is now running"
        until(lambda: running in log.read_text(), within=PATIENCE, what="the hub runs", process=process, log=log)
        yield port, pages
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def lab_of(context: BrowserContext, port: int, name: str, password: str) -> Page:
    """Sign in, start the server, open the lab."""
    page = context.new_page()
    page.set_default_timeout(240_000)
    page.goto(f"https://{HOST}:{port}/hub/login?next=%2Fhub%2Fspawn")
    page.fill("#username_input", name)
    page.fill("#password_input", password)
    page.click("#login_submit")
    page.wait_for_url(lambda url: "/hub/spawn" in url or "/user/" in url)
    if "/hub/spawn-pending" not in page.url and "/user/" not in page.url:
        page.click('form[action*="spawn"] [type=submit]')
    page.wait_for_url(f"**/user/{name}/lab**")
    page.wait_for_selector("#jp-main-dock-panel")
    return page
