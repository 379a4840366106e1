"""Alerts and dashboard speak of metrics that the service has, and every alert is explained to the one on call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from enablement_ext.core.errors import EnablementError
from enablement_ext.core.review.due_runs.models import DueRunResult, RunOutcome
from enablement_ext.service.runtime.metrics import Metrics
from tests.helm.charts import CHART, ROOT, copy_of_chart, documents, one, rendered, values_file

pytestmark = pytest.mark.slow

_METRIC = re.compile(r"\benablement_[a-z_]+")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The alerts as they are rendered."""
    chart = copy_of_chart(tmp_path_factory.mktemp("chart") / "enablement")
    found = one(documents(rendered(chart, [values_file("everything")])), "PrometheusRule", "enablement")
    rules: list[dict[str, Any]] = found["spec"]["groups"][0]["rules"]
    return rules


def exposed() -> set[str]:
    """Every name that a scrape can bring."""
    metrics = Metrics()
    metrics.answered("submit", 201, 0.1)
    metrics.refused("no-space")
    metrics.happened("submitted")
    metrics.looked_up(hit=True)
    metrics.runs.queue((), datetime.now(UTC))
    metrics.runs.ended(DueRunResult(RunOutcome.CANCELLED), trial=True)
    return {re.split(r"[{ ]", line)[0] for line in metrics.text().decode().splitlines() if not line.startswith("#")}


def codes(kind: type[EnablementError] = EnablementError) -> Iterator[str]:
    """The code of every error."""
    yield kind.code
    for below in kind.__subclasses__():
        yield from codes(below)


def panels() -> list[dict[str, Any]]:
    """The dashboard's."""
    found: list[dict[str, Any]] = json.loads((CHART / "dashboards/enablement.json").read_text(encoding="utf-8"))[
        "panels"
    ]
    return found


def test_alerts_and_dashboard_name_metrics_that_there_are(rules: list[dict[str, Any]]) -> None:
    known = exposed()
    asked = [rule["expr"] for rule in rules] + [target["expr"] for panel in panels() for target in panel["targets"]]
    for expression in asked:
        names = set(_METRIC.findall(expression))
        assert names, expression
        assert names <= known, expression


def test_alerts_name_codes_that_there_are(rules: list[dict[str, Any]]) -> None:
    named = {
        code for rule in rules for text in re.findall(r'code=~?"([^"]+)"', rule["expr"]) for code in text.split("|")
    }
    assert {"no-space", "artifact-damaged", "store-unavailable"} <= named
    assert named <= set(codes())


def test_expressions_are_of_this_namespace_alone_and_balanced(rules: list[dict[str, Any]]) -> None:
    for rule in rules:
        selectors = re.findall(r"enablement_[a-z_]+(\{[^}]*\})?", rule["expr"])
        assert all('namespace="team"' in selector for selector in selectors), rule["expr"]
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_every_alert_is_explained_to_the_one_on_call(rules: list[dict[str, Any]]) -> None:
    page = (ROOT / "docs/how-to/cluster/on-call.md").read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")[1:]}
    assert {name for name in sections if name.startswith("Enablement")} == {rule["alert"] for rule in rules}
    for rule in rules:
        assert "**Means**" in sections[rule["alert"]]
        assert "**Do**" in sections[rule["alert"]]
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]


def test_pages_lead_somewhere() -> None:
    for page in (ROOT / "docs/how-to/cluster").glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).resolve().is_relative_to(ROOT)
                assert (page.parent / target).exists(), f"{page.name}: {target}"
