"""`enablement helm`: what a hub that is there needs to be told about the review service beside it, and what an installation runs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from enablement_ext import __version__
from enablement_ext.cli.errors import EXIT_CODES, CliError, Exit
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.deploy.chart_sbom import chart_bill
from enablement_ext.core.images.deploy.hub_values import HubConnection, hub_lines, hub_values

_HEAD = "# For the values of your Zero to JupyterHub, in the namespace of the chart enablement. Merge the two lists into yours.\n"


def add_helm_commands(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Every verb of `enablement helm`, each with `run` set to a function that takes the parsed options."""
    what = "values that an existing hub needs to work with the chart"
    parser = verbs.add_parser("hub-values", help=what, description=what[0].upper() + what[1:] + ".", epilog=EXIT_CODES)
    parser.add_argument("--hub-image", default="", metavar="NAME:TAG", help="also say that the hub runs this image")
    parser.add_argument(
        "--direct",
        action="store_true",
        help="servers reach the service without the proxy: needed where the proxy itself ends TLS, "
        "together with review.networkPolicy.fromServers",
    )
    parser.add_argument(
        "--keep-policies",
        action="store_true",
        help="the hub's own network policy for servers stays, with servers.networkPolicy.enabled off",
    )
    parser.add_argument(
        "--config", action="store_true", help="lines of jupyterhub_config.py, for a hub without Zero to JupyterHub"
    )
    parser.add_argument(
        "--decision-url",
        default="",
        metavar="URL",
        help="origin of the pages on which people decide, the chart's review.decisions.url; without it decisions are off",
    )
    parser.add_argument(
        "--hub-url",
        default="",
        metavar="URL",
        help="the hub's own origin, the chart's hub.publicHost; needed with the other",
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=print_hub_values)
    what = "bill of materials of an installation, in CycloneDX"
    bill = verbs.add_parser("sbom", help=what, description=what[0].upper() + what[1:] + ".", epilog=EXIT_CODES)
    bill.add_argument(
        "-f",
        "--values",
        type=Path,
        action="append",
        required=True,
        metavar="FILE",
        help="values of the chart, as given to `helm install`; may be given several times, later ones win",
    )
    bill.set_defaults(run=print_bill)


def print_hub_values(args: argparse.Namespace) -> int:
    """YAML on stdout, or JSON, or the lines of a configuration file."""
    if args.decision_url and not args.hub_url:
        raise CliError(
            "--decision-url needs --hub-url: the decision page sends people to the hub to sign in", Exit.USAGE
        )
    tie = HubConnection(
        direct=args.direct,
        hub_image=args.hub_image,
        policies=not args.keep_policies,
        decisions=args.decision_url,
        hub=args.hub_url,
    )
    if args.config:
        lines = hub_lines(tie)
        print(json.dumps({"jupyterhub_config": lines}) if args.json else lines, end="\n" if args.json else "")
    elif args.json:
        print(json.dumps(hub_values(tie), indent=2))
    else:
        print(_HEAD + as_yaml(hub_values(tie)), end="")
    return int(Exit.OK)


def print_bill(args: argparse.Namespace) -> int:
    """JSON on stdout. Refuses what is no file of values, and a catalog that the chart would refuse."""
    try:
        print(json.dumps(chart_bill(_merged(args.values), __version__), indent=2))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CliError(f"these are no values of a chart: {error}", Exit.USAGE) from error
    except BadCatalog as error:
        raise CliError(error.message, Exit.NO) from error
    return int(Exit.OK)


def _merged(files: Sequence[Path]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for path in files:
        read = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        if not isinstance(read, dict):
            raise CliError(f"{path} holds no values: it is a list or a single value", Exit.USAGE)
        values = _laid_over(values, read)
    return values


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """As Helm does it: tables are merged, everything else is replaced, and null takes a key away."""
    made = dict(below)
    for key, value in above.items():
        before = made.get(key)
        made[key] = _laid_over(before if isinstance(before, dict) else {}, value) if isinstance(value, dict) else value
    return {key: value for key, value in made.items() if value is not None}


def as_yaml(document: object) -> str:
    """YAML in which a text of several lines stands as one."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - its signature
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
