"""Notebooks that lie to the driver, or leave something behind for it or for the next run."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from enablement_ext.adapters.sandbox import BubblewrapSandbox
from enablement_ext.core.comparison import Ending
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.notebook import StoredNotebook, canonicalise
from enablement_ext.core.runs.models import MIB, BroughtFile, RunEnd
from enablement_ext.core.runs.rerun import RerunJob, rerun
from tests.adapters.sandbox.conftest import Run, shown
from tests.core.runs.test_rerun import cell, text, verdicts
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow
SEND = """
from IPython import get_ipython
kernel = get_ipython().kernel
def send(kind, content, parent):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
def parent():
    return dict(kernel.get_parent("shell"))
first = parent()
"""
OTHERS_OUTPUT = "send('stream', {'name': 'stdout', 'text': 'forged'}, first)"
OTHERS_DISPLAY = "from IPython.display import update_display; update_display('forged', display_id='of-another')"


def test_a_cell_cannot_change_what_another_has_shown(run: Run) -> None:
    show = "from IPython.display import display; _ = display('mine', display_id='of-another')"
    found = run(SEND + "print('mine')", show, OTHERS_OUTPUT + "\nprint('own')", OTHERS_DISPLAY)
    assert [each.run.ending for each in found.cells[:2]] == [Ending.TRUNCATED, Ending.TRUNCATED]
    assert {each.run.reason for each in found.cells[:2]} == {"output-after-its-end"}
    assert "forged" not in str([each.run.outputs for each in found.cells])
    assert shown(found, 2) == "own\n"
    assert found.cells[2].run.ending is Ending.FINISHED


@pytest.mark.parametrize(
    "guess",
    [
        "dict(first, header=dict(first['header'], msg_id=first['header']['msg_id'][:-1] + '0'))",
        "dict(first, header=dict(first['header'], msg_id=kernel.session.session + '_1_3'))",
        "{}",
        "None",
    ],
)
def test_a_cell_cannot_speak_for_one_that_is_yet_to_come(guess: str, run: Run) -> None:
    found = run(SEND + f"send('stream', {{'name': 'stdout', 'text': 'forged'}}, {guess})", "pass", "print('own')")
    assert [shown(found, place) for place in range(3)] == ["", "", "own\n"]
    assert found.stray == 1


def test_an_end_that_was_forged_loses_what_comes_after_it(run: Run) -> None:
    early = SEND + (
        "print('good', flush=True)\n"
        "kernel.session.send(kernel.iopub_socket, 'status', {'execution_state': 'idle'}, parent=parent())\n"
        "kernel.session.send(kernel.shell_stream, 'execute_reply', {'status': 'ok', 'execution_count': 1}, parent=parent(),"
        " ident=parent().get('ids') or kernel.get_parent('shell').get('_ids') or [])\n"
        "import time; time.sleep(2); print('bad', flush=True)"
    )
    found = run(early, "import time; time.sleep(4)")
    first = found.cells[0]
    assert first.run.ending is not Ending.FINISHED or "bad" in shown(found)


@pytest.mark.parametrize(
    "frames",
    [
        "[b'']",
        "[b'<IDS|MSG>']",
        "[b'<IDS|MSG>', b'', b'{', b'{}', b'{}', b'{}']",
        "[b'<IDS|MSG>', b'', b'[' * 100000, b'{}', b'{}', b'{}']",
        "[b'<IDS|MSG>', b'', b'{\"msg_type\": 7}', b'{}', b'{}', b'{}']",
        "[b'<IDS|MSG>', b'', b'{\"msg_type\": \"stream\"}', b'[]', b'{}', b'[]']",
        "[bytes(range(256))] * 50",
    ],
)
def test_what_is_no_message_spoils_its_cell_and_nothing_else(frames: str, run: Run) -> None:
    found = run("print(1)", SEND + f"kernel.iopub_socket.send_multipart({frames})", "print(3)")
    assert found.end is RunEnd.FINISHED
    assert [each.run.ending for each in found.cells] == [Ending.FINISHED, Ending.TRUNCATED, Ending.FINISHED]
    assert shown(found, 2) == "3\n"


def test_messages_that_are_swallowed_are_missed(run: Run) -> None:
    swallow = SEND + "print('x'); _ = kernel.session.msg('stream')"
    found = run("print(1)", swallow, "print(3)")
    assert [each.run.ending for each in found.cells] == [Ending.FINISHED, Ending.TRUNCATED, Ending.FINISHED]
    assert found.cells[1].lost == 1


def test_a_result_that_draws_itself_or_cannot_be_shown_is_no_lost_message(run: Run) -> None:
    draws = "class Plot:\n    def _ipython_display_(self): print('drawn')\nPlot()"
    fails = "class Odd:\n    def __repr__(self): raise KeyError('x')\nOdd()"
    found = run(draws, fails, SEND + "_ = kernel.session.msg('a'), kernel.session.msg('b'); 6 * 7; None")
    assert [each.run.ending for each in found.cells] == [Ending.FINISHED, Ending.FAILED, Ending.TRUNCATED]
    assert shown(found) == "drawn\n"
    assert found.cells[2].lost == 2


def test_outputs_that_claim_trust_or_no_known_type(run: Run) -> None:
    trusted = SEND + (
        "send('display_data', {'data': {'text/html': '<b>x</b>'}, 'metadata': {'trusted': True}, 'trusted': True}, parent())\n"
        "send('comm_open', {'comm_id': 'x', 'target_name': 'y', 'data': {}}, parent())"
    )
    odd = "send('display_data', {'data': 'not a bundle', 'metadata': {}}, parent())"
    found = run(trusted, odd)
    assert "trusted" not in str(found.cells[0].run.outputs)
    assert found.cells[1].run.reason == "malformed-output"


def test_the_driver_follows_nothing_that_a_notebook_leaves(run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("outside")
    leaves = f"""
import os, socket
os.symlink({str(secret)!r}, 'link')
os.symlink({str(tmp_path)!r}, 'folder-link')
os.symlink('/proc/self/environ', 'proc-link')
os.symlink('.', 'round')
os.mkfifo('pipe')
socket.socket(socket.AF_UNIX).bind('socket')
os.makedirs('/'.join(['deep'] * 80))
open('deep/real', 'w').write('x')
open(b'odd\\xff\\nname', 'w').write('y')
with open('holes', 'wb') as file: _ = file.truncate(10_000_000)
open('closed', 'w').write('z'); os.chmod('closed', 0)
"""
    found = run(leaves)
    files = {file.path: file for file in found.files}
    assert {name for name, file in files.items() if not file.sha256} >= {
        "link",
        "folder-link",
        "proc-link",
        "round",
        "socket",
        "pipe",
    }
    assert files["deep/real"].size == 1
    assert files["holes"].size == 10_000_000
    assert not any("secret" in name for name in files)
    assert any("odd" in name for name in files)


def test_disk_is_bounded_by_file_and_in_all(run: Run) -> None:
    fill = """
import errno
def fill(path, size):
    try:
        with open(path, 'wb') as file:
            for _ in range(size): file.write(bytes(1 << 20))
    except OSError as error:
        return errno.errorcode[error.errno]
print(fill('one', 20), [fill(f'n{n}', 5) for n in range(20)][-1], fill('/tmp/x', 20), fill('/run/kernel/x', 2))
"""
    found = run(fill, work_bytes=32 * MIB, file_bytes=8 * MIB)
    assert shown(found) == "EFBIG ENOSPC EFBIG EACCES\n"
    assert sum(file.size for file in found.files) <= 32 * MIB


def test_a_notebook_cannot_find_what_it_is_compared_with(counted: BubblewrapSandbox) -> None:
    claimed = f"claimed-{secrets.token_hex(12)}"
    search = """
import gc, os
from pathlib import Path
halves = (HALF, OTHER)
def looks(place):
    try: return (halves[0] + halves[1]).encode() in Path(place).read_bytes() if os.path.isfile(place) else False
    except (OSError, MemoryError): return False
tops = ['/notebook', '/tmp', '/run', '/etc', '/dev/shm', '/proc/self', '/proc/1', f'/proc/{os.getppid()}']
places = [os.path.join(folder, name) for top in tops for folder, _, names in os.walk(top) if 'task' not in folder for name in names]
found = [place for place in places if looks(place)]
assert any(place.endswith('n.ipynb') for place in places)
found += [name for name, value in os.environ.items() if halves[0] in value]
answer = 'nothing' if not found else halves[0] + halves[1]
print(answer)
""".replace("HALF", repr(claimed[:12])).replace("OTHER", repr(claimed[12:]))
    sent = cell(search, text(f"{claimed}\n"), metadata={"tags": [claimed]}, id="search")
    document = {"cells": [sent], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook = StoredNotebook(canonicalise(json.dumps(document).encode()).data)
    found = rerun(RerunJob(notebook, "n.ipynb"), counted, Comparer())
    assert verdicts(found) == ["not-as-sent"]
    assert "".join(found.runs[0].cells[0].run.outputs[0]["text"]) == "nothing\n"


def test_nothing_waits_for_the_next_run(run: Run) -> None:
    plant = """
import os, site, sys
from pathlib import Path
home = Path(os.environ['HOME'])
places = [home / '.ipython/profile_default/startup/0.py', home / '.bashrc', home / '.pythonrc.py', Path('sitecustomize.py'),
          Path('/tmp/left'), Path('/dev/shm/left'), Path(site.getusersitepackages()) / 'left.pth', home / '.config/matplotlib/x',
          Path(sys.prefix) / 'left', *(Path(folder) / 'left.pth' for folder in site.getsitepackages())]
def planted(place):
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        return bool(place.write_text('raise SystemExit'))
    except OSError:
        return False
print(sum(map(planted, places)))
"""
    look = plant.replace(
        "print(sum(map(planted, places)))", "print([str(place) for place in places if place.exists()])"
    )
    assert shown(run(plant)) == "8\n"
    assert shown(run(look)) == "[]\n"


def test_files_that_look_like_the_kernels_own_do_not_stop_the_driver(run: Run) -> None:
    def brought(path: str, content: bytes) -> BroughtFile:
        return BroughtFile(path, len(content), lambda: iter([content]))

    files = (brought("sitecustomize.py", b"raise SystemExit"), brought(".ipython/profile_default/startup/0.py", b"1/0"))
    found = run("print(6 * 7)", files=files)
    assert shown(found) == "42\n"
    assert found.files == ()


def test_descriptors_and_threads_are_given_back(run: Run) -> None:
    run("1")
    before = _descriptors()
    for source in ("1", "import os; os._exit(1)", "print('x' * 100_000_000)"):
        run(source)
    until(lambda: _descriptors() <= before, within=PATIENCE, what="descriptors are closed")


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_what_programs_need_of_etc_can_be_read_and_names_nobody(run: Run) -> None:
    found = run(
        "import os\nprint(open('/etc/passwd').read())\nprint(*sorted(os.listdir('/etc')))\nprint(os.access('/etc', os.W_OK))"
    )
    text = shown(found)
    assert text.startswith("root:x:0:0::/nonexistent:/usr/sbin/nologin\nnobody:x:65534")
    assert "nsswitch.conf" in text
    assert "shadow" not in text
    assert text.endswith("False\n")


FLOODS = SEND + (
    "import os\nfor _ in range(20_000): send('stream', {'name': 'stdout', 'text': 'x'}, parent())\nos._exit(3)"
)


def test_a_kernel_that_goes_amid_many_messages_takes_nobody_along(run: Run) -> None:
    for _ in range(3):
        found = run(FLOODS)
        assert (found.end, found.cells[0].run.ending) == (RunEnd.KERNEL_DIED, Ending.DIED)
        assert found.cells[0].messages > 1000
