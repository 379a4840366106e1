"""Runs the cells of one notebook in a kernel that is up or coming up, and names how it ended. Every wait is bounded.

A cell is closed when its reply and its "idle" are here. What is sent for it later is not taken: then it cannot be said what the cell
showed, and it counts as truncated, as it does where messages are missing (docs/adr/0043-a-sandbox-for-kernels.md).
"""

from __future__ import annotations

import ast
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from enablement_ext.adapters.sandbox.channels import KernelChannels, KernelMessage
from enablement_ext.adapters.sandbox.process import SandboxProcess
from enablement_ext.core.comparison import CellRun, Ending
from enablement_ext.core.comparison.models import Output, Window
from enablement_ext.core.runs.models import ExecutedCell, RunEnd, RunLimits, RunObserver, SourceCell
from enablement_ext.core.runs.outputs import OUTPUT_TYPES, OutputCollector, display_of
from enablement_ext.core.runs.sequence import MessageNumbers

_LOOK = 0.05  # seconds between two looks at clocks, counters and the process
_HALF = 60.0  # seconds that a reply waits for its "idle", or the other way round
_CUT = 2.0  # seconds after which a connection that was cut is looked into
_DYING = 8.0  # seconds that a kernel whose sockets are gone may take to be gone as well
_SILENT = {"silent": True, "store_history": False}
_ENTER = (
    "(lambda os, shell: (os.chdir({0!r}), shell.user_ns['_dh'].__setitem__(slice(None), [__import__('pathlib').Path(os.getcwd())]),"
    " setattr(shell, 'starting_dir', os.getcwd())))(__import__('os'), get_ipython())"
)
_TAIL = 5.0  # seconds for what a dead kernel had sent


@dataclass(slots=True)
class _Record:
    """A cell that runs or ran."""

    cell: SourceCell
    request: str = ""
    collector: OutputCollector = field(default_factory=OutputCollector)
    status: str = ""
    idle: bool = False
    count: int | None = None
    messages: int = 0
    result: bool = False
    span: int = 0
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    half: float = 0.0
    outputs: Sequence[Output] | None = None


class NotebookDriver:
    """Drives one run; good for one."""

    def __init__(
        self, process: SandboxProcess, channels: KernelChannels, limits: RunLimits, observer: RunObserver
    ) -> None:
        """`enter` is the folder that a kernel goes into first, "" where it began there."""
        self.enter = ""
        self._entering = ""
        self._process = process
        self._channels = channels
        self._limits = limits
        self._observer = observer
        self._began = self._looked = time.monotonic()
        self._numbers = MessageNumbers()
        self._records: list[_Record] = []
        self._requests: dict[str, _Record] = {}
        self._displays: dict[str, _Record] = {}
        self._current: _Record | None = None
        self._bytes = 0
        self._heard = self._answered = False
        self._cut_at = 0.0
        self.stray = 0
        self.end: RunEnd | None = None
        self.facts: Mapping[str, object] = {}

    def run(self, cells: Sequence[SourceCell]) -> tuple[ExecutedCell, ...]:
        """What became of each cell. Afterwards `end` and `facts` say how the run ended."""
        self._wait_for_kernel()
        for cell in cells:
            if self.end is None and not cell.skipped:
                self._run_cell(cell)
        if self.end is None:
            self.end = RunEnd.FINISHED
        self._take_messages(looking=False)
        ran = {record.cell.index: self._executed(record) for record in self._records}
        return tuple(ran.get(cell.index) or self._not_run(cell) for cell in cells)

    def _wait_for_kernel(self) -> None:
        deadline = self._began + self._limits.start_seconds
        asked = 0.0
        while self.end is None and not (self._heard and self._answered):
            if self._channels.connect():
                if time.monotonic() - asked > 0.5:
                    self._channels.ask("kernel_info_request", {})
                    asked = time.monotonic()
                self._tick(_LOOK)
            else:
                time.sleep(0.004)
                if time.monotonic() - self._looked >= _LOOK:
                    self._look()
            if self.end is None and time.monotonic() > deadline:
                self._stop(RunEnd.NEVER_ANSWERED, {"seconds": self._limits.start_seconds, "said": self._process.said()})
        if self.enter and self.end is None:
            self._enter_folder(deadline)
        self._numbers.cut()
        self._began = time.monotonic()  # starting has a limit of its own

    def _enter_folder(self, deadline: float) -> None:
        """As if it had been started there."""
        self._entering = self._channels.ask("execute_request", _request(_ENTER.format(self.enter)) | _SILENT)
        while self.end is None and self._entering:
            self._tick(_LOOK)
            if self.end is None and time.monotonic() > deadline:
                self._stop(RunEnd.NEVER_ANSWERED, {"seconds": self._limits.start_seconds, "said": self._process.said()})

    def _run_cell(self, cell: SourceCell) -> None:
        record = _Record(cell)
        self._records.append(record)
        self._current = record
        record.request = self._channels.ask("execute_request", _request(cell.source))
        if record.request:
            self._requests[record.request] = record
        while self.end is None and not (record.status and record.idle):
            self._tick(_LOOK)
            if record.half and time.monotonic() - record.half > _HALF:
                record.collector.spoiled = record.collector.spoiled or "never-idle"
                break
        record.ended = datetime.now(UTC)
        record.span = self._numbers.cut()
        self._current = None
        self._observer.cell_ended(self._executed(record))

    def _tick(self, seconds: float) -> None:
        """Waits for messages, takes them, and looks around when it is time."""
        self._channels.poller.poll(int(seconds * 1000))
        self._take_messages()
        if time.monotonic() - self._looked >= _LOOK:
            self._look()

    def _take_messages(self, *, looking: bool = True) -> None:
        for name in ("iopub", "shell"):
            for message in self._channels.arrived(name):
                self._bytes += message.size
                if self._bytes > self._limits.output_bytes:
                    self._stop(RunEnd.OUTPUT_CAP, {"bytes": self._bytes})
                if self.end is RunEnd.OUTPUT_CAP:
                    return
                self._numbers.note(message.id)
                (self._take_output if name == "iopub" else self._take_reply)(message)
                if looking and time.monotonic() - self._looked >= _LOOK:
                    self._look()

    def _take_output(self, message: KernelMessage) -> None:
        self._heard = True
        record = self._requests.get(message.parent)
        current = self._current
        if not message.kind and current is not None:
            current.collector.spoiled = current.collector.spoiled or "malformed-message"
        elif record is None:
            self.stray += current is not None and message.kind in OUTPUT_TYPES
        elif record is not current:
            if message.kind in OUTPUT_TYPES:
                record.collector.spoiled = record.collector.spoiled or "output-after-its-end"
        elif message.kind == "update_display_data" and not record.collector.owns(display_of(message.content)):
            other = self._displays.get(str(display_of(message.content)))
            if other is not None:
                other.collector.spoiled = other.collector.spoiled or "output-after-its-end"
        else:
            self._take_own(record, message)

    def _take_own(self, record: _Record, message: KernelMessage) -> None:
        record.messages += 1
        if message.kind == "status":
            if message.content.get("execution_state") == "idle":
                record.idle = True
                record.half = record.half or time.monotonic()
        elif message.kind in OUTPUT_TYPES:
            record.result = record.result or message.kind == "execute_result"
            record.collector.take(message.kind, message.content)
            display = display_of(message.content)
            if isinstance(display, str):
                self._displays[display] = record

    def _take_reply(self, message: KernelMessage) -> None:
        if message.kind == "kernel_info_reply":
            self._answered = True
        if message.kind == "execute_reply" and message.parent == self._entering:
            self._entering = ""
        record = self._current
        if record is None or message.kind != "execute_reply" or message.parent != record.request:
            return
        record.status = str(message.content.get("status") or "error")
        count = message.content.get("execution_count")
        record.count = count if isinstance(count, int) and 0 <= count < 2**31 else None
        record.half = record.half or time.monotonic()

    def _look(self) -> None:
        """At whoever waits, the clock, the counters and the process."""
        self._looked = time.monotonic()
        if self.end is not None:
            return
        self._process.drain()
        if self._observer.is_cancelled():
            self._stop(RunEnd.CANCELLED, {})
        elif (hit := self._process.caps.exceeded()) is not None:
            self._stop(hit, self._cap_facts(hit))
        elif (code := self._process.poll()) is not None:
            self._name_death(code)
        elif self._looked - self._began > self._limits.wall_seconds and self._answered:
            self._stop(RunEnd.WALL_TIME, {"seconds": self._limits.wall_seconds})
        elif self._cut_at or self._channels.cut():
            self._cut_at = self._cut_at or self._looked
            self._name_cut(self._looked - self._cut_at)

    def _name_cut(self, seconds: float) -> None:
        """A process that ends closes one descriptor after the other, so what is still there after a while is no sign of that."""
        if seconds > _CUT and self._channels.listening("iopub"):  # it would take us again: a message was too large here
            self._stop(RunEnd.OUTPUT_CAP, {"bytes": f"more than {self._limits.output_bytes}"})
        elif seconds > _DYING:
            self._stop(RunEnd.CONNECTION_LOST, {})

    def _name_death(self, code: int) -> None:
        """What a kernel that is gone had sent is taken first; then the counters are final."""
        deadline = time.monotonic() + _TAIL
        while self._channels.poller.poll(20) and time.monotonic() < deadline and self.end is None:
            before = self._bytes
            self._take_messages(looking=False)
            if self._bytes == before:
                break
        hit = self._process.caps.exceeded()
        if self.end is not None:
            return
        if hit is not None:
            self._stop(hit, self._cap_facts(hit))
        elif code < 0:
            self._stop(RunEnd.NODE_GONE, {"signal": -code})
        else:
            facts = {"signal": code - 128} if code > 128 else {"exit_code": code}
            self._stop(RunEnd.KERNEL_DIED, facts | {"said": self._process.said()})

    def _cap_facts(self, hit: RunEnd) -> dict[str, object]:
        limits = self._limits
        return {"bytes": limits.memory_bytes} if hit is RunEnd.OUT_OF_MEMORY else {"processes": limits.pids}

    def _stop(self, end: RunEnd, facts: Mapping[str, object]) -> None:
        if self.end is None:
            self.end, self.facts = end, facts
            self._process.kill()

    def _executed(self, record: _Record) -> ExecutedCell:
        if record.outputs is None:
            record.outputs = record.collector.outputs()
        lost = self._numbers.lost(record.span) if record.span else 0
        if lost == 1 and not record.result and _may_show(record.cell.source):
            lost = 0  # the number of a result is given before it is formatted: one that draws itself, or cannot be shown, is never sent
        window = Window(record.started, record.ended or datetime.now(UTC))
        ending, reason = self._ending(record, lost)
        run = CellRun(ending, record.outputs, window, reason=reason)
        return ExecutedCell(record.cell.index, run, record.messages, lost, record.count)

    def _ending(self, record: _Record, lost: int) -> tuple[Ending, str]:
        if not (record.status and record.idle) and self.end not in (None, RunEnd.FINISHED):
            cut = self.end in (RunEnd.OUTPUT_CAP, RunEnd.CONNECTION_LOST)
            return (Ending.TRUNCATED if cut else Ending.DIED), str(self.end)
        if record.collector.spoiled or lost:
            return Ending.TRUNCATED, record.collector.spoiled or "messages-lost"
        return (Ending.FINISHED if record.status == "ok" else Ending.FAILED), ""

    def _not_run(self, cell: SourceCell) -> ExecutedCell:
        return ExecutedCell(cell.index, CellRun(Ending.NOT_RUN, reason="" if cell.skipped else str(self.end)))


def _may_show(source: str) -> bool:
    """Whether the cell ends with an expression, whose value IPython shows. Where it is no plain Python that cannot be known."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return bool(statements) and isinstance(statements[-1], ast.Expr)


def _request(source: str) -> dict[str, object]:
    return {
        "code": source,
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
