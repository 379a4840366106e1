"""The lab server's contract: its routes are those of `openapi.yaml` and no others, and real answers have the shapes it promises."""

from __future__ import annotations

import asyncio
import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError
from openapi_spec_validator import validate as validate_openapi

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.git.merge.notebook_diff import SummaryCode
from enablement_ext.core.git.setup.file_selection import HeldReason
from enablement_ext.core.git.setup.plan import ObstacleKind, RefusalCode, StepKey
from enablement_ext.core.git.shape import ShapeCode
from enablement_ext.core.git.steps import PullStep, StepState
from enablement_ext.core.images.drift import DriftKind, PackageLocation
from enablement_ext.core.notebook.working.file import UnreadableReason
from enablement_ext.core.review.models import FileRole, Stage
from enablement_ext.core.secrets.rules import RULES
from enablement_ext.core.submission.bundle import PathFlaw
from enablement_ext.core.submission.dependencies import MissingCode, UseCode
from enablement_ext.lab.app import make_git, make_images, make_services
from enablement_ext.lab.git.handlers import git_routes
from enablement_ext.lab.handlers import routes
from enablement_ext.lab.images.handlers import image_routes
from enablement_ext.lab.send_candidates import TOO_LARGE
from enablement_ext.lab.settings import EnablementLab
from tests.lab.conftest import NOTEBOOK, sha256
from tests.lab.contract import LAB, SPEC, checked, operations, validate
from tests.lab.lab_server import Lab, running_lab
from tests.lab.test_routes import methods_of
from tests.lab.test_with_service import LabWithService
from tests.service import people
from tests.service.fixtures import Service, running


def test_the_contract_is_a_valid_openapi_document() -> None:
    validate_openapi(SPEC, base_uri=LAB.as_uri())


def test_every_route_is_in_the_contract_and_nothing_else_is() -> None:
    settings = EnablementLab()
    services = make_services(settings, "/")
    table = [*routes(services), *git_routes(services, make_git(settings, "/", services.service))]
    table += image_routes(services, make_images(settings, "/"))
    served = {
        (method, path) for pattern, handler, _ in table for path in _paths(pattern) for method in methods_of(handler)
    }
    assert served == set(operations())


def _paths(pattern: str) -> list[str]:
    """The paths of a pattern as the contract writes them."""
    choice = re.search(r"\(\?:([a-z|]+)\)", pattern)
    named = pattern.replace("(.*)", "{rest}")
    return [named.replace(choice[0], each) for each in choice[1].split("|")] if choice else [named]


def test_every_answer_and_every_request_has_a_schema_of_its_own() -> None:
    passed_on = {"/enablement/api/v1/{rest}"}  # the service's contract speaks of these
    for (method, path), operation in operations().items():
        if path not in passed_on:
            (answer,) = operation["responses"]["200"]["content"].values()
            assert "$ref" in answer["schema"], path
            assert ("requestBody" in operation) == (method == "post"), path


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        (("Context", "stages", "items"), Stage),
        (("Candidate", "role"), [role for role in FileRole if role is not FileRole.NOTEBOOK]),
        (("FileUse", "code"), UseCode),
        (("MissingFile", "code"), MissingCode),
        (("Drift", "kind"), DriftKind),
        (("Drift", "place"), PackageLocation),
        (("GitPlan", "steps", "items", "properties", "key"), StepKey),
        (("GitStep", "key"), [*StepKey, *PullStep]),
        (("GitStep", "state"), StepState),
        (("GitRefusal", "code"), RefusalCode),
        (("GitRefusal", "facts", "properties", "shape"), ShapeCode),
        (("GitRefusal", "facts", "properties", "problem"), ObstacleKind),
        (("HeldFile", "code"), HeldReason),
        (("HeldFile", "facts", "properties", "why"), UnreadableReason),
        (("GitVersionSummary", "code"), SummaryCode),
    ],
)
def test_enumerations_are_those_of_the_code(schema: tuple[str, ...], values: Any) -> None:
    name, field, *rest = schema
    found: Any = SPEC["components"]["schemas"][name]["properties"][field]
    for step in rest:
        found = found[step]
    assert found["enum"] == [value.value for value in values]


def test_problems_of_candidates_are_those_of_the_code() -> None:
    known = SPEC["components"]["schemas"]["CandidateProblem"]["properties"]["code"]["enum"]
    assert known == [*(flaw.value for flaw in PathFlaw), TOO_LARGE]


def test_rules_for_secrets_are_those_of_the_code() -> None:
    assert SPEC["components"]["schemas"]["SecretRule"]["enum"] == list(dict.fromkeys(rule.name for rule in RULES))


def test_a_wrong_answer_is_noticed() -> None:
    step = {"key": "push", "state": "done"}
    line: Mapping[str, Any] = {"step": step}
    validate(line, {"$ref": "#/components/schemas/GitReceiptLine"})
    wrong = copy.deepcopy(dict(line))
    wrong["step"]["state"] = "over"
    others: list[object] = [wrong, {"got": {}}, {"problem": {"code": "x"}}, {}]
    for value in others:
        with pytest.raises(ValidationError):
            validate(value, {"$ref": "#/components/schemas/GitReceiptLine"})


@pytest.mark.slow
def test_a_sending_and_its_refusal(lab: Lab, intent: dict[str, object]) -> None:
    seen = checked(lab)
    seen.get("context")
    seen.get("candidates?path=work/churn.ipynb")
    asked = {"path": "work/churn.ipynb", "files": []}
    assert seen.post("preflight", asked).status_code == 503  # what answers here knows no rules
    assert seen.post("preflight", {**asked, "path": 1}).status_code == 400
    assert "receipt" in seen.send(intent)[-1]
    assert "problem" in seen.send({**intent, "sha256": "0" * 64})[-1]
    assert seen.post("send", {**intent, "key": 1}).status_code == 400
    assert seen.get("candidates?path=gone.ipynb").status_code >= 400
    assert seen.used == {"context", "candidates", "preflight", "send"}


@pytest.mark.slow
async def test_with_the_real_service_and_its_catalog(tmp_path: Path) -> None:
    async with running(MemoryReviewStore(), MemoryArtifactStore()) as service:
        url = f"http://127.0.0.1:{service.port}/services/enablement"
        await asyncio.to_thread(_with_a_catalog, tmp_path, url, service)


def _with_a_catalog(folder: Path, url: str, service: Service) -> None:
    with running_lab(folder, url, token=people.DANA) as started:
        lab = checked(started)
        lab_with_service = LabWithService(lab, service)
        image = {"slug": "datascience", "release": "2026.9.0", "digest": ""}
        code = {**NOTEBOOK, "metadata": {"enablement": {"image": image}}}
        lab_with_service.write()
        (lab.home / "made.ipynb").write_text(json.dumps(code))
        here = lab.get("images/here").json()
        assert here["release"]["release"] == "2026.11.0"
        assert here["drift"]
        compared = lab.get("images/notebook?path=made.ipynb").json()
        assert (compared["recorded"], compared["compared"]["relation"]) == (image, "newer")
        sent = {
            "key": "key-1234567890",
            "path": "work/churn.ipynb",
            "sha256": sha256(lab.home / "work" / "churn.ipynb"),
            "answers": {"title": "Churn", "checklist": [], "stage": "exploration"},
            "files": ["work/features.py"],
            "submission": None,
            "stamp": None,
        }
        assert lab.send(sent)[-1]["receipt"]["version"] == 1
        assert lab.send(sent)[-1]["replayed"] is True
        candidates = lab.get("candidates?path=work/churn.ipynb").json()
        assert (len(candidates["previous"]), candidates["answers"]["title"]) == (1, "Churn")
        assert lab.get("api/v1/whoami").json()["name"] == "dana"
