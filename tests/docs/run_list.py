"""Which blocks of which page are run, by their first lines, in the order of the page. A block that is in neither list says on its page why.

`RUN`: by a test of this folder, page by page. `KUBE`: by `make kube`, on the cluster that it starts.
"""

from __future__ import annotations

from collections.abc import Mapping

HOW_TO = "docs/how-to"
CLUSTER = f"{HOW_TO}/cluster"

RUN: Mapping[str, tuple[str, ...]] = {
    "CONTRIBUTING.md": (
        "make install",
        "make reference",
        "mkdir -p team/team_checks-1.dist-info",
        "enablement image new <slug> --package '<range>'",
        "enablement image lock <slug>",
        "enablement image test <slug> --record",
        "cp docs/adr/template.md docs/adr/<number>-<title>.md",
    ),
    "docs/tutorial/first-notebook.md": (
        "make up",
        ".venv/bin/enablement audit verify --state .enablement-state",
    ),
    f"{HOW_TO}/add-to-your-hub.md": ("make wheel",),
    f"{HOW_TO}/back-up-and-restore.md": (
        "enablement backup create <backups>/2026-11-25 --state <state>",
        "set -eu",
        "enablement backup restore <backups>/2026-11-25 --state <state>",
        "enablement audit verify --state <state>",
        "enablement backup create <backups>/move --state <state>",
    ),
    f"{HOW_TO}/accounts.md": (
        "enablement people list --state <state>",
        "enablement people hand-over <person> --to <heir> --reason '<reason>' --account-is-gone --state <state>",
        "enablement people adopt --state <state>",
        "enablement people release <heir> --state <state>",
    ),
    f"{HOW_TO}/spawn-page.md": (
        'curl --fail-with-body -X POST "<hub>/hub/api/users/dana/servers/recorded" -H "Authorization: token <token>" \\',
    ),
    f"{HOW_TO}/company-network.md": ("python3 - <<'END'",),
    f"{HOW_TO}/images.md": (
        "enablement image new vision --extends datascience --package 'opencv-python-headless>=4.10,<5'",
        "enablement image lock vision",
        "enablement image test vision --record",
        "enablement image lock datascience --class minor --dry-run",
        "enablement image diff datascience/2026.9.0 datascience/2026.11.0 --markdown",
        "enablement image deprecate ml/2026.9.0 --redirect 2026.11.0 --until <last-day>",
        "export JUPYTERHUB_API_URL=<hub>/hub/api ENABLEMENT_SERVICE_URL=<hub>/services/enablement JUPYTERHUB_API_TOKEN=<token>",
        "enablement image verify",
        "enablement image pythons",
        "enablement image export chart --reference '<registry>/enablement/{image}:{release}-py{python}'",
    ),
    f"{HOW_TO}/vulnerabilities.md": ("enablement image sbom datascience",),
    f"{HOW_TO}/check-notebooks.md": ("enablement policy explain",),
    f"{HOW_TO}/rerun.md": ("enablement rerun --self-test",),
    f"{CLUSTER}/images.md": (
        "enablement image export helm --reference '<registry>/enablement/{image}:{release}-py{python}' --output images.yaml",
    ),
    f"{CLUSTER}/install.md": (
        "enablement image export helm --reference '<registry>/enablement/{image}:{release}-py{python}' --output images.yaml",
        "enablement helm hub-values",
    ),
}

KUBE: Mapping[str, tuple[str, ...]] = {
    f"{CLUSTER}/install.md": (
        "helm install enablement helm/enablement --namespace <namespace> --values enablement.yaml --values images.yaml",
        "kubectl --namespace <namespace> rollout status deployment/enablement-review",
    ),
    f"{CLUSTER}/on-call.md": ("kubectl --namespace <namespace> get pods --selector app.kubernetes.io/name=enablement",),
    f"{CLUSTER}/backup.md": (
        "kubectl --namespace <namespace> exec deployment/enablement-review -- enablement audit verify",
    ),
    f"{CLUSTER}/images.md": (
        "helm upgrade enablement helm/enablement --namespace <namespace> --values enablement.yaml --values images.yaml",
    ),
    f"{CLUSTER}/upgrade.md": (
        "helm upgrade enablement helm/enablement --namespace <namespace> --values enablement.yaml --values images.yaml",
        "helm rollback enablement --namespace <namespace>",
        "helm uninstall enablement --namespace <namespace>",
    ),
}
