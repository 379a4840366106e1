"""The supervisor over processes of its own, in place of hub and proxy: what it does when one dies while it starts, and afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.polling import PATIENCE, until
from tests.servers.ports import free_port

# A hub that dies at its first start, says it is well at the next ones, and counts how often it was told to put routes back: that
# works only at the second time, as with a proxy that does not listen yet.
HUB = """
import http.server, pathlib, sys
folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
started, asked = folder / "started", folder / "asked"
started.write_text(started.read_text() + "x" if started.exists() else "x")
if len(started.read_text()) <= int(sys.argv[3]):
    sys.exit("the service did not come up")
class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def do_POST(self):
        right = self.path == "/hub/api/proxy" and self.headers["Authorization"] == "token secret"
        asked.write_text(asked.read_text() + "x" if asked.exists() else "x")
        self.send_response(201 if right and len(asked.read_text()) > 1 else 500); self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", port), Pages).serve_forever()
"""
SUPERVISE = """
import os, pathlib, sys
from enablement_ext.cli.errors import CliError
from enablement_ext.cli.supervisor import HubApiCall, HubProcess, Supervisor
folder, port, dies = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
hub = [sys.executable, str(folder / "hub.py"), str(folder), str(port), dies]
proxy = [sys.executable, "-c", "import os, pathlib, time; pathlib.Path('proxy.pid').write_text(str(os.getpid())); time.sleep(600)"]
routes = HubApiCall(port, "/hub/api/proxy", "secret")
made = HubProcess(proxy, hub, dict(os.environ), folder, folder / "hub.log", "127.0.0.1", port, routes)
supervisor = Supervisor(made, lambda line: print(line, flush=True))
try:
    if supervisor.start():
        print("it serves", flush=True)
        supervisor.watch()
except CliError as refusal:
    print(refusal, flush=True)
finally:
    supervisor.stop()
"""


def supervised(folder: Path, dies: int) -> subprocess.Popen[str]:
    (folder / "hub.py").write_text(HUB)
    command = [sys.executable, "-c", SUPERVISE, str(folder), str(free_port()), str(dies)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def said_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    lines = ""
    for line in process.stdout:
        lines += line
        if text in line:
            return lines
    raise AssertionError(lines)


def test_a_hub_that_dies_at_its_first_start_is_started_once_more(tmp_path: Path) -> None:
    with supervised(tmp_path, dies=1) as process:
        assert "the hub has died and is started again" in said_until(process, "it serves")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_hub_that_cannot_start_is_said_with_its_last_words(tmp_path: Path) -> None:
    with supervised(tmp_path, dies=9) as process:
        said = said_until(process, "the hub did not start")
        assert "the service did not come up" in said
        assert process.wait(PATIENCE) == 0
    assert (tmp_path / "started").read_text() == "xx"


def test_a_proxy_that_was_started_again_gets_its_routes_at_once(tmp_path: Path) -> None:
    with supervised(tmp_path, dies=0) as process:
        said_until(process, "it serves")
        pid = int(until((tmp_path / "proxy.pid").read_text, within=PATIENCE, what="the proxy runs"))
        os.kill(pid, signal.SIGKILL)
        said_until(process, "the proxy has died and is started again")
        asked = tmp_path / "asked"
        until(
            lambda: asked.exists() and asked.read_text() == "xx",
            within=PATIENCE,
            what="the hub is asked until it works",
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert asked.read_text() == "xx", "and then no more"
