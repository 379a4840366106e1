"""What is shown in the cluster, step by step. Every step raises when it does not hold; what it found is said on the way."""

from __future__ import annotations

import io
import secrets
import shutil
import tarfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.kube import chart, denials, documented, job
from tests.kube.images import ROOT, Built, push
from tests.kube.manifests import NAMESPACE, TOKEN_KEY, SmallHub, namespace, small_hub
from tests.kube.outside import Outside
from tests.polling import PATIENCE, NotWithin, until
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.kubectl import Kubectl
from tests.servers.kubernetes.processes import Failed

ADDRESS = "10.96.0.80"
REVIEW = "deployment/enablement-review"


@dataclass(slots=True)
class Scenario:
    """One run: the cluster, what lies outside of it, the images by `slug:version`, where pictures go."""

    cluster: Cluster
    outside: Outside
    images: Mapping[str, Built]
    results: Path
    say: Callable[[str], None]
    passwords: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    folder: Path = Path()  # where somebody stands who does what the pages say
    chart: Path = Path()

    @property
    def kubectl(self) -> Kubectl:
        return self.cluster.kubectl.within(NAMESPACE)

    def image(self, slug: str) -> Built:
        """The image of that slug; of `minimal` the newest."""
        return next(built for name, built in reversed(list(self.images.items())) if name.startswith(f"{slug}:"))

    # The steps.

    def serve_images(self) -> None:
        """Into the registry; from there on everything is named by digest."""
        for name, built in self.images.items():
            push(built)
            self.say(f"  {name:<20} {built.digest}  {built.bytes / 1e6:.0f} MB")

    def choose_passwords(self) -> None:
        """The people's, which they share, and petra's, who is the administrator."""
        people, admin = secrets.token_urlsafe(12), secrets.token_urlsafe(32)
        self.passwords |= {"dana": people, "remy": people, "petra": admin}

    def start_hub(self) -> None:
        """A hub with KubeSpawner that knows nothing of a chart."""
        self.choose_passwords()
        hub = SmallHub(
            self.image("hub").reference,
            self.image("proxy").reference,
            (ROOT / "tests/kube/jupyterhub_config.py").read_text(encoding="utf-8"),
            {
                TOKEN_KEY: secrets.token_hex(32),
                "proxy-token": secrets.token_hex(32),
                "database": self.outside.url("hub", driver="postgresql+psycopg"),
                "people-password": self.passwords["dana"],
                "admin-password": self.passwords["petra"],
            },
            ADDRESS,
        )
        self.cluster.kubectl.apply([namespace()])
        self.kubectl.apply(small_hub(hub))

    def install(self) -> None:
        """`helm install` of the project's chart with the older release only; hub and service are up afterwards."""
        self.folder = self.cluster.plan.folder("reader")
        self.chart = chart.copy_of_chart(self.folder / "helm" / "enablement")
        before = chart.make_catalog(self.cluster.plan.folder("catalog-before"), [self.images[f"minimal:{chart.OLD}"]])
        self.values = chart.values(self.image("service"), self.outside)
        offered = chart.exported(before)
        everything = merged(self.values, offered)
        self.say(f"the API server accepts all {self._accepted(everything)} objects of the chart in a dry run")
        small = self._accepted(chart.small(self.values))
        self.say(
            f"the API server accepts all {small} objects of a small team's, with SQLite and a volume, in a dry run"
        )
        documented.prepare(self.folder, self.values, offered)
        documented.helm(self.kubectl, self.folder, "install", "--wait", "--timeout=5m")
        for what in ("deployment/proxy", "deployment/hub", REVIEW, "daemonset/enablement-prepull"):
            self.kubectl.rolled_out(what, seconds=240)
        self.say(self.kubectl("get", "pods", "--output=wide").rstrip())

    def _accepted(self, given: Mapping[str, Any]) -> int:
        """How many objects of the chart with these values the API server takes in a dry run."""
        rendered = chart.helm(self.kubectl, "template", "enablement", str(self.chart), "--validate", given=given)
        return len(self.kubectl("apply", "--dry-run=server", "--filename=-", given=rendered).splitlines())

    def look_around(self) -> None:
        """What the pages tell an operator to look at first: the service's pods, their logs, whether they are ready, its audit log."""
        for block in documented.looks():
            printed = documented.look(self.kubectl, self.folder, block)
            self.say(f"{block.name}\n{printed.rstrip()[-600:]}")

    def main_job(self) -> int:
        """dana and remy; the number of the approved submission. In between a pod of the service is killed without notice."""
        decisions = self.kubectl("get", "service", "enablement-review", "--output=jsonpath={.spec.clusterIP}")
        with job.browser_session(ADDRESS, self.passwords, self.results, decisions) as session:
            dana, remy = session.sit("dana"), session.sit("remy")
            dana.start_server()
            self._from_the_catalog("jupyter-dana", f"minimal:{chart.OLD}")
            self.bring_notebook(self.kubectl, "jupyter-dana")
            remy.start_server()
            for person in (dana, remy):
                person.expect_outages()
            number, version = job.send(dana)
            self.say(f"dana sent #{number} version {version}")
            job.review(remy, number, self._kill_one)
            job.sees_approval(dana, number)
        self.receipt(number)
        return number

    def upgrade(self) -> None:
        """A new release by `helm upgrade` alone: offered without a restart of the hub, the old one leads to it, dana's server stays."""
        before = self._identities("component=hub") + self._identities("hub.jupyter.org/username=dana")
        both = [self.images[f"minimal:{version}"] for version in (chart.OLD, chart.NEW)]
        offered = chart.exported(chart.make_catalog(self.cluster.plan.folder("catalog-after"), both))
        old = offered["images"]["minimal"]["releases"][chart.OLD]
        old |= {"status": "deprecated", "redirect": chart.NEW}
        documented.prepare(self.folder, self.values, offered)
        documented.helm(self.kubectl, self.folder, "upgrade", "--wait", "--timeout=5m")
        if self._identities("component=hub") + self._identities("hub.jupyter.org/username=dana") != before:
            raise Failed("the upgrade restarted the hub or dana's server")
        with job.browser_session(ADDRESS, self.passwords, self.results) as session:
            petra = session.sit("petra")
            self._until_offered(petra.page.goto, petra.page.content, chart.NEW)
            petra.start_server()
            self._from_the_catalog("jupyter-petra", f"minimal:{chart.NEW}")
            job.first_cell(petra, "print(6 * 7)", "42")
            petra.shot("first-cell")
        self.say(f"helm upgrade: {chart.NEW} is offered and starts; hub and dana's server were not touched")

    def rollback(self, number: int) -> None:
        """`helm rollback`: the catalog of before, the submission as it was."""
        documented.helm(self.kubectl, self.folder, "rollback", "--wait", "--timeout=5m")
        offered = self.kubectl("get", "configmap", "enablement-catalog", "--output=jsonpath={.data.catalog\\.json}")
        if chart.NEW in offered or chart.OLD not in offered:
            raise Failed("the catalog after the rollback is not the one before the upgrade")
        self.receipt(number)
        self.say("helm rollback: the catalog is the one before, the submission is as it was")

    def uninstall(self, number: int) -> None:
        """`helm uninstall` leaves the data: every row and every object."""
        objects, rows = self.outside.stored(), self.outside.rows("SELECT count(*) FROM submissions")
        documented.helm(self.kubectl, self.folder, "uninstall", "--wait")
        if (
            not objects
            or self.outside.stored() != objects
            or self.outside.rows("SELECT count(*) FROM submissions") != rows
        ):
            raise Failed("helm uninstall changed the data")
        self.receipt(number)
        self.say(f"helm uninstall: {rows[0][0]} submissions and {len(objects)} objects are still there")

    def refusals(self) -> None:
        """RBAC: what every service account may not."""
        names = denials.accounts(self.kubectl)
        found = denials.verdicts(self.kubectl, names)
        if wrong := [f"{one.account}: {one.asked} is {one.allowed}" for one in found if not one.right]:
            raise Failed("RBAC gives other than it should: " + "; ".join(wrong))
        for name in names:
            mine = [one for one in found if one.account == name]
            refused = [one.asked for one in mine if not one.allowed]
            self.say(f"RBAC {name}: refused {len(refused)} of {len(mine)}: {', '.join(refused[:6])} …")
            answers = denials.really_refused(self.kubectl, name)
            if loose := [line for line in answers if "forbidden" not in line.lower()]:
                raise Failed(f"not refused to {name}: {loose}")
            self.say(f"     e.g. {answers[0]}")
        if (tokens := denials.mounted_tokens(self.kubectl)) and any(not pod.startswith("hub-") for pod in tokens):
            raise Failed(f"pods with a service account's token: {tokens}")
        self.say(f"service account tokens are mounted in: {', '.join(tokens)}; in no server and in no pod of the chart")

    def receipt(self, number: int) -> None:
        """What the database holds about the submission."""
        rows = self.outside.rows("SELECT number, state, latest, content_id, image_slug, image_release FROM submissions")
        mine = next((row for row in rows if row[0] == number), None)
        if mine is None or mine[1] != "approved":
            raise Failed(f"submission {number} is not approved: {rows}")
        self.say(f"submission #{mine[0]} is {mine[1]}: version {mine[2]} of {mine[4]} {mine[5]}, content id {mine[3]}")

    # What the steps need.

    def _from_the_catalog(self, pod: str, image: str) -> None:
        runs = self.kubectl(
            "get", "pod", pod, "--output=jsonpath={.spec.containers[0].image} {.status.containerStatuses[0].imageID}"
        )
        wanted = self.images[image].digest
        if runs.count(wanted) != 2:
            raise Failed(f"{pod} runs {runs}, the catalog says {wanted}")
        self.say(f"{pod} runs {runs.split()[0]}")

    def bring_notebook(self, kubectl: Kubectl, pod: str) -> None:
        """The demo's folder into somebody's home."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            tar.add(ROOT / "demo" / "churn", "churn")
        home = ("tar", "x", "-C", "/home/jovyan", "--no-same-owner")
        kubectl("exec", "--stdin", pod, "--", *home, given=packed.getvalue())

    def _kill_one(self) -> None:
        pods = self.kubectl("get", "pods", "--selector=app.kubernetes.io/component=review", "--output=name").split()
        self.kubectl("delete", pods[0], "--grace-period=0", "--force")
        self.say(f"killed {pods[0]} while remy reviews")

    def _identities(self, selector: str) -> str:
        return self.kubectl(
            "get",
            "pods",
            f"--selector={selector}",
            "--output=jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {end}",
        )

    def _until_offered(self, go: Callable[[str], Any], content: Callable[[], str], release: str) -> None:
        def offered() -> bool:
            go(f"{job.URL}/hub/spawn/petra")
            return release in content()

        began = time.monotonic()
        try:
            until(offered, within=2 * PATIENCE, what=f"the spawn page offers {release}")
        except NotWithin as late:
            raise Failed(str(late)) from late
        self.say(f"the spawn page offers {release} {time.monotonic() - began:.0f} s after helm upgrade ended")


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Values laid over values, as helm does it."""
    out = dict(first)
    for key, value in second.items():
        here = out.get(key)
        out[key] = merged(here, value) if isinstance(here, Mapping) and isinstance(value, Mapping) else value
    return out


def keep_logs(cluster: Cluster, target: Path) -> None:
    """Logs of processes and pods, for whoever looks into a failure."""
    shutil.copytree(cluster.plan.folder("logs"), target, dirs_exist_ok=True)
    kubectl = cluster.kubectl.within(NAMESPACE)
    for pod in kubectl.attempt("get", "pods", "--output=name").stdout.split():
        text = kubectl.attempt("logs", pod, "--all-containers", "--tail=300").stdout
        (target / f"{pod.replace('/', '-')}.log").write_text(text, encoding="utf-8")
    events = kubectl.attempt("get", "events", "--sort-by=.lastTimestamp").stdout
    (target / "events.txt").write_text(events, encoding="utf-8")
