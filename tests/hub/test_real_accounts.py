"""A team's own hub, with real accounts and PAM, adopts Enablement by one call at the end of its configuration.

The hub below is what a team may have: its own roles, a service, a form, a hook, an environment, named servers switched off.
"""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from enablement_ext.adapters.local_paths import cache_folder
from enablement_ext.cli.node import find_node
from enablement_ext.cli.reverse_proxy import proxy_command
from tests.polling import PATIENCE, until
from tests.servers.hub_session import HubSession
from tests.servers.ports import free_port

pytestmark = pytest.mark.slow

TEAMS_CONFIG = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}/"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.Authenticator.allowed_users = {{"{first}", "{second}"}}
c.Authenticator.admin_users = {{"{second}"}}
c.JupyterHub.load_groups = {{"team": {{"users": ["{first}"]}}, "enablement-authors": {{"users": ["{first}"]}}}}
c.JupyterHub.load_roles = [
    {{"name": "team", "scopes": ["list:services", "read:services"], "groups": ["team"]}},
    {{"name": "server", "scopes": ["users:activity!user", "access:servers!server", "read:users:name!user"]}},
]
c.JupyterHub.services = [{{"name": "theirs", "api_token": "{token}"}}]
c.JupyterHub.allow_named_servers = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy}
c.Spawner.options_form = "<label>Queue <input name='queue' value='fast'></label>"
c.Spawner.options_from_form = lambda form: {{"queue": form["queue"][0]}}
c.Spawner.environment = {{"TEAM": "yes"}}
def hook(spawner):
    spawner.environment["QUEUE"] = spawner.user_options.get("queue", "none")
c.Spawner.pre_spawn_hook = hook
"""
ADOPTION = """
from enablement_ext.hub import configure
c.Enablement.python = "{python}"
c.Enablement.quotas = {{"team": {{"largest": "small"}}}}
configure(c)
"""


@dataclass(slots=True)
class TeamHub:
    """A running hub of a team. `accounts` are names and passwords of two operating system accounts."""

    url: str
    folder: Path
    accounts: dict[str, str]

    def session(self, name: str) -> HubSession:
        session = HubSession(self.url, name)
        session.log_in(self.accounts[name])
        return session

    def log(self) -> str:
        return (self.folder / "hub.log").read_text()


@pytest.fixture(scope="module")
def accounts() -> Iterator[dict[str, str]]:
    """Two new accounts of this machine, their homes closed, a secret in each; gone afterwards."""
    made = {f"ena{letter}{secrets.token_hex(3)}": secrets.token_urlsafe(12) for letter in "ab"}
    try:
        for name, password in made.items():
            subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", name], check=True)
            subprocess.run(["chpasswd"], input=f"{name}:{password}\n", text=True, check=True)
            home = Path(pwd.getpwnam(name).pw_dir)
            home.chmod(0o700)
            secret = home / "secret.txt"
            secret.write_text(f"of {name}")
            os.chown(secret, pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid)
        yield made
    finally:
        for name in made:
            subprocess.run(["userdel", "--remove", "--force", name], check=False, capture_output=True)


def shared_python() -> str:
    """A Python that other accounts can run: root's own may lie in a closed home."""
    for candidate in (getattr(sys, "_base_executable", sys.executable), "/usr/bin/python3"):
        # Through a shell: Popen itself would raise when the file cannot be run.
        tried = ["sh", "-c", 'exec "$0" -c ""', candidate]
        if subprocess.run(tried, user="nobody", check=False, capture_output=True, cwd="/").returncode == 0:
            return str(candidate)
    raise AssertionError("no Python here can be run by other accounts; install one: apt install python3")


@pytest.fixture(scope="module")
def team_hub(accounts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamHub]:
    folder = tmp_path_factory.mktemp("team")
    first, second = accounts
    port = free_port()
    proxy = proxy_command(find_node(), cache_folder(), print)
    names = {
        "port": port,
        "hub_port": free_port(),
        "proxy_port": free_port(),
        "first": first,
        "second": second,
    }
    config = TEAMS_CONFIG.format(**names, proxy=proxy, token=secrets.token_hex(16)) + ADOPTION.format(
        python=shared_python()
    )
    (folder / "jupyterhub_config.py").write_text(config)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ENABLEMENT_")}
    environ = kept | {"ENABLEMENT_RERUNS": "off"}
    with (folder / "hub.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub"], cwd=folder, env=environ, stdout=log, stderr=log
        )
    hub = TeamHub(f"http://127.0.0.1:{port}", folder, accounts)
    try:
        until(
            lambda: "JupyterHub is now running" in hub.log(),
            within=PATIENCE,
            what="the hub runs",
            process=process,
            log=folder / "hub.log",
        )
        yield hub
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def test_the_start_says_what_was_added_and_what_was_kept(team_hub: TeamHub) -> None:
    log = team_hub.log()
    block = log[log.index("was added to this hub:") :][:4000]
    assert "role server (yours, kept): added custom:enablement:submit" in block
    assert "groups already there and left as they are: enablement-authors" in block
    assert "named servers: off, as you set it" in block
    assert "spawner: LocalProcessSpawner (yours, kept)" in block
    assert "Using Authenticator: jupyterhub.auth.PAMAuthenticator" in log


def test_what_the_team_had_is_still_there(team_hub: TeamHub) -> None:
    first, second = team_hub.accounts
    model = team_hub.session(first).user()
    assert set(model["groups"]) == {"team", "enablement-authors"}
    admin = team_hub.session(second)
    assert set(admin.hub_api("GET", "services").json()) == {"theirs", "enablement"}
    assert admin.hub_api("POST", f"users/{second}/servers/extra").status_code == 400, "named servers stay off"
    page = admin.spawn_page()
    assert page.index("enablement-release") < page.index("name='queue'")


def test_servers_run_as_their_account_in_the_release_with_the_teams_hook_and_environment(team_hub: TeamHub) -> None:
    first, _ = team_hub.accounts
    session = team_hub.session(first)
    session.spawn({"queue": "slow", "enablement-size": "small"})
    code = "import getpass, os, sys; print(getpass.getuser(), os.environ['TEAM'], os.environ['QUEUE'], sys.prefix, os.environ['ENABLEMENT_IMAGE'])"
    account, team, queue, prefix, image = session.run(code).split()
    assert (account, team, queue, image) == (first, "yes", "slow", "datascience")
    assert "environments/datascience-" in prefix


def test_a_size_above_the_quota_is_refused_with_the_reason_and_the_form(team_hub: TeamHub) -> None:
    first, second = team_hub.accounts
    session = team_hub.session(first)
    session.stop_servers()
    page = session.spawn_page()
    assert 'value="small"' in page
    assert 'value="large"' not in page
    answer = session.hub_api("POST", f"users/{first}/server", json={"enablement": {"size": "large"}, "queue": "fast"})
    said = "Your groups may use servers up to Small; Large was asked for."
    assert (answer.status_code, answer.json()["message"]) == (403, said)
    assert session.hub_api("POST", f"users/{first}/server").status_code in {201, 202}, "what was refused does not stick"
    session.wait_for_server()
    assert 'value="large"' in team_hub.session(second).spawn_page(), "who is in no group with a quota has none"


def test_accounts_are_closed_to_each_other(team_hub: TeamHub) -> None:
    first, second = team_hub.accounts
    sessions = {name: team_hub.session(name) for name in (first, second)}
    for session in sessions.values():
        session.spawn({"queue": "fast", "enablement-size": "small"})
    for me, other in ((first, second), (second, first)):
        run = sessions[me].run
        home = pwd.getpwnam(other).pw_dir
        assert run(f"print(open('{pwd.getpwnam(me).pw_dir}/secret.txt').read())").strip() == f"of {me}"
        assert run(f"open('{home}/secret.txt')").startswith("PermissionError")
        assert run(f"import os; os.listdir('{home}')").startswith("PermissionError")
        pid = run_pid(sessions[other])
        assert run(f"open('/proc/{pid}/environ').read()").startswith("PermissionError")
        assert run(f"import os; os.listdir('{team_hub.folder / '.enablement-state'}')").startswith("PermissionError")


def test_nobody_can_change_the_shared_environment(team_hub: TeamHub) -> None:
    first, _ = team_hub.accounts
    session = team_hub.session(first)
    session.spawn({"queue": "fast", "enablement-size": "small"})
    code = "import pandas; open(pandas.__file__, 'a')"
    assert session.run(code).startswith("PermissionError")


def test_an_author_of_the_team_reaches_the_service_and_others_do_not(team_hub: TeamHub) -> None:
    first, second = team_hub.accounts
    code = (
        "import os, urllib.request as u, urllib.error\n"
        "request = u.Request(os.environ['ENABLEMENT_SERVICE_URL'] + '/api/v1/whoami',\n"
        "                    headers={'Authorization': 'token ' + os.environ['JUPYTERHUB_API_TOKEN']})\n"
        "try:\n    print(u.urlopen(request).status)\nexcept urllib.error.HTTPError as error:\n    print(error.code)\n"
    )
    answers = {}
    for name in (first, second):
        session = team_hub.session(name)
        session.spawn({"queue": "fast", "enablement-size": "small"})
        answers[name] = session.run(code).strip()
    assert answers == {first: "200", second: "403"}


def run_pid(session: HubSession) -> int:
    """The process of that person's server, seen from inside."""
    return int(session.run("import os; print(os.getppid())"))
