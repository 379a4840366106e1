"""`image export` and `image verify`: what is rendered from the catalog, and whether everything agrees."""

from __future__ import annotations

import argparse
import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.catalog_checks import (
    CatalogFinding,
    catalog_findings,
    intent_findings,
    outdated,
    republished,
)
from enablement_ext.core.images.deploy.chart_catalog import LIMIT, catalog_values, document
from enablement_ext.core.images.deploy.chart_checks import deployed_findings
from enablement_ext.core.images.deploy.exports import References, chart_values, documentation, pre_pull, profile_list

KINDS = ("chart", "helm", "profiles", "pre-pull", "docs")
PACKAGES = ("all", "none")  # what `export helm` lists of every release


def export(context: ImageContext, args: argparse.Namespace) -> int:
    """`image export KIND`: to stdout, or into a file."""
    catalog = context.store.read()
    text = (
        _helm_values(context, catalog, args)
        if args.kind == "helm"
        else rendered(args.kind, catalog, References(args.reference), as_json=args.json)
    )
    if args.output is None:
        print(text, end="")
        return Exit.OK
    _write(args.output, text)
    context.out.result({"kind": args.kind, "file": str(args.output)}, f"wrote {args.output}")
    return Exit.OK


def rendered(kind: str, catalog: Catalog, references: References, *, as_json: bool = False) -> str:
    """One export as text. The documentation page is Markdown; everything else YAML, or JSON where that was asked."""
    if kind == "docs":
        return documentation(catalog)
    makers: dict[str, Any] = {
        "chart": chart_values,
        "helm": lambda whole, where: catalog_values(whole, where.pattern),
        "profiles": profile_list,
        "pre-pull": pre_pull,
    }
    return _written(makers[kind](catalog, references), as_json=as_json)


def _written(values: object, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(values, indent=2) + "\n"
    head = "# Rendered by `enablement image export`; do not edit.\n"
    return head + yaml.safe_dump(values, sort_keys=False, width=120, allow_unicode=True)


def _helm_values(context: ImageContext, catalog: Catalog, args: argparse.Namespace) -> str:
    """Values of the chart `enablement`. What they would not install is said at once, on stderr; the chart's own check says it again."""
    values = catalog_values(catalog, args.reference, listed=args.packages == "all")
    if len(document(values)) > LIMIT:
        raise CliError("the catalog is too large for one ConfigMap; export it with --packages none", Exit.NO)
    for finding in deployed_findings(catalog):
        context.out.progress(f"{finding.where}: {finding.message}")
    return _written(values, as_json=args.json)


def verify(context: ImageContext, args: argparse.Namespace) -> int:
    """`image verify`: exit code 1 and one line for everything that does not agree."""
    findings = list(intent_findings(context.store.intents(), context.folder))
    warnings: tuple[CatalogFinding, ...] = ()
    if not findings:  # with a mistake in an intent the catalog need not be readable
        catalog = context.store.read()
        context.out.progress(f"checking {sum(len(image.releases) for image in catalog.images)} releases")
        checks = deployed_findings if catalog.reference else catalog_findings
        findings = [*checks(catalog), *_history(context, catalog, args.against), *_copies(context, catalog, args)]
        warnings = outdated(catalog, context.today)
    lines = [f"{finding.where}: {finding.message} [{finding.rule}]" for finding in findings]
    lines += [f"warning: {warning.where}: {warning.message}" for warning in warnings]
    lines.append(f"{len(findings)} findings" if findings else "all images agree with everything rendered from them")
    document = {"findings": [asdict(f) for f in findings], "warnings": [asdict(w) for w in warnings]}
    context.out.result(document, "\n".join(lines))
    return Exit.NO if findings else Exit.OK


def _history(context: ImageContext, catalog: Catalog, revision: str) -> list[CatalogFinding]:
    before = context.store.published(revision)
    if before is None:
        context.out.progress(
            f"no history at {revision!r} to compare with: whether releases were edited was not checked"
        )
        return []
    return list(republished(before, catalog))


def _copies(context: ImageContext, catalog: Catalog, args: argparse.Namespace) -> list[CatalogFinding]:
    """Files that were rendered once and are kept beside the catalog."""
    found = []
    for kind, path in context.store.copies().items():
        if kind not in KINDS:
            found.append(CatalogFinding("rendered", path, f"{kind!r} is no export; there are {', '.join(KINDS)}"))
            continue
        again = rendered(kind, catalog, References(args.reference))
        if not Path(path).is_file() or Path(path).read_text(encoding="utf-8") != again:
            message = f"is not what the catalog says; write it again: {_again(context, kind, path)}"
            found.append(CatalogFinding("rendered", path, message))
    return found


def refresh(context: ImageContext) -> None:
    """After a release was written: the page that is kept beside the catalog says the same again. Chart values are a person's to write.

    They depend on where a registry is, which only `export` and `verify` are told.
    """
    for kind, path in context.store.copies().items():
        if kind == "docs":
            _write(Path(path), rendered(kind, context.store.read(), References()))
            context.out.progress(f"wrote {path} again")
        elif kind in KINDS:
            context.out.progress(
                f"{path} may differ from the catalog now; write it again: {_again(context, kind, path)}"
            )


def _again(context: ImageContext, kind: str, path: str) -> str:
    return context.command(f"export {kind} --output {shlex.quote(path)}")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror or error}") from error
