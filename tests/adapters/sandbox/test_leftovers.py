"""Whatever dies, nothing of a run is left: its processes end with the driver, and the next start removes its groups. And a host where
somebody without rights runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment
from enablement_ext.adapters.sandbox.cgroups import find_parents, sweep
from enablement_ext.core.runs.models import RunObserver, RunRequest, SourceCell
from tests.adapters.sandbox.test_ends import children
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
_DRIVER = """
import sys
from pathlib import Path
from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment
from enablement_ext.core.runs.models import RunObserver, RunRequest, SourceCell
sandbox = BubblewrapSandbox(KernelEnvironment.of(Path(sys.executable)))
print(sandbox.self_test().grade, flush=True)
busy = "import subprocess, sys, time; held = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)']); print(1)"
tell = RunObserver(cell_ended=lambda cell: print(cell.run.ending, flush=True))
sandbox.run(RunRequest((SourceCell(0, busy), SourceCell(1, "time.sleep(3600)"))), tell)
"""


def below(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        try:
            found += children(each)
        except OSError:
            continue
    return found[1:]


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_killed_driver_takes_all_along_and_the_next_start_removes_the_rest() -> None:
    parents = find_parents()
    with subprocess.Popen([sys.executable, "-c", _DRIVER], stdout=subprocess.PIPE, text=True, cwd=ROOT) as driver:
        assert driver.stdout is not None
        assert [driver.stdout.readline().strip() for _ in range(2)][1] == "finished"
        inside = below(driver.pid)
        assert len(inside) >= 4
        os.kill(driver.pid, signal.SIGKILL)
    until(lambda: not any(map(runs, inside)), within=PATIENCE, what="nothing of it runs")
    if parents is None:
        pytest.skip("no cgroup can be made here: there is nothing else to leave")
    left = [group for folder in parents.folders() for group in folder.glob(f"enablement-run-{driver.pid}-*")]
    assert len(left) == len(parents.folders())
    swept = sweep(parents)
    assert {group.name for group in left} <= set(swept)
    assert not any(group.exists() for group in left)


def test_sweeping_leaves_runs_of_the_living_alone(counted: BubblewrapSandbox) -> None:
    parents = find_parents()
    if parents is None:
        pytest.skip("no cgroup can be made here")
    swept: list[str] = []
    watch = RunObserver(cell_ended=lambda _: swept.extend(sweep(parents)))
    found = counted.run(RunRequest((SourceCell(0, "1"), SourceCell(1, "2"))), watch)
    assert str(found.end) == "finished"
    assert not [name for name in swept if name.startswith(f"enablement-run-{os.getpid()}-")]


def test_jupyter_client_drives_the_same_kernel(counted: BubblewrapSandbox) -> None:
    manager = KernelManager()
    counted.self_test()
    manager.provisioner = counted.provisioner(RunRequest(()))
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(each) for each in ("import os; print(os.getuid(), os.getcwd())", "6 * 7")]
    )
    NotebookClient(book, km=manager, timeout=300).execute()
    assert book.cells[0].outputs[0]["text"] == "65534 /notebook\n"
    assert book.cells[1].outputs[0]["data"]["text/plain"] == "42"
    manager.shutdown_kernel(now=True)
    assert not manager.has_kernel


def as_somebody(folder: Path, *arguments: str) -> tuple[int, Any]:
    """The command run by an account without rights. Where this one is the administrator's, in a mount namespace in which the Python that
    this environment stands on can be reached by others."""
    command = [sys.executable, "-m", "enablement_ext.cli.app", *arguments]
    if os.geteuid() == 0:
        base = KernelEnvironment.of(Path(sys.executable)).folders
        binds = "".join(
            f"mkdir -p {folder}/m{at}; mount --bind {each} {folder}/m{at}; " for at, each in enumerate(base)
        )
        shown = "mount -t tmpfs none /root; " + "".join(
            f"mkdir -p {each}; mount --bind {folder}/m{at} {each}; " for at, each in enumerate(base)
        )
        folder.chmod(0o755)
        switch = 'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"'
        command = ["unshare", "-m", "sh", "-ec", f"{binds}{shown}chmod 755 /root; cd {ROOT}; {switch}", "sh", *command]
    environment: Mapping[str, str] = {"HOME": "/nonexistent", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    code = "from enablement_ext.cli.app import main; import sys; sys.exit(main(sys.argv[1:]))"
    command[command.index("-m", command.index(sys.executable)) :] = ["-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT, timeout=600)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_an_ordinary_account_has_a_reduced_sandbox_and_is_told_so(tmp_path: Path) -> None:
    public = Path("/var/tmp", tmp_path.parent.name + tmp_path.name)
    public.mkdir()
    try:
        code, found = as_somebody(public, "rerun", "--self-test", "--json")
        layers = {each["layer"]: each for each in found["layers"]}
        if layers["network"]["strength"] == "missing":
            assert (code, found["grade"]) == (1, "off")
            pytest.skip(f"no namespaces for ordinary accounts here: {found['sentence']}")
        assert (code, layers["home"]["strength"], layers["namespaces"]["strength"]) == (0, "holds", "holds"), found
        if layers["memory"]["strength"] == "weaker":
            assert found["grade"] == "reduced"
            assert "no cgroup can be written" in found["sentence"]
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import os; os.getuid()", execution_count=1)])
        book.cells[0].outputs = [
            nbformat.v4.new_output("execute_result", data={"text/plain": "65534"}, execution_count=1)
        ]
        nbformat.write(book, public / "n.ipynb")
        code, (said,) = as_somebody(public, "rerun", "--json", "--python", sys.executable, str(public / "n.ipynb"))
        assert (code, said["same"], said["sandbox"]["grade"]) == (0, True, found["grade"])
    finally:
        subprocess.run(["rm", "-rf", str(public)], check=True)
