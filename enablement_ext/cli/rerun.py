"""`enablement rerun`: notebooks run again in a sandbox on this machine and compared, cell by cell."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook import StoredNotebook, canonicalise
from enablement_ext.core.runs.layers import SandboxGrade
from enablement_ext.core.runs.models import MIB, BroughtFile, ExecutedCell, RunEnd, RunLimits, RunObserver
from enablement_ext.core.runs.ports import Sandbox
from enablement_ext.core.runs.report import cell_lines, rerun_document, sandbox_document, self_test_lines, verdict_line
from enablement_ext.core.runs.rerun import RerunJob, RerunOutcome, rerun
from enablement_ext.core.text.cleaning import clean

_PIECE = 1 << 20
_DEFAULTS = RunLimits()


@dataclass(frozen=True, slots=True)
class ChosenEnvironment:
    """What notebooks are run in, and how it is called."""

    sandbox: Sandbox
    name: str


def add_rerun_options(parser: argparse.ArgumentParser) -> None:
    """The options of `enablement rerun`."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="notebooks")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--image", metavar="NAME", help="slug or slug/version of the catalog")
    chosen.add_argument("--python", type=Path, metavar="PATH", help="the Python of an environment with ipykernel")
    parser.add_argument("--catalog", type=Path, metavar="FOLDER", help="(default: as for `enablement image`)")
    parser.add_argument(
        "--with",
        dest="brought",
        action="append",
        default=[],
        type=Path,
        metavar="PATH",
        help="a file or folder that lies beside the notebook; may be repeated. Nothing else is there",
    )
    parser.add_argument("--once", action="store_true", help="no second run where a cell differs")
    parser.add_argument("--memory", type=int, default=_DEFAULTS.memory_bytes // MIB, metavar="MB", help=_DEFAULT)
    parser.add_argument("--seconds", type=float, default=_DEFAULTS.wall_seconds, help=f"for one run {_DEFAULT}")
    parser.add_argument("--processes", type=int, default=_DEFAULTS.pids, help=f"threads count as well {_DEFAULT}")
    parser.add_argument("--tolerance", type=float, default=1e-6, help=f"relative, for numbers {_DEFAULT}")
    parser.add_argument("--self-test", action="store_true", help="say what this host enforces, and run nothing")
    parser.add_argument("--json", action="store_true", help="for programs")


_DEFAULT = "(default: %(default)s)"


def self_test(args: argparse.Namespace, sandbox: Sandbox) -> int:
    """Exit code 1 where nothing would be run here."""
    report = sandbox.self_test()
    print(json.dumps(sandbox_document(report), indent=2) if args.json else "\n".join(self_test_lines(report)))
    return int(Exit.NO if report.grade is SandboxGrade.OFF else Exit.OK)


def rerun_files(args: argparse.Namespace, chosen: ChosenEnvironment, how: Comparer) -> int:
    """Prints a line for each notebook with lines for cells below it, or JSON. Exit code 1 where something did not come out the same."""
    documents, same = [], True
    for path in args.files:
        outcome = _outcome(path, args, chosen.sandbox, how)
        same &= outcome.same
        documents.append({"file": path.as_posix()} | rerun_document(outcome, chosen.name))
        if not args.json:
            first, *more = (clean(line, one_line=True) for line in _lines(path, outcome, chosen.name))
            print("\n  ".join([first, *more]))
        if outcome.runs[0].end is RunEnd.CANCELLED:
            break
    if args.json:
        print(json.dumps(documents, indent=2))
    return int(Exit.OK if same else Exit.NO)


def check_options(args: argparse.Namespace) -> None:
    """Refuses what makes no sense together. Raises `CliError`."""
    if not args.self_test and not args.files:
        raise CliError("say which notebooks: enablement rerun FILE…", Exit.USAGE)
    if not args.self_test and not (args.image or args.python):
        raise CliError("say what to run them in: --image NAME or --python PATH", Exit.USAGE)
    if not 0 <= args.tolerance < 1:
        raise CliError("a tolerance is between 0 and 1", Exit.USAGE)
    if args.memory < 64 or args.seconds <= 0 or args.processes < 16:
        raise CliError("a run needs at least 64 MB, 16 processes and some time", Exit.USAGE)


def _outcome(path: Path, args: argparse.Namespace, sandbox: Sandbox, how: Comparer) -> RerunOutcome:
    try:
        return rerun(_job(path, args), sandbox, how, RunObserver(cell_ended=_progress(path, args)))
    except BadNotebook as error:
        raise CliError(f"{path}: {error.message}", Exit.USAGE) from error


def _lines(path: Path, outcome: RerunOutcome, environment: str) -> Iterator[str]:
    """For people. What a notebook says of itself is in them: they are cleaned before they reach a terminal."""
    yield f"{path}: {verdict_line(outcome, environment)}"
    said = outcome.runs[0].facts.get("said")
    if said:
        yield f"the kernel said: {said}"
    yield from cell_lines(outcome)
    for file in outcome.runs[0].files:
        yield f"wrote {file.path} ({file.size} bytes)"


def _job(path: Path, args: argparse.Namespace) -> RerunJob:
    try:
        notebook = StoredNotebook(canonicalise(path.read_bytes()).data)
        brought = tuple(each for given in args.brought for each in _brought(path.parent, given))
    except (BadNotebook, TooLarge) as error:
        raise CliError(f"{path}: {error.message}", Exit.USAGE) from error
    except (OSError, ValueError) as error:
        raise CliError(f"{path}: {error}", Exit.USAGE) from error
    limits = replace(_DEFAULTS, memory_bytes=args.memory * MIB, pids=args.processes, wall_seconds=args.seconds)
    return RerunJob(notebook, path.name, brought, limits, again=not args.once)


def _brought(beside: Path, given: Path) -> Iterator[BroughtFile]:
    """A file by its place beside the notebook, else by its name; of a folder, all files in it that are no links."""
    top = given.resolve()
    name = top.relative_to(beside.resolve()) if top.is_relative_to(beside.resolve()) else Path(top.name)
    if top.is_file():
        yield BroughtFile(name.as_posix(), top.stat().st_size, _chunks(top))
        return
    if not top.is_dir():
        raise ValueError(f"{given} is not there")
    for inner in sorted(top.rglob("*")):
        if inner.is_file() and not inner.is_symlink():
            yield BroughtFile((name / inner.relative_to(top)).as_posix(), inner.stat().st_size, _chunks(inner))


def _chunks(path: Path) -> Callable[[], Iterator[bytes]]:
    def read() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    return read


def _progress(path: Path, args: argparse.Namespace) -> Callable[[ExecutedCell], None]:
    """On a terminal, which cell ended; elsewhere nothing."""
    if args.json or not sys.stderr.isatty():
        return lambda _: None
    return lambda cell: print(f"{path}: cell {cell.index + 1}: {cell.run.ending}", file=sys.stderr)
