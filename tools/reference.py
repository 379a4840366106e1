"""Write the pages under docs/reference/ from the code, or with --check say which of them are stale.

Errors come from the tree in core/errors.py, settings from the traitlets of hub, lab and service, commands from the parser of the
`enablement` command, the chart's values from its schema, HTTP APIs from their OpenAPI documents: the help text in the code is the documentation.
"""

from __future__ import annotations

import argparse
import json
import posixpath
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from traitlets import HasTraits, TraitType

from enablement_ext.core import errors
from enablement_ext.core.review.search.filters import FILTERS
from enablement_ext.core.review.search.language import LEAST_PREFIX, MOST_CHARACTERS, MOST_PARTS
from tools.openapi_page import ContractPage, cell

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
CHART = ROOT / "helm" / "enablement"
# One page each, as far as the document is there.
CONTRACTS = {"http-service": "enablement_ext/web/openapi.yaml", "http-lab": "enablement_ext/lab/openapi.yaml"}
_CHART_HEAD = """# Values of the chart

Made from `helm/enablement/values.schema.json`, which Helm checks every install and upgrade against. What a schema cannot say is checked
by the templates, with a message that names the key and what to do. How to install: [Install](../how-to/cluster/install.md).
"""
# In a trait's metadata it is the key `weakens`, in the chart's schema a comment that begins so.
_WEAKENS = "Weakens: "
_WEAKENING_HEAD = """# What weakens the protection

Nothing here is needed for everyday work. What each default protects: [Security model](../explanation/security/model.md).
"""
# As the help of each command shows it; a test compares.
OPTIONS = [
    ("enablement up --address … --yes", "the demo, whose people all run under one account, can be reached by others"),
    ("enablement helm hub-values --direct", "servers reach the service without the proxy in between"),
    (
        "enablement helm hub-values --keep-policies",
        "servers for reading somebody else's code reach what ordinary servers reach",
    ),
    (
        "enablement image promote --untested …",
        "a release is recommended that no smoke test has seen; the reason is recorded",
    ),
    (
        "enablement image advisories --accept …",
        "a known vulnerability does not count until the day that is written there",
    ),
]


def tree(kind: type[errors.EnablementError]) -> Iterator[type[errors.EnablementError]]:
    """The error and everything below it, in the order of the file."""
    yield kind
    for below in kind.__subclasses__():
        yield from tree(below)


def errors_page() -> str:
    """A table of codes."""
    rows = [
        f"| `{kind.code}` | {kind.status} | {' '.join((kind.__doc__ or '').split())} |"
        for kind in tree(errors.EnablementError)
    ]
    head = [
        "# Errors",
        "",
        "Every refusal is `application/problem+json` with a stable `code`; `detail` is a sentence for people, `facts` are for programs.",
        "",
        "| code | status | what a person reads when nothing better is known |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def configurables() -> tuple[type[HasTraits], ...]:
    """Every object that has settings."""
    from enablement_ext.hub.settings import Enablement  # noqa: PLC0415 - jupyterhub is heavy, only this page needs it
    from enablement_ext.lab.settings import EnablementLab  # noqa: PLC0415 - as above
    from enablement_ext.service.app import ReviewService  # noqa: PLC0415 - as above
    from enablement_ext.service.settings.checking import CheckingProcesses  # noqa: PLC0415 - as above
    from enablement_ext.service.settings.checks import ArrivalCheckSettings  # noqa: PLC0415 - as above
    from enablement_ext.service.settings.decisions import DecisionSettings  # noqa: PLC0415 - as above
    from enablement_ext.service.settings.forge import ForgeSettings  # noqa: PLC0415 - as above
    from enablement_ext.service.settings.notifications import (  # noqa: PLC0415 - as above
        MailSettings,
        NotificationSettings,
        WebhookSettings,
    )
    from enablement_ext.service.settings.object_store import ObjectStore  # noqa: PLC0415 - as above
    from enablement_ext.service.settings.reruns import Reruns  # noqa: PLC0415 - as above

    own = (Enablement, EnablementLab, ReviewService, ArrivalCheckSettings, CheckingProcesses, Reruns)
    return (*own, DecisionSettings, ForgeSettings, ObjectStore, NotificationSettings, MailSettings, WebhookSettings)


def own_settings(kind: type[HasTraits]) -> Iterator[tuple[str, TraitType[Any, Any]]]:
    """The settings of an object that it does not have from a library's class, by name."""
    for name, trait in sorted(kind.class_traits(config=True).items()):
        if not any(name in base.class_trait_names() for base in kind.__mro__[1:] if issubclass(base, HasTraits)):
            yield name, trait


def settings_page() -> str:
    """One section per configurable object."""
    parts = [
        "# Settings",
        "",
        "Traitlets, set in the configuration file of the hub, of a user's Jupyter server or of the service. The text is the setting's own help.",
    ]
    for kind in configurables():
        parts += ["", f"## `c.{kind.__name__}`", "", "| setting | default | what it does |", "|---|---|---|"]
        parts += [
            f"| `{name}` | `{trait.default_value_repr()}` | {cell(str(trait.help))} |"
            for name, trait in own_settings(kind)
        ]
    return "\n".join(parts) + "\n"


def weakening_page() -> str:
    """Every setting, value of the chart and option that takes something of the protection away, with what it takes."""
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    settings = [
        (f"c.{kind.__name__}.{name}", str(trait.metadata["weakens"]))
        for kind in configurables()
        for name, trait in own_settings(kind)
        if "weakens" in trait.metadata
    ]
    parts = [_WEAKENING_HEAD]
    for title, rows in (
        ("Settings", settings),
        ("Values of the chart", list(_weakening("", schema))),
        ("Options", OPTIONS),
    ):
        parts += [f"\n## {title}\n", "| name | what it weakens |", "|---|---|"]
        parts += [f"| `{name}` | {cell(what[0].upper() + what[1:])}. |" for name, what in rows]
    return "\n".join(parts) + "\n"


def _weakening(path: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    comment = str(schema.get("$comment", ""))
    if comment.startswith(_WEAKENS):
        yield path, comment.removeprefix(_WEAKENS)
    for key, below in schema.get("properties", {}).items():
        yield from _weakening(f"{path}.{key}".lstrip("."), below)


def commands_page() -> str:
    """The help of every command."""
    from enablement_ext.cli.app import build_parser  # noqa: PLC0415 - as above
    from enablement_ext.cli.errors import EXIT_CODES  # noqa: PLC0415 - as above

    parts = [
        "# Commands",
        "",
        f"{EXIT_CODES.capitalize()}.",
    ]
    for name, parser in _parsers("enablement", build_parser()):
        parts += ["", f"## `{name}`", "", "```text", _help(parser, name), "```"]
    return "\n".join(parts) + "\n"


def _help(parser: argparse.ArgumentParser, name: str) -> str:
    parser.prog = name
    parser.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=110)
    return parser.format_help().rstrip()


def _parsers(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, parser
    for action in parser._actions:  # argparse has no public way to ask for these
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield from _parsers(f"{name} {word}", below)


def chart_page() -> str:
    """A table of keys for every part of the values."""
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    parts = [_CHART_HEAD]
    for name, part in schema["properties"].items():
        parts += [f"\n## `{name}`\n", f"{part['description']}\n"]
        rows = list(_rows(name, part, values.get(name)))
        if rows:
            parts += ["| key | default | what it does |", "|---|---|---|", *rows]
    return "\n".join(parts) + "\n"


def _rows(path: str, schema: Mapping[str, Any], value: object) -> Iterator[str]:
    """The keys below a path. Keys that a person names, such as a slug, stand as <…>."""
    below = dict(schema.get("properties", {}))
    named = schema.get("additionalProperties")
    if isinstance(named, Mapping) and "properties" in named:
        below |= {f"<{'slug' if path == 'images' else 'name'}>": named}
    for key, one in below.items():
        where = f"{path}.{key}"
        has = value.get(key) if isinstance(value, Mapping) else None
        default = "" if _opened(one) or has is None else f"`{json.dumps(has, ensure_ascii=False)}`"
        yield f"| `{where}` | {default} | {_said(one)} |"
        yield from _rows(where, one, has)


def _opened(schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("properties"))


def _said(schema: Mapping[str, Any]) -> str:
    text = str(schema.get("description", ""))
    if "enum" in schema:
        text += f" One of {', '.join(f'`{one}`' for one in schema['enum'])}."
    for key, word in (("minimum", "at least"), ("maximum", "at most")):
        if key in schema:
            text += f" {word.capitalize()} {schema[key]}."
    return cell(text)


def contract_page(name: str) -> str:
    """The operations and schemas of an OpenAPI document."""
    source = CONTRACTS[name]
    others = {posixpath.relpath(other, posixpath.dirname(source)): page for page, other in CONTRACTS.items()}
    return ContractPage(name, yaml.safe_load((ROOT / source).read_text(encoding="utf-8")), others).render(source)


def search_page() -> str:
    """The query language: its filters from the code."""
    rows = [
        f"| `{name}:` | {each.meaning} | {', '.join(f'`{value}`' for value in each.values)} | `{each.example.split(' ')[0]}` |"
        for name, each in FILTERS.items()
    ]
    return _SEARCH + "\n".join(["| filter | what is found | values | example |", "|---|---|---|---|", *rows]) + "\n"


_SEARCH = f"""# The query language

For the box of the review queue ([find submissions](../how-to/find-submissions.md)) and `query` of
`searchSubmissions` and `exportSearch`. A query is parts with spaces between them, and all of them must hold:

| part | what is found |
|---|---|
| `word` | the word, in any case and with or without accents, wherever it stands; also the author's name |
| `read_csv`, `readCsv`, `a.b` | its parts next to each other |
| `"two words"` | these words next to each other; an end quote that is missing stands at the end |
| `pand*` | words that begin so; {LEAST_PREFIX} letters at least, and the * at the end only |
| `#12` | the submission with this number |
| `name:value`, `name:"value"` | what the filter says (below); whole values, in any case |
| `-` before any of these | what must not be so |

At most {MOST_CHARACTERS} characters and {MOST_PARTS} parts. `AND`, `OR` and `NOT` in capitals are refused, as is what looks like
a filter and is none: in quotes it is text. A date is a year, a month or a day
(`2026`, `2026-11`, `2026-11-05`), alone, after `<`, `<=`, `>` or `>=`, or two with `..` between them, both included. `@me` is whoever asks.

"""

PAGES: dict[str, Callable[[], str]] = {
    "search.md": search_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "chart.md": chart_page,
    "weakening.md": weakening_page,
    **{f"{name}.md": partial(contract_page, name) for name, source in CONTRACTS.items() if (ROOT / source).is_file()},
}


def main() -> int:
    check = "--check" in sys.argv[1:]
    stale = []
    for name, render in PAGES.items():
        path, text = REFERENCE / name, render()
        if check and (not path.is_file() or path.read_text() != text):
            stale.append(name)
        elif not check:
            path.write_text(text)
    for name in stale:
        print(f"docs/reference/{name} is stale: run `make reference`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
