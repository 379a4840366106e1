"""The sockets to one kernel, and its messages as values. Nothing that comes from there is trusted to be a message.

Signatures are not looked at: the key lies beside the kernel, so whatever runs there can sign.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import zmq
from jupyter_client.session import DELIM, Session

from enablement_ext.core.runs.models import MIB

_QUEUE = 100_000  # messages that may wait here; more are dropped, and are missed by their numbers
_CONNECTED = ("shell", "iopub")
# Milliseconds until a socket that was cut would connect again: longer than any run. ZeroMQ's own "never" (-1) takes the socket's end away while
# a message is being read, and the library then ends this process.
_NEVER = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class KernelMessage:
    """One message, or what was sent in place of one (`kind` is "" then). `size` is in bytes, with everything around it."""

    kind: str
    id: object
    parent: str
    content: Mapping[str, Any]
    size: int


class KernelChannels:
    """Shell and iopub of a kernel that is up. Sockets connect once: one that was cut stays cut, whatever then lies at its place."""

    def __init__(self, info: Mapping[str, Any], folder: int, largest: int) -> None:
        """`folder` is the descriptor of the folder with the sockets, `largest` the bytes of the largest message that is accepted."""
        self._info = info
        self._folder = folder
        self._largest = largest + MIB
        self._session = Session(key=info["key"], signature_scheme=info["signature_scheme"])
        self._context = zmq.Context()
        self._sockets: dict[str, zmq.Socket[bytes]] = {}
        self._monitors: dict[str, zmq.Socket[bytes]] = {}
        self.poller = zmq.Poller()

    def listening(self, name: str) -> bool:
        """Whether somebody accepts connections there, at a socket and not at a link to one."""
        file = f"kernel-{self._info[f'{name}_port']}"
        try:
            if not stat.S_ISSOCK(os.stat(file, dir_fd=self._folder, follow_symlinks=False).st_mode):
                return False
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(1)
                probe.connect(f"/proc/self/fd/{self._folder}/{file}")
        except OSError:
            return False
        return True

    def connect(self) -> bool:
        """Connects what can be connected; whether all is."""
        for name, kind in zip(_CONNECTED, (zmq.DEALER, zmq.SUB), strict=True):
            if name not in self._sockets and self.listening(name):
                self._sockets[name] = self._connected(name, kind)
        return len(self._sockets) == len(_CONNECTED)

    @property
    def is_connected(self) -> bool:
        """Whether both are."""
        return len(self._sockets) == len(_CONNECTED)

    def ask(self, kind: str, content: Mapping[str, Any]) -> str:
        """Sends a request on the shell channel; its id, which nobody can guess beforehand. "" where nobody takes it: what is wrong is seen
        by looking at the process and at `cut`."""
        header = self._session.msg_header(kind)
        header["msg_id"] = uuid.uuid4().hex
        try:
            self._session.send(self._sockets["shell"], self._session.msg(kind, dict(content), header=header))
        except zmq.Again:
            return ""
        return str(header["msg_id"])

    def arrived(self, name: str) -> Iterator[KernelMessage]:
        """The messages of a channel that are here by now."""
        found = self._sockets.get(name)
        while found is not None and not found.closed:
            try:
                frames = found.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            yield _message(frames)

    def cut(self) -> str:
        """The name of a channel that was disconnected, "" while all are connected."""
        for name, monitor in self._monitors.items():
            with suppress(zmq.Again):
                monitor.recv_multipart(zmq.NOBLOCK)
                return name
        return ""

    def close(self) -> None:
        """Gives the sockets back; nothing that waits is sent."""
        for each in (*self._sockets.values(), *self._monitors.values()):
            each.close(linger=0)
        self._context.destroy(linger=0)

    def _connected(self, name: str, kind: int) -> zmq.Socket[bytes]:
        made = self._context.socket(kind)
        made.setsockopt(zmq.LINGER, 0)
        made.setsockopt(zmq.SNDTIMEO, 0)
        made.setsockopt(zmq.RECONNECT_IVL, _NEVER)
        made.setsockopt(zmq.RCVHWM, _QUEUE)
        made.setsockopt(zmq.MAXMSGSIZE, self._largest)
        if kind == zmq.SUB:
            made.setsockopt(zmq.SUBSCRIBE, b"")
        monitor = made.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        monitor.setsockopt(zmq.LINGER, 0)
        made.connect(f"ipc://{self._info['ip']}-{self._info[f'{name}_port']}")
        self._monitors[name] = monitor
        for each in (made, monitor):
            self.poller.register(each, zmq.POLLIN)
        return made


def _message(frames: list[bytes]) -> KernelMessage:
    size = sum(map(len, frames))
    try:
        at = frames.index(DELIM)
        header, parent, content = (json.loads(frames[at + place]) for place in (2, 3, 5))
        kind, asked = header["msg_type"], parent.get("msg_id", "")
        if isinstance(kind, str) and isinstance(asked, str) and isinstance(content, dict):
            return KernelMessage(kind, header.get("msg_id"), asked, content, size)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass
    return KernelMessage("", None, "", {}, size)
