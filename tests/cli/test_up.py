"""`enablement up`, as a person meets it: started, stopped, started again, refused, killed, two at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from enablement_ext.cli.app import main
from enablement_ext.cli.errors import CliError
from enablement_ext.cli.preflight import held_state
from tests.polling import PATIENCE, until
from tests.servers.hub_session import HubSession
from tests.servers.ports import free_port
from tests.servers.up import ENABLEMENT, START_SECONDS, DemoHub, How, alive, command_of, running_up, start_up

pytestmark = pytest.mark.slow
# A shell script's `command &`: SIGINT is ignored from birth.
FROM_A_SCRIPT = ("sh", "-c", 'trap "" INT; exec "$@"', "script")
DEFAULTS = {"enablement-size": "small"}


def session(hub: DemoHub, name: str) -> HubSession:
    person = HubSession(hub.url, name)
    person.log_in(hub.password(name))
    return person


def refused(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and what stands on stderr, of a command that must not start anything."""
    code = main(["up", *arguments])
    return code, capfd.readouterr().err.strip()


@pytest.mark.parametrize(
    ("sign", "before"), [(signal.SIGINT, FROM_A_SCRIPT), (signal.SIGTERM, ()), (signal.SIGHUP, ())]
)
def test_stopping_leaves_no_process(tmp_path: Path, sign: signal.Signals, before: tuple[str, ...]) -> None:
    _seconds_to_stop(tmp_path, sign, before)


@pytest.mark.timing
def test_stopping_takes_less_than_half_a_minute(tmp_path: Path) -> None:
    assert _seconds_to_stop(tmp_path, signal.SIGINT, FROM_A_SCRIPT) < 30


def _seconds_to_stop(tmp_path: Path, sign: signal.Signals, before: tuple[str, ...]) -> float:
    with running_up(tmp_path / "state", How(before=before)) as hub:
        dana = session(hub, "dana")
        dana.spawn(DEFAULTS)
        running = dana.run(
            "import os, subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True); print(os.getpid())"
        )
        assert running.strip().isdigit()
        family = hub.family()
        assert any("jupyterhub-singleuser" in command_of(pid) for pid in family)
        assert any("sleep\x001000" in command_of(pid) for pid in family), "a child of a kernel that left its session"
        began = time.monotonic()
        assert hub.stop(sign) == 0
        seconds = time.monotonic() - began
        assert not {pid: command_of(pid) for pid in alive(family)}
        assert "everything is kept in" in hub.said()
        assert "Traceback" not in hub.said()
        return seconds


def _started_twice(state: Path) -> tuple[DemoHub, DemoHub]:
    """Both are stopped again."""
    first = start_up(state)
    first.stop()
    second = start_up(state)
    second.stop()
    return first, second


@pytest.mark.timing
def test_the_second_start_is_quick(tmp_path: Path) -> None:
    _, second = _started_twice(tmp_path / "state")
    print(f"second start: {second.seconds:.1f} s")
    assert second.seconds < 10


def test_the_second_start_keeps_the_people(tmp_path: Path) -> None:
    first, second = _started_twice(tmp_path / "state")
    assert first.people == second.people
    assert (tmp_path / "state" / "people.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_it_says_where_to_go_and_what_it_does_not_protect(demo_hub: DemoHub) -> None:
    said = demo_hub.said()
    assert f"Enablement is at {demo_hub.url}" in said
    for name in ("dana", "remy", "petra"):
        assert demo_hub.password(name) in said
    assert "not protected from each other" in said


def test_two_run_side_by_side(tmp_path: Path, demo_hub: DemoHub) -> None:
    with running_up(tmp_path / "other") as other:
        assert other.url != demo_hub.url
        assert other.people != demo_hub.people
        for hub in (demo_hub, other):
            assert sorted(session(hub, "remy").user()["groups"]) == ["churn-team", "enablement-reviewers"]


def test_a_hub_that_is_killed_is_started_again_and_servers_go_on(tmp_path: Path) -> None:
    with running_up(tmp_path / "state") as hub:
        dana = session(hub, "dana")
        dana.spawn(DEFAULTS)
        service = dana.run("import os; print(os.environ['ENABLEMENT_SERVICE_URL'])").strip()
        server = next(pid for pid in hub.family() if "jupyterhub-singleuser" in command_of(pid))
        os.kill(hub.hub_pid(), signal.SIGKILL)
        assert _answers(f"{hub.url}/user/dana/api"), "who works in a server does not notice that the hub is away"
        _until_said(hub, "started again")
        _until_answered(hub, "/hub/health", "/services/enablement/healthz")
        dana.wait_for_server()
        assert alive({server})
        again = dana.run(
            "import os, urllib.request as u; print(u.urlopen(os.environ['ENABLEMENT_SERVICE_URL'] + '/healthz').status)"
        )
        assert again.strip() == "200", f"the service is no longer where the server was told: {service}"


def test_a_service_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with running_up(tmp_path / "state") as hub:
        first = hub.service_pid()
        os.kill(first, signal.SIGKILL)
        until(lambda: not alive({first}), within=PATIENCE, what="the old service is gone")
        _until_answered(hub, "/services/enablement/healthz")
        assert hub.service_pid() != first


def test_a_service_that_is_killed_while_the_hub_starts_does_not_take_it_along(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with ThreadPoolExecutor(1) as beside:
        killed = beside.submit(_kill_first_service, state)
        with running_up(state) as hub:
            killed.result()
            assert "has died" not in hub.said()
            assert "the review service has died (signal 9)" in (state / "hub.log").read_text()
            _until_answered(hub, "/services/enablement/healthz")


def _kill_first_service(state: Path) -> None:
    ours = f"ENABLEMENT_STATE={state}\0".encode()

    def is_service(process: Path) -> bool:
        return (
            "-m\0enablement_ext.service\0" in command_of(int(process.name))
            and ours in (process / "environ").read_bytes()
        )

    def service() -> int | None:
        return next((int(each.name) for each in Path("/proc").glob("[0-9]*") if is_service(each)), None)

    os.kill(until(service, within=START_SECONDS, what="the service is started"), signal.SIGKILL)


def test_a_proxy_that_is_killed_is_started_again_and_finds_its_way(tmp_path: Path) -> None:
    with running_up(tmp_path / "state") as hub:
        session(hub, "dana").spawn(DEFAULTS)
        os.kill(next(pid for pid in hub.family() if "--error-target" in command_of(pid)), signal.SIGKILL)
        _until_said(hub, "the proxy has died and is started again")
        _until_answered(hub, "/hub/health", "/services/enablement/healthz", "/user/dana/api")


def test_killing_the_command_itself_leaves_no_process(tmp_path: Path) -> None:
    with running_up(tmp_path / "state") as hub:
        session(hub, "dana").spawn(DEFAULTS)
        family = hub.family()
        hub.process.kill()
        hub.process.wait()
        until(lambda: not alive(family), within=PATIENCE, what=f"the processes {family} are gone")


def _until_said(hub: DemoHub, text: str) -> None:
    until(lambda: text in hub.said(), within=PATIENCE, what=f"the command says {text!r}", log=hub.log)


def _until_answered(hub: DemoHub, *paths: str) -> None:
    """Each is answered again."""
    for path in paths:
        until(partial(_answers, hub.url + path), within=PATIENCE, what=f"{path} is answered", log=hub.log)


def test_a_taken_port_is_one_clear_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = refused(capfd, "--port", str(port), "--state", str(tmp_path / "state"))
    assert code == 3
    assert said == f"enablement: port {port} at 127.0.0.1 is taken; choose another one, for example --port {port + 1}"


def test_a_state_folder_in_use_is_one_clear_line(demo_hub: DemoHub, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = refused(capfd, "--port", str(free_port()), "--state", str(demo_hub.state))
    assert code == 3
    assert (
        said
        == f"enablement: the state folder {demo_hub.state} is in use by another `enablement up` (process {demo_hub.process.pid})"
    )


def test_an_address_that_others_can_reach_needs_agreement(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = refused(capfd, "--address", "0.0.0.0", "--port", str(free_port()), "--state", str(tmp_path / "state"))
    assert code == 2
    assert "can be reached from outside" in said
    assert len(said.splitlines()) == 1


def test_an_address_of_another_machine_is_one_clear_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = refused(
        capfd, "--address", "192.0.2.1", "--yes", "--port", str(free_port()), "--state", str(tmp_path / "state")
    )
    assert code == 3
    assert said.startswith("enablement: this machine cannot listen at 192.0.2.1")


def test_no_space_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CliError, match=r"no space: .* MB free, 1000000000000 MB are needed"):
        held_state(tmp_path / "state", needed_bytes=10**18)


def test_a_state_folder_that_cannot_be_made_is_one_clear_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    code, said = refused(capfd, "--port", str(free_port()), "--state", str(tmp_path / "file" / "state"))
    assert code == 3
    assert said == f"enablement: the state folder {tmp_path / 'file' / 'state'} cannot be used: Not a directory"


def test_without_network_and_with_warm_caches_it_starts(tmp_path: Path) -> None:
    # An empty cache of our own: environment and proxy are made anew, out of the caches of uv and npm, which are warm.
    nowhere = dict.fromkeys(
        ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"
    )
    environ = nowhere | {"ENABLEMENT_CACHE": str(tmp_path / "cache"), "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    with running_up(tmp_path / "state", How(environ=environ)) as hub:
        assert "fetching" not in hub.said()
        assert _answers(f"{hub.url}/services/enablement/healthz")


def test_the_wrong_python_is_one_clear_line(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    make = ["make", "venv", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}"]
    root = Path(__file__).parents[2]
    done = subprocess.run(make, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert f"Python 3.11 or newer is needed; {old} is not" in done.stderr


def test_the_command_needs_no_shell_environment(tmp_path: Path) -> None:
    # As a service manager starts it: no PATH of the virtual environment, another working folder.
    done = subprocess.run(
        [*ENABLEMENT, "--version"], cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0.1.0"
    assert sys.executable


def _answers(url: str) -> bool:
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    request = f"GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()
    try:
        with socket.create_connection((name, int(port)), timeout=5) as connection:
            connection.sendall(request)
            return b" 200 " in connection.recv(64)
    except OSError:
        return False
