"""A hub with accounts of their own, its decision page where each deployment has it, and a reviewer's browser in which a notebook has run."""

from __future__ import annotations

import base64
import json
import os
import pwd
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from enablement_ext.adapters.local_paths import cache_folder
from enablement_ext.cli.node import find_node
from enablement_ext.cli.reverse_proxy import proxy_command
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.hub.attacks import IN_THE_KERNEL, RUN_IN_A_KERNEL, SERVICE_WORKER
from tests.hub.test_real_accounts import shared_python
from tests.polling import PATIENCE, until
from tests.servers.oldest_hub import programs
from tests.servers.ports import free_port
from tests.service.factories import SubmissionDraft

PATH = "/services/enablement"
_BROWSER_PATIENCE = 240_000  # ms; a server starts in it
CONFIG = """
from enablement_ext.hub import configure
c = get_config()
c.JupyterHub.bind_url = "{scheme}://127.0.0.1:{port}/"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.Authenticator.allowed_users = {{"{author}", "{reviewer}"}}
c.JupyterHub.load_groups = {{
    "enablement-authors": {{"users": ["{author}"]}}, "enablement-reviewers": {{"users": ["{reviewer}"]}},
    "enablement-platform": {{"users": ["{reviewer}"]}}
}}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy}
c.Enablement.python = "{python}"
{place}
configure(c)
"""
_TLS = """
c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = "{folder}/cert.pem", "{folder}/key.pem"
"""
_BESIDE = """
c.Enablement.hub_url = "{scheme}://{hub}:{port}"
c.Enablement.decision_url = "{scheme}://{decisions}:{pages}"
c.Enablement.decision_listen = "{scheme}://127.0.0.1:{pages}"
"""
_SUBDOMAINS = """
c.JupyterHub.subdomain_host = "https://{hub}:{port}"
"""
# What was done for somebody: none of it may be in the log before a person does it by hand.
GRANTED = (
    "approved",
    "changes_requested",
    "rejected",
    "package_accepted",
    "package_declined",
    "access_shown",
    "repository_shared",
    "decision_disputed",
    "hold_lifted",
    "decision_fell",
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where hub and decision page are. Not localhost, which browsers treat as safe in every respect.

    `shared` is a domain that the hosts of hub, labs and pages have in common: cookies can be set for it. `oldest`: on the oldest JupyterHub
    that is supported, else on that of this environment.
    """

    scheme: str
    hub: str
    decisions: str
    place: str
    shared: str
    oldest: bool = False


DEPLOYMENTS = {
    "a second port": Deployment("https", "hub.example.test", "hub.example.test", _TLS + _BESIDE, "example.test"),
    "a second host name, oldest hub": Deployment(
        "https", "hub.example.test", "decide.example.test", _TLS + _BESIDE, "example.test", oldest=True
    ),
    "subdomains": Deployment("https", "hub.example.test", "", _TLS + _SUBDOMAINS, "hub.example.test"),
    "plain http": Deployment("http", "hub.example.test", "decide.example.test", _BESIDE, "example.test"),
}


@dataclass(slots=True)
class Attacked:
    """The reviewer's browser, a lab page in it where the notebook's JavaScript runs, and a page that speaks with the lab's kernel.

    `hub` and `pages` are origins, the second as the service says; `log` is the database that events are in.
    """

    context: BrowserContext
    lab: Page
    desk: Page
    deployment: Deployment
    hub: str
    pages: str
    log: Path
    reviewer: str
    number: int = 0

    @property
    def targets(self) -> dict[str, str]:
        """What there is to grant, below `PATH`."""
        return {
            "decision": f"/decide/{self.number}",
            "package": "/package-requests/1",
            "access": f"/git/user/{self.reviewer}/churn",
        }

    @property
    def decision_page(self) -> str:
        return self.page_of("decision")

    def page_of(self, target: str) -> str:
        return f"{self.pages}{PATH}{self.targets[target]}"

    @property
    def places(self) -> tuple[str, ...]:
        """Every origin at which the service may be asked for pages, theirs first."""
        lab = self.lab.url.partition("/user/")[0]
        return tuple(dict.fromkeys((self.pages, self.hub, lab)))

    def kernel(self, code: str) -> Any:
        """What the code leaves in `result`, run in the kernel of the notebook."""
        told = f"PLACES, TARGETS, PATH = {self.places!r}, {self.targets!r}, {PATH!r}\n"
        return run_in_kernel(self.desk, told + IN_THE_KERNEL + code)

    def javascript(self, code: str, *arguments: object) -> Any:
        """What an async function body returns in the lab page; `a` are its arguments."""
        return self.lab.evaluate(f"async a => {{ {code} }}", list(arguments))

    def fresh(self) -> None:
        """The lab page as it was before anything ran in it."""
        self.lab.reload()
        self.lab.wait_for_selector("#jp-main-dock-panel")

    def granted(self) -> list[str]:
        """The kinds of all events, of whomever, that give or undo something."""
        with closing(sqlite3.connect(f"file:{self.log}?mode=ro", uri=True, timeout=PATIENCE)) as connection:
            kinds = [str(row[0]) for row in connection.execute("SELECT kind FROM events ORDER BY seq")]
        assert "sent" in kinds
        return [kind for kind in kinds if kind in GRANTED]


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
def running_hub(deployment: Deployment, people: dict[str, str], folder: Path) -> Iterator[int]:
    """A running hub: its port."""
    names = f"subjectAltName=DNS:{deployment.hub},DNS:*.{deployment.hub},DNS:*.example.test"
    subject = ["-subj", f"/CN={deployment.hub}", "-addext", names, "-days", "2", "-nodes"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", *subject, *files], check=True, capture_output=True
    )
    author, reviewer = people
    port, pages = free_port(), free_port()
    place = deployment.place.format(
        scheme=deployment.scheme,
        hub=deployment.hub,
        decisions=deployment.decisions,
        port=port,
        pages=pages,
        folder=folder,
    )
    config = CONFIG.format(
        scheme=deployment.scheme,
        port=port,
        hub_port=free_port(),
        proxy_port=free_port(),
        author=author,
        reviewer=reviewer,
        place=place,
        proxy=proxy_command(find_node(), cache_folder(), print),
        python=shared_python(),
    )
    (folder / "jupyterhub_config.py").write_text(config)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ENABLEMENT_")}
    environ = kept | {"ENABLEMENT_RERUNS": "off"}
    log = folder / "hub.log"
    python = str(programs() / "python") if deployment.oldest else sys.executable
    with log.open("w") as output:
        process = subprocess.Popen([python, "-m", "jupyterhub"], cwd=folder, env=environ, stdout=output, stderr=output)
    try:
        running = "JupyterHub is now running"
        until(lambda: running in log.read_text(), within=PATIENCE, what="the hub runs", process=process, log=log)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def lab_of(context: BrowserContext, hub: str, name: str, password: str) -> Page:
    """Sign in, start the server, open the lab."""
    page = context.new_page()
    sign_in(page, hub, name, password, "spawn")
    page.wait_for_url(lambda url: "/hub/spawn" in url or "/user/" in url)
    if "/hub/spawn-pending" not in page.url and "/user/" not in page.url:
        page.click('form[action*="spawn"] [type=submit]')
    page.wait_for_url(f"**/user/{name}/lab**")
    page.wait_for_selector("#jp-main-dock-panel")
    return page


def sign_in(page: Page, hub: str, name: str, password: str, then: str = "home") -> None:
    """At the hub's own form."""
    page.goto(f"{hub}/hub/login?next=%2Fhub%2F{then}")
    page.fill("#username_input", name)
    page.fill("#password_input", password)
    page.click("#login_submit")


@contextmanager
def attacked_browser(deployment: Deployment, people: dict[str, str], folder: Path) -> Iterator[Attacked]:
    """Everything there is to attack: something sent, a package asked for, a repository; and the reviewer, signed in everywhere."""
    (author, author_password), (reviewer, password) = people.items()
    arguments = [*FLAGS, "--ignore-certificate-errors", "--host-resolver-rules=MAP *.example.test 127.0.0.1"]
    with running_hub(deployment, people, folder) as port, sync_playwright() as playwright:
        hub, log = f"{deployment.scheme}://{deployment.hub}:{port}", folder / ".enablement-state" / "enablement.sqlite"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        sender = browser.new_context(ignore_https_errors=True)
        sender.set_default_timeout(_BROWSER_PATIENCE)
        written = lab_of(sender, hub, author, author_password)
        writing = Attacked(sender, written, desk_of(written, author), deployment, hub, hub, log, reviewer)
        number = _something_to_grant(writing)
        sender.close()
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(_BROWSER_PATIENCE)
        lab = lab_of(context, hub, reviewer, password)
        found = Attacked(context, lab, desk_of(lab, reviewer), deployment, hub, hub, log, reviewer, number)
        me = found.kernel("result = json.loads(api('/api/v1/whoami')[1])")
        found.pages = me["decisions"]["url"].partition(PATH)[0]
        made = found.kernel(
            "result = api('/api/v1/git/repositories', {'name': 'churn'}, {'Content-Type': 'application/json'})"
        )
        assert made[0] == 201, made
        yield found
        context.close()
        browser.close()


def _something_to_grant(writing: Attacked) -> int:
    """The author sends a notebook and asks for a package; the number of the submission."""
    bundle = base64.b64encode(SubmissionDraft().bundle()).decode()
    receipt = writing.kernel(
        f"result = api('/api/v1/submissions', base64.b64decode('{bundle}'), "
        "{'Content-Type': 'application/x-tar', 'Idempotency-Key': 'attacked-1'})"
    )
    assert receipt[0] == 201, receipt
    asked = writing.kernel(
        "result = api('/api/v1/package-requests', {'package': 'cowsay', 'why': 'cows'}, {'Content-Type': 'application/json'})"
    )
    assert asked[0] == 201, asked
    number: int = json.loads(receipt[1])["submission"]
    return number
