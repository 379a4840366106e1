"""From the click that starts a server to the first executed cell, beside a plain JupyterHub with the same environment.

Both hubs run side by side, each with its own proxy and one person. A round starts the person's server, waits until the hub says that
it is ready, starts a kernel and runs one cell; then the server is stopped. The plain hub starts `jupyterhub-singleuser` of the very environment
that Enablement made for the release; Enablement's hub also finds out which release is wanted, looks whether its environment is whole, and records it.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import HOST, Started, free_port, running
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, Rounds, alternate
from enablement_ext.adapters.local_paths import cache_folder
from enablement_ext.cli.node import find_node
from enablement_ext.cli.reverse_proxy import proxy_command
from tests.polling import PATIENCE, until
from tests.servers.hub_session import HubSession
from tests.servers.up import running_up

PLAIN, OURS = "plain JupyterHub", "Enablement"
TARGET = 1.0
CELL = "print(6 * 7)"
PLAIN_CONFIG = """
c = get_config()
c.JupyterHub.bind_url = "http://{host}:{port}/"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = "{password}"
c.Authenticator.allowed_users = {{"{person}"}}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
c.Spawner.cmd = ["{server}"]
c.Spawner.args = ["--allow-root"]
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie"
c.ConfigurableHTTPProxy.api_url = "http://{host}:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy}
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
"""


@dataclass(slots=True)
class Seat:
    """A person at a hub, and what the parts of the way took, round by round."""

    session: HubSession
    form: dict[str, str] | None
    ready: list[float] = field(default_factory=list)
    cell: list[float] = field(default_factory=list)

    def once(self, _round: int) -> float:
        """Seconds from the click to the cell's output."""
        began = time.perf_counter()
        self._click()
        ready = time.perf_counter()
        said = self.session.run(CELL)
        done = time.perf_counter()
        if said.strip() != "42":
            raise RuntimeError(f"the cell printed {said!r}")
        self.ready.append(ready - began)
        self.cell.append(done - ready)
        self.session.stop_servers()
        return done - began

    def _click(self) -> None:
        if self.form is not None:
            self.session.spawn(self.form)
            return
        answer = self.session.hub_api("POST", f"users/{self.session.name}/server")
        if answer.status_code not in (201, 202):
            raise RuntimeError(answer.text[:500])
        self.session.wait_for_server()


@contextmanager
def plain_hub(folder: Path, server: Path) -> Iterator[HubSession]:
    """A JupyterHub with nothing added, whose servers are `server`; the session of its one person."""
    password, person, port = secrets.token_hex(12), "dana", free_port()
    (folder / "homes" / person).mkdir(parents=True)
    values = {
        "host": HOST,
        "port": port,
        "hub_port": free_port(),
        "proxy_port": free_port(),
        "password": password,
        "person": person,
        "homes": folder / "homes",
        "server": server,
        "folder": folder,
        "proxy": list(proxy_command(find_node(), cache_folder(), print)),
    }
    config = folder / "jupyterhub_config.py"
    config.write_text(PLAIN_CONFIG.format(**values))
    argv = [sys.executable, "-m", "jupyterhub", "-f", str(config)]
    proxy_token = {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32)}
    with running(Started(argv, port, "/hub/health", proxy_token, folder / "hub.log")) as proxy:
        # Until the hub is there the proxy answers for it.
        until(lambda: proxy.get("/hub/health")[0] == 200, within=PATIENCE, what="the hub answers")
        session = HubSession(f"http://{HOST}:{port}", person)
        session.log_in(password)
        yield session


def compare(rounds: int) -> Report:
    """Both hubs, in turns."""
    with tempfile.TemporaryDirectory(prefix="first-cell-") as place:
        folder = Path(place)
        with running_up(folder / "state") as demo:
            ours = HubSession(demo.url, "dana")
            ours.log_in(demo.password("dana"))
            form = {"image": "minimal"}
            ours.spawn(form)  # the first start makes the release's environment
            server = Path(ours.run("import sys; print(sys.prefix)").strip()) / "bin" / "jupyterhub-singleuser"
            ours.stop_servers()
            (folder / "plain").mkdir()
            with plain_hub(folder / "plain", server) as theirs:
                seats = {OURS: Seat(ours, form), PLAIN: Seat(theirs, None)}
                scores = alternate([Contender(name, seat.once) for name, seat in seats.items()], rounds)
        shutil.rmtree(folder / "plain")
    parts = {
        "click to first executed cell": scores,
        "of it: until the server is ready": Rounds({name: seat.ready[1:] for name, seat in seats.items()}),
        "of it: kernel and cell": Rounds({name: seat.cell[1:] for name, seat in seats.items()}),
    }
    rows = [_row(name, each, TARGET if each is scores else None) for name, each in parts.items()]
    return Report(
        "first_cell",
        "From the click to the first executed cell",
        (__doc__ or "").strip(),
        [Table(["", PLAIN, OURS, "ratio", "target"], rows)],
        [f"{rounds} starts each, in turns. Readiness is asked for every 0.1 s on both sides."],
    )


def _row(name: str, rounds: Rounds, target: float | None) -> list[object]:
    ratio = rounds.ratio(OURS, PLAIN)
    figures = [milliseconds(rounds.median(PLAIN)), milliseconds(rounds.median(OURS))]
    return [name, *figures, ratio, at_most(ratio, target) if target else ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    compare(parser.parse_args().rounds).write()


if __name__ == "__main__":
    main()
