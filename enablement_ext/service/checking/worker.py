"""What runs in a checking process: one question after the other from the socket on standard input, until the other side is gone.

It has no credentials, no database and no files: bytes come in mapped, and what is made of them goes out the same way. Memory and time are bounded by
the operating system, so that no notebook can take more.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from enablement_ext.core.checks.models import NotebookSurroundings
from enablement_ext.core.checks.ports import NotebookCheck
from enablement_ext.core.checks.reading import checked_notebook
from enablement_ext.core.checks.registry import findings_of
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.errors import EnablementError
from enablement_ext.core.notebook import view, view_cell
from enablement_ext.core.output_policy.rules import rules_from
from enablement_ext.core.review.anchors import checked, place_all
from enablement_ext.core.review.differences.versions import version_difference
from enablement_ext.core.review.models import ImageRef
from enablement_ext.core.review.version_changes import VersionContent, changes
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.service.checking.anchors import anchor_from
from enablement_ext.service.checking.findings import finding_message, surroundings_from
from enablement_ext.service.checking.sides import side_of
from enablement_ext.service.checking.wire import Json, receive, send
from enablement_ext.service.use_cases.ingest import ingest, validate
from enablement_ext.web.difference_json import version_difference_json
from enablement_ext.web.messages import dump
from enablement_ext.web.shared_bytes import SharedBytes

_RETIRE_BYTES = 192 * 1024 * 1024  # a process that holds more after an answer makes place for a new one
_NICE = 5  # requests that people wait for come first
_NO_IMAGE = ImageRef("", "", "", "")

Answer = tuple[Json, SharedBytes | None]


@dataclass(frozen=True, slots=True)
class CheckingTools:
    """What a checking process looks with; without a library it finds the same more slowly, or compares less closely. `checks` are those of `find`."""

    prefilter: Prefilter = field(default_factory=LiteralPrefilter)
    comparer: Comparer = field(default_factory=Comparer)
    checks: Sequence[NotebookCheck] = ()


def check_bundle(bundle: memoryview, question: Json, prefilter: Prefilter) -> Answer:
    """Hash and size of the notebook as it is stored; its bytes where they are others than those that were sent."""
    received = ingest(bundle, _limits(question["limits"]), _number(question["target"]))
    rules = question["not_secret_rules"]
    spoken = rules if isinstance(rules, list) else ()
    validated = validate(received, prefilter, rules_from(question["outputs"]), spoken)
    answer: Json = {"sha256": validated.notebook.sha256, "size": validated.notebook.size}
    answer["taken_out"] = list(validated.taken_out)
    answer["not_secrets"] = [asdict(each) for each in validated.not_secrets]
    if validated.notebook.sha256 == received.document.sha256:
        return answer, None
    made = SharedBytes()
    made.write(validated.canonical)
    return answer, made


def compare(old: memoryview, new: memoryview) -> Answer:
    """The kinds of change between two stored notebooks."""
    contents = [VersionContent(bytes(notebook), (), _NO_IMAGE) for notebook in (old, new)]
    return {"changes": [kind.value for kind in changes(*contents)]}, None


def difference(question: Json, parts: Sequence[memoryview], comparer: Comparer) -> Answer:
    """The difference of two versions, as JSON in the bytes that come with the answer."""
    old, new = (side_of(question[name], *pair) for name, pair in (("old", parts[:2]), ("new", parts[2:4])))
    return {}, _json(version_difference_json(version_difference(old, new, comparer)))


def find(notebook: memoryview, question: Json, checks: Sequence[NotebookCheck]) -> Answer:
    """What checks find in a canonical notebook."""
    around = question["around"]
    looked_at = checked_notebook(
        bytes(notebook), surroundings_from(around) if isinstance(around, dict) else NotebookSurroundings()
    )
    return {"findings": [finding_message(each) for each in findings_of(checks, looked_at)]}, None


def view_page(notebook: memoryview, question: Json) -> Answer:
    """A page of a stored notebook as JSON, in the bytes that go back."""
    return {}, _json(view(bytes(notebook), _whole(question["first"]), _whole(question["count"])))


def view_one(notebook: memoryview, question: Json) -> Answer:
    """One cell of a stored notebook, likewise."""
    return {}, _json(view_cell(bytes(notebook), _whole(question["cell"])))


def check_anchor(notebook: memoryview, question: Json) -> Answer:
    """An anchor with what stands there."""
    return {"anchor": asdict(checked(anchor_from(question["anchor"]), bytes(notebook)))}, None


def place(old: memoryview, new: memoryview, question: Json) -> Answer:
    """Where threads stand in another version."""
    found = question["anchors"]
    anchors = [anchor_from(each) for each in found] if isinstance(found, list) else []
    return {"placed": [asdict(each) for each in place_all(anchors, bytes(old), bytes(new))]}, None


def answer(question: Json, parts: Sequence[memoryview], tools: CheckingTools) -> Answer:
    """The answer to one question; an error of ours is one as well."""
    tasks: dict[str, Callable[[], Answer]] = {
        "check": lambda: check_bundle(parts[0], question, tools.prefilter),
        "find": lambda: find(parts[0], question, tools.checks),
        "compare": lambda: compare(parts[0], parts[1]),
        "difference": lambda: difference(question, parts, tools.comparer),
        "view": lambda: view_page(parts[0], question),
        "cell": lambda: view_one(parts[0], question),
        "anchor": lambda: check_anchor(parts[0], question),
        "place": lambda: place(parts[0], parts[1], question),
    }
    try:
        return tasks[str(question["task"])]()
    except EnablementError as error:
        return {"error": error.code, "message": error.message, "facts": error.facts}, None
    except MemoryError:
        return {"error": "memory"}, None
    except Exception as error:  # noqa: BLE001 - the outermost loop; what it says may quote the notebook, where it was raised does not
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        return {"error": "unexpected", "kind": type(error).__name__, "where": where}, None


def serve(wire: socket.socket, seconds: float, tools: CheckingTools) -> None:
    """Answer until the other side is gone."""
    while True:
        try:
            question, descriptors = receive(wire)
        except (EOFError, OSError):
            return
        signal.setitimer(signal.ITIMER_REAL, seconds)  # ends the process, whatever it is in
        made = _answer_once(wire, question, descriptors, tools)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not made:
            return


def _answer_once(wire: socket.socket, question: Json, descriptors: Sequence[int], tools: CheckingTools) -> bool:
    """Answer one question; whether to go on."""
    found, made = answer(question, [SharedBytes(descriptor).view() for descriptor in descriptors], tools)
    retire = _resident() > _RETIRE_BYTES or found.get("error") == "memory"
    try:
        send(wire, {**found, "retire": retire}, [made.fileno()] if made is not None else [])
    except OSError:
        return False
    return not retire


def _limits(members: object) -> BundleLimits:
    return BundleLimits(*members) if isinstance(members, list) else BundleLimits()


def _json(value: object) -> SharedBytes:
    made = SharedBytes()
    made.write(dump(value))
    return made


def _whole(value: object) -> int:
    return int(str(value))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _resident() -> int:
    """Bytes of memory that this process holds now; 0 where the system does not tell."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return 0


def _bound(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the service says when it ends
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with suppress(OSError):
        os.nice(_NICE)
    with suppress(
        OSError
    ):  # between sessions, and this process has one of its own, Linux weighs these instead of processes
        Path("/proc/self/autogroup").write_text(str(_NICE))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory runs out, this goes and not the service


def main(arguments: Sequence[str], tools: CheckingTools) -> None:
    """Serve the socket on standard input: bytes of memory, seconds for one answer."""
    memory, seconds = arguments
    _bound(int(memory))
    with socket.socket(fileno=0) as wire:
        serve(wire, float(seconds), tools)
