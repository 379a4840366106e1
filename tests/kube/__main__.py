"""`make kube`: the whole product on a real Kubernetes on this machine, and the main job in Chromium against it.

    python -m tests.kube           builds what is missing, starts a cluster, installs the chart, shows everything, leaves nothing behind

What it needs of the machine is found out first; what is missing is said in one line, and the exit code is 3. Pictures, the report and, after a
failure, logs are in test-results/kube.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError

from tests.kube import whole
from tests.kube.chart import NEW, OLD
from tests.kube.images import ROOT, Built, build_all, everything
from tests.kube.outside import outside
from tests.kube.scenario import Scenario, keep_logs
from tests.servers.kubernetes import cluster, enter, preflight
from tests.servers.kubernetes.processes import Failed
from tools.go_server import Refusal, build

RESULTS = Path("test-results/kube").absolute()
_HUB_CHART = "ENABLEMENT_KUBE_HUB_CHART"  # tells the inside what the outside found
_LONGEST = 2500  # characters of a failure; a browser tells the whole page
SERVERS = ("kubernetes", "containerd", "runc", "coredns", "helm", "versitygw")


def main() -> int:
    """0: everything held; 1: something did not; 3: this machine cannot hold a cluster; 4: something was left behind."""
    if enter.inside():
        return _inside()
    if wrong := [*preflight.cannot(), *(f"{name} is not installed" for name in preflight.absent())]:
        print(f"make kube: this machine cannot hold a cluster: {'; '.join(wrong)}", file=sys.stderr)
        return 3
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "report.txt").unlink(missing_ok=True)
    say = _reporter()
    try:
        for name in SERVERS:
            build(name)
        _images(say)
        if hub := whole.hub_chart(build("helm") / "helm", say):
            os.environ[_HUB_CHART] = str(hub)
    except Refusal as refusal:
        print(f"make kube: {refusal}", file=sys.stderr)
        return 3
    try:
        return enter.visit([sys.executable, "-m", "tests.kube"], say)
    except KeyboardInterrupt:
        return 130


def _inside() -> int:
    say = _reporter()
    try:
        with cluster.running(enter.plan()) as here, outside(here) as stores:
            say(f"Kubernetes {here.version}, node ready after {here.seconds:.0f} s")
            try:
                _tell(Scenario(here, stores, _images(say), RESULTS, say))
            except BaseException:
                keep_logs(here, RESULTS / "logs")
                raise
    except (Failed, AssertionError, PlaywrightError) as failed:
        say(f"FAILED: {str(failed)[:_LONGEST]}")
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    return 0


def _tell(scenario: Scenario) -> None:
    scenario.serve_images()
    scenario.start_hub()
    scenario.install()
    number = scenario.main_job()
    scenario.look_around()
    scenario.refusals()
    scenario.upgrade()
    scenario.rollback(number)
    scenario.uninstall(number)
    if hub := os.environ.get(_HUB_CHART):
        whole.install(scenario, Path(hub))


def _images(say: Callable[[str], None]) -> dict[str, Built]:
    return build_all(everything(ROOT / "images", [f"minimal/{OLD}", f"minimal/{NEW}"]), say)


def _reporter() -> Callable[[str], None]:
    """Says a line with the time that has gone by since the run began, here and in the report."""
    began = float(os.environ.setdefault("ENABLEMENT_KUBE_BEGAN", str(time.time())))
    report = RESULTS / "report.txt"

    def say(text: str) -> None:
        line = f"[{time.time() - began:5.0f} s] {text}"
        print(line, flush=True)
        with report.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    return say


if __name__ == "__main__":
    sys.exit(main())
