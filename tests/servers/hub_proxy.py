"""The hub's own reverse proxy, configurable-http-proxy, in front of one port."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enablement_ext.adapters.local_paths import cache_folder
from enablement_ext.cli.node import find_node
from enablement_ext.cli.reverse_proxy import proxy_command
from tests.polling import PATIENCE, until
from tests.servers.ports import free_port


@contextmanager
def hub_proxy(target: int, folder: Path) -> Iterator[int]:
    """The port of a running proxy that passes everything on to `target`."""
    port, api = free_port(), free_port()
    command = [*proxy_command(find_node(), cache_folder(), print), "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--api-ip", "127.0.0.1", "--api-port", str(api), "--default-target", f"http://127.0.0.1:{target}"]
    log = folder / "proxy.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        until(lambda: _listens(port), within=PATIENCE, what="the proxy listens", process=process, log=log)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
