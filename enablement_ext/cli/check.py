"""`enablement check` and `enablement policy`: what checks find in notebook files, and what a file of rules says."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from enablement_ext import __version__
from enablement_ext.cli.errors import EXIT_CODES, CliError, Exit
from enablement_ext.core.checks.judging import Rules, judge
from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Level
from enablement_ext.core.checks.places import line_numbers
from enablement_ext.core.checks.policy import BadPolicy, CheckPolicy, read_policy
from enablement_ext.core.checks.reading import checked_notebook
from enablement_ext.core.checks.registry import BadCheck, CheckEngines, all_checks, findings_of, kinds_of
from enablement_ext.core.checks.reports import CheckedFile, as_json, as_junit, as_sarif, as_text
from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.review.evidence.rules import RERUN, EvidenceRules, check_key

_FORMATS = ("json", "sarif", "junit")


def add_check_commands(
    nouns: argparse._SubParsersAction[argparse.ArgumentParser], engines: Callable[[], CheckEngines]
) -> None:
    """`check`, and the verbs of `policy`."""
    _add_check(nouns.add_parser("check", help="what checks find in notebooks", epilog=EXIT_CODES), engines)
    policy = nouns.add_parser("policy", help="files of rules for checks")
    _add_policy(policy.add_subparsers(required=True, metavar="verb"))


def _add_check(parser: argparse.ArgumentParser, engines: Callable[[], CheckEngines]) -> None:
    """The options of `enablement check`; `engines` says what is installed."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="notebooks")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="rules: which finding blocks, which is shown")
    chosen = parser.add_mutually_exclusive_group()
    for name in _FORMATS:
        chosen.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=f"print {name.upper()}")
    parser.set_defaults(run=check, engines=engines)


def _add_policy(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`policy check` and `policy explain`."""
    judge = verbs.add_parser("check", help="say every mistake in a file of rules", epilog=EXIT_CODES)
    judge.add_argument("file", type=Path, metavar="FILE")
    judge.set_defaults(run=check_policy)
    explain = verbs.add_parser("explain", help="every finding there is, with its level", epilog=EXIT_CODES)
    explain.add_argument("file", type=Path, nargs="?", metavar="FILE", help="rules (default: none)")
    explain.add_argument("--image", default="", metavar="SLUG", help="as it is for what is made in this image")
    explain.add_argument("--track", action="append", default=[], metavar="NAME", help="and reviewed by this track")
    explain.set_defaults(run=explain_policy)


def check(args: argparse.Namespace) -> int:
    """Exit code 1 where something blocks, 2 for what is no notebook."""
    try:
        checks = all_checks(engines=args.engines())
    except BadCheck as error:
        raise CliError(str(error), Exit.ENVIRONMENT) from error
    kinds = kinds_of(checks)
    rules = Rules(kinds, _policy(args.policy, kinds, Exit.USAGE))
    files = [_checked(path, lambda notebook: findings_of(checks, notebook), rules) for path in args.files]
    print(_printed(args.form, files, kinds))
    blocked = any(each.level is Level.BLOCK for file in files for each in file.findings)
    return int(Exit.NO if blocked else Exit.OK)


def check_policy(args: argparse.Namespace) -> int:
    """Exit code 1 where there is a mistake."""
    _policy(args.file, kinds_of(all_checks()), Exit.NO)
    print(f"{args.file} is right")
    return int(Exit.OK)


def explain_policy(args: argparse.Namespace) -> int:
    """A line a code: its level, and what it says; then what of outputs is kept, and what an approval needs."""
    kinds = kinds_of(all_checks())
    policy = _policy(args.file, kinds, Exit.NO).for_submission(args.image, args.track, kinds)
    for code, kind in sorted(kinds.items()):
        level = policy.level(code, kind)
        changed = "" if level is kind.level else f" (else {kind.level})"
        allowed = ", with a reason overridden" if level is Level.BLOCK and policy.may_override(code) else ""
        print(f"{code}: {level}{changed}{allowed}. {kind.sentence}")
    print(f"outputs: {_kept(policy)}")
    print(f"approval: {_asked(policy.requirements)}")
    return int(Exit.OK)


def _checked(path: Path, find: Callable[[CheckedNotebook], Sequence[Finding]], rules: Rules) -> CheckedFile:
    try:
        data = path.read_bytes()
        canonical = canonicalise(data).data
    except OSError as error:
        raise CliError(f"{path}: {error.strerror or error}", Exit.USAGE) from error
    except (BadNotebook, TooLarge) as error:
        raise CliError(f"{path}: {error.message}", Exit.USAGE) from error
    notebook = checked_notebook(canonical)
    lines = line_numbers(data.decode(errors="replace"), notebook.cells)
    return CheckedFile(
        path.as_posix(),
        [judge(each, rules, lines.get((each.cell or 0, each.line or 1), 1)) for each in find(notebook)],
    )


def _kept(policy: CheckPolicy) -> str:
    rules = policy.outputs
    if not rules.keep:
        return "none are kept"
    said = [f"without {', '.join(rules.strip)}"] if rules.strip else []
    said += [f"nothing larger than {rules.largest} bytes"] if rules.largest is not None else []
    said += [f"texts cut at {rules.truncate} characters"] if rules.truncate is not None else []
    return "; ".join(said) or "all are kept"


def _asked(rules: EvidenceRules) -> str:
    """What must be known of a version before it is approved."""
    said = []
    if rules.rerun is not None:
        said.append(f"every cell {' or '.join(sorted(rules.rerun))} when it is run again{_overridable(rules, RERUN)}")
    said += [f"nothing found by {name}{_overridable(rules, check_key(name))}" for name in rules.checks]
    return "; ".join(said) or "nothing of checks and runs is required"


def _overridable(rules: EvidenceRules, key: str) -> str:
    return f" (with a reason overridden, for at most {rules.days} days)" if key in rules.overridable else ""


def _policy(path: Path | None, kinds: Mapping[str, FindingKind], code: Exit) -> CheckPolicy:
    if path is None:
        return CheckPolicy()
    try:
        return read_policy(path.read_text(encoding="utf-8"), kinds)
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{path}: {error}", Exit.USAGE) from error
    except BadPolicy as error:
        raise CliError("\n".join(f"{path}: {line}" for line in str(error).split("\n")), code) from error


def _printed(form: str | None, files: Sequence[CheckedFile], kinds: Mapping[str, FindingKind]) -> str:
    if form == "json":
        return as_json(files)
    if form == "sarif":
        return as_sarif(files, kinds, __version__)
    return as_junit(files, kinds) if form == "junit" else as_text(files)
