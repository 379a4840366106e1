"""What runs in a checking process: one question after the other from the socket on standard input, until the other side is gone.

It has no credentials, no database and no files: bytes come in mapped, and what is made of them goes out the same way. Memory and time are bounded by
the operating system, so that no notebook can take more.
"""

from __future__ import annotations

import gc
import resource
import signal
import socket
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from enablement_ext.core.checks.models import NotebookSurroundings
from enablement_ext.core.checks.ports import NotebookCheck
from enablement_ext.core.checks.reading import checked_notebook
from enablement_ext.core.checks.registry import findings_of
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.comparison.ports import PictureRedrawer
from enablement_ext.core.errors import EnablementError
from enablement_ext.core.notebook import view, view_cell
from enablement_ext.core.output_policy.rules import rules_from
from enablement_ext.core.review.anchors import checked, place_all
from enablement_ext.core.review.differences.versions import version_difference
from enablement_ext.core.review.discussion.applying import holding
from enablement_ext.core.review.models import ImageRef
from enablement_ext.core.review.search.documents import notebook_passages
from enablement_ext.core.review.version_changes import VersionContent, changes
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.service.checking.anchors import anchor_from, suggested_from
from enablement_ext.service.checking.findings import finding_message, surroundings_from
from enablement_ext.service.checking.pictures import pictures_answer, redrawn
from enablement_ext.service.checking.sides import side_of
from enablement_ext.service.checking.wire import Json, part_of, receive, send
from enablement_ext.service.runtime.child_processes import stand_back
from enablement_ext.service.use_cases.ingest import ingest, validate
from enablement_ext.web.difference_json import version_difference_json
from enablement_ext.web.messages import dump

_RETIRE_BYTES = 192 * 1024 * 1024  # a process that holds more after an answer makes place for a new one
_COLLECT_OBJECTS = 10_000  # more than there were before
_PAGE = resource.getpagesize()
_NO_IMAGE = ImageRef("", "", "", "")

Content = bytes | memoryview
Answer = tuple[Json, Sequence[Content]]


@dataclass(frozen=True, slots=True)
class CheckingTools:
    """What a checking process looks with; without a library it finds the same more slowly, compares less closely, or draws no
    pictures. `checks` are those of `find`."""

    prefilter: Prefilter = field(default_factory=LiteralPrefilter)
    comparer: Comparer = field(default_factory=Comparer)
    checks: Sequence[NotebookCheck] = ()
    redrawer: PictureRedrawer | None = None


def check_bundle(question: Json, parts: Sequence[Content], tools: CheckingTools) -> Iterator[Answer]:
    """Hash and size of the notebook as it is stored, its bytes where they are others than those that were sent; then what checks find in it."""
    bundle, release = parts
    received = ingest(bundle, _limits(question["limits"]), _number(question["target"]))
    rules = question["not_secret_rules"]
    spoken = rules if isinstance(rules, list) else ()
    validated = validate(received, tools.prefilter, rules_from(question["outputs"]), spoken)
    answer: Json = {"sha256": validated.notebook.sha256, "size": validated.notebook.size}
    answer["taken_out"] = list(validated.taken_out)
    answer["not_secrets"] = [asdict(each) for each in validated.not_secrets]
    answer["more"] = question["around"] is not None
    yield answer, () if validated.notebook.sha256 == received.document.sha256 else (validated.canonical,)
    if question["around"] is not None:
        yield find(question, (validated.canonical, release), tools.checks)


def compare(old: Content, new: Content) -> Answer:
    """The kinds of change between two stored notebooks."""
    contents = [VersionContent(bytes(notebook), (), _NO_IMAGE) for notebook in (old, new)]
    return {"changes": [kind.value for kind in changes(*contents)]}, ()


def difference(question: Json, parts: Sequence[Content], comparer: Comparer) -> Answer:
    """The difference of two versions, as JSON in the bytes that come with the answer."""
    old, new = (side_of(question[name], *pair) for name, pair in (("old", parts[:2]), ("new", parts[2:4])))
    return {}, [dump(version_difference_json(version_difference(old, new, comparer)))]


def find(question: Json, parts: Sequence[Content], checks: Sequence[NotebookCheck]) -> Answer:
    """What checks find in a canonical notebook."""
    notebook, release = parts
    around = question["around"]
    known = surroundings_from(around, bytes(release)) if isinstance(around, dict) else NotebookSurroundings()
    found = findings_of(checks, checked_notebook(bytes(notebook), known))
    return {"findings": [finding_message(each) for each in found]}, ()


def view_page(notebook: Content, question: Json) -> Answer:
    """A page of a stored notebook as JSON, in the bytes that go back."""
    return {}, [dump(view(bytes(notebook), _whole(question["first"]), _whole(question["count"])))]


def view_one(notebook: Content, question: Json) -> Answer:
    """One cell of a stored notebook, likewise."""
    return {}, [dump(view_cell(bytes(notebook), _whole(question["cell"])))]


def passages(notebook: Content) -> Answer:
    """The texts of a notebook that can be found, likewise."""
    return {}, [dump([[each.kind.value, each.where, each.text] for each in notebook_passages(bytes(notebook))])]


def pictures(question: Json, parts: Sequence[Content], redrawer: PictureRedrawer | None) -> Answer:
    """Pictures of a version and of its run that are not the same, made anew."""
    asked = question["cells"]
    cells = [_whole(cell) for cell in asked] if isinstance(asked, list) else []
    sent, run = map(bytes, parts)
    return pictures_answer([] if redrawer is None else redrawn(sent, run, cells, redrawer))


def check_anchor(notebook: Content, question: Json) -> Answer:
    """An anchor with what stands there."""
    return {"anchor": asdict(checked(anchor_from(question["anchor"]), bytes(notebook)))}, ()


def place(old: Content, new: Content, question: Json) -> Answer:
    """Where threads stand in another version."""
    found = question["anchors"]
    anchors = [anchor_from(each) for each in found] if isinstance(found, list) else []
    return {"placed": [asdict(each) for each in place_all(anchors, bytes(old), bytes(new))]}, ()


def held(old: Content, new: Content, question: Json) -> Answer:
    """Which suggestions a notebook holds."""
    return {"held": holding(suggested_from(question["suggested"]), bytes(old), bytes(new))}, ()


def answers(question: Json, parts: Sequence[Content], tools: CheckingTools) -> Iterator[Answer]:
    """The answers to one question, of which `check` has two; an error of ours is one as well, and the last."""
    tasks: dict[str, Callable[[], Answer]] = {
        "find": lambda: find(question, parts, tools.checks),
        "compare": lambda: compare(parts[0], parts[1]),
        "difference": lambda: difference(question, parts, tools.comparer),
        "view": lambda: view_page(parts[0], question),
        "cell": lambda: view_one(parts[0], question),
        "passages": lambda: passages(parts[0]),
        "anchor": lambda: check_anchor(parts[0], question),
        "pictures": lambda: pictures(question, parts, tools.redrawer),
        "place": lambda: place(parts[0], parts[1], question),
        "held": lambda: held(parts[0], parts[1], question),
    }
    try:
        if question["task"] == "check":
            yield from check_bundle(question, parts, tools)
        else:
            yield tasks[str(question["task"])]()
    except EnablementError as error:
        yield {"error": error.code, "message": error.message, "facts": error.facts}, ()
    except MemoryError:
        yield {"error": "memory"}, ()
    except Exception as error:  # noqa: BLE001 - the outermost loop; what it says may quote the notebook, where it was raised does not
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        yield {"error": "unexpected", "kind": type(error).__name__, "where": where}, ()


def serve(wire: socket.socket, seconds: float, tools: CheckingTools) -> None:
    """Answer until the other side is gone. Garbage is collected between two questions, when nobody waits for it and there is some."""
    gc.collect()
    gc.freeze()
    gc.disable()
    while _answer_once(wire, seconds, tools):
        if gc.get_count()[0] > _COLLECT_OBJECTS:
            gc.collect()


def _answer_once(wire: socket.socket, seconds: float, tools: CheckingTools) -> bool:
    """Answer the next question; whether to go on. Each answer may take `seconds`."""
    retire = False
    try:
        question, parts = receive(wire)
        signal.setitimer(signal.ITIMER_REAL, seconds)  # ends the process, whatever it is in
        for found, made in answers(question, parts, tools):
            last = not found.get("more")
            retire = last and (found.get("error") == "memory" or _resident() > _RETIRE_BYTES)
            send(wire, {**found, "retire": retire}, [part_of(content) for content in made])
            signal.setitimer(signal.ITIMER_REAL, 0 if last else seconds)
    except (EOFError, OSError):
        return False
    return not retire


def _limits(members: object) -> BundleLimits:
    return BundleLimits(*members) if isinstance(members, list) else BundleLimits()


def _whole(value: object) -> int:
    return int(str(value))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _resident() -> int:
    """Bytes of memory that this process holds now; 0 where the system does not tell."""
    with suppress(OSError), open("/proc/self/statm", "rb", buffering=0) as file:  # noqa: PTH123 - asked with every answer, and a `Path` takes longer
        return int(file.read(100).split()[1]) * _PAGE
    return 0


def _bound(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the service says when it ends
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    stand_back()


def main(arguments: Sequence[str], tools: CheckingTools) -> None:
    """Serve the socket on standard input: bytes of memory, seconds for one answer."""
    memory, seconds = arguments
    _bound(int(memory))
    with socket.socket(fileno=0) as wire:
        serve(wire, float(seconds), tools)
