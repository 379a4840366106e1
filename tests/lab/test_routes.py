"""Every route of the lab extension needs a signed-in and authorised user. A new route that does not fails here."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from enablement_ext.lab.app import make_images, make_services
from enablement_ext.lab.handlers import LabHandler, routes
from enablement_ext.lab.images.handlers import image_routes
from enablement_ext.lab.settings import EnablementLab
from tests.lab.fake_service import FakeService
from tests.lab.lab_server import OWN_TOKEN, Lab, running_lab
from tests.polling import PATIENCE

PATHS = {
    r"/enablement/context": "/enablement/context",
    r"/enablement/candidates": "/enablement/candidates?path=work/churn.ipynb",
    r"/enablement/preflight": "/enablement/preflight",
    r"/enablement/send": "/enablement/send",
    r"/enablement/try": "/enablement/try",
    r"/enablement/difference": "/enablement/difference?submission=12&version=1&path=work/churn.ipynb",
    r"/enablement/suggestions/plan": "/enablement/suggestions/plan",
    r"/enablement/api/v1/(.*)": "/enablement/api/v1/whoami",
    r"/enablement/images/here": "/enablement/images/here",
    r"/enablement/images/notebook": "/enablement/images/notebook?path=work/churn.ipynb",
}

ONLY_CONTEXT = """
from jupyter_server.auth import Authorizer


class OnlyContext(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return resource != "enablement" or (action == "read" and handler.request.path.endswith("context"))
"""


def methods_of(handler: type[LabHandler]) -> list[str]:
    return [method for method in ("get", "post", "put", "patch", "delete", "head") if method in handler.__dict__]


def table() -> list[tuple[str, type[LabHandler], str]]:
    settings = EnablementLab()
    services = make_services(settings, "/")
    every = [*routes(services), *image_routes(services, make_images(settings, "/"))]
    return [(PATHS[pattern], handler, method) for pattern, handler, _ in every for method in methods_of(handler)]


def test_every_method_of_every_route_is_in_the_table() -> None:
    assert [(path.partition("?")[0], method) for path, _, method in table()] == [
        ("/enablement/context", "get"),
        ("/enablement/candidates", "get"),
        ("/enablement/preflight", "post"),
        ("/enablement/send", "post"),
        ("/enablement/try", "post"),
        ("/enablement/difference", "get"),
        ("/enablement/suggestions/plan", "post"),
        ("/enablement/api/v1/whoami", "get"),
        ("/enablement/api/v1/whoami", "post"),
        ("/enablement/images/here", "get"),
        ("/enablement/images/notebook", "get"),
    ]


def test_the_reference_page_has_every_route() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "lab-server.md").read_text()
    written = {
        (line.split("`")[1].split()[0].lower(), line.split("`")[1].split()[1])
        for line in page.splitlines()
        if line.startswith("| `") and "/enablement/" in line.split("`")[1]  # Git's have a table of their own
    }
    assert written == {(method, path.partition("?")[0].replace("whoami", "…")) for path, _, method in table()}


def test_every_method_is_authenticated_and_then_authorised() -> None:
    for path, handler, method in table():
        names: list[str] = []
        function = handler.__dict__[method]
        while hasattr(function, "__wrapped__"):
            names.append(function.__code__.co_filename.replace("\\", "/"))
            function = function.__wrapped__
        assert [
            name.endswith(end) for name, end in zip(names, ("tornado/web.py", "auth/decorator.py"), strict=True)
        ] == [True, True], path
        assert handler.auth_resource == "enablement"


@pytest.mark.slow
@pytest.mark.parametrize("headers", [{}, {"Authorization": "token wrong"}, {"Cookie": "username-127-0-0-1=x"}])
def test_nobody_gets_in_without_the_servers_token(lab: Lab, service: FakeService, headers: dict[str, str]) -> None:
    for path, _, method in table():
        response = requests.request(
            method, lab.url + path, headers=headers, json={}, timeout=PATIENCE, allow_redirects=False
        )
        assert response.status_code == 403, path
        assert response.headers["Content-Type"] == "application/problem+json"
    assert not service.seen


@pytest.mark.slow
def test_an_authorizer_of_the_server_is_asked(tmp_path: Path, service: FakeService) -> None:
    (tmp_path / "only_context.py").write_text(ONLY_CONTEXT)
    service.seen.clear()
    with running_lab(tmp_path, service.url, "--ServerApp.authorizer_class=only_context.OnlyContext") as lab:
        for path, _, method in table():
            response = requests.request(
                method, lab.url + path, headers={"Authorization": f"token {OWN_TOKEN}"}, json={}, timeout=PATIENCE
            )
            assert response.status_code == (200 if path.endswith("context") else 403), path
    assert not service.seen


@pytest.mark.slow
def test_a_page_of_another_origin_cannot_post(lab: Lab, service: FakeService) -> None:
    """A cookie without the XSRF token is what a foreign page has."""
    session = requests.Session()
    assert session.get(f"{lab.url}/lab?token={OWN_TOKEN}", timeout=PATIENCE).status_code == 200
    assert (
        session.get(
            f"{lab.url}/enablement/context", headers={"Referer": f"{lab.url}/lab"}, timeout=PATIENCE
        ).status_code
        == 200
    )
    for path in ("/enablement/send", "/enablement/api/v1/submissions/12/claim"):
        for headers in ({"Origin": "https://evil.example"}, {}):
            response = session.post(lab.url + path, headers=headers, json={"stamp": 1}, timeout=PATIENCE)
            assert response.status_code in (403, 404)
    xsrf = session.cookies.get_dict()["_xsrf"]
    accepted = session.post(
        f"{lab.url}/enablement/api/v1/submissions/12/claim",
        headers={"X-XSRFToken": xsrf},
        json={"stamp": 1},
        timeout=PATIENCE,
    )
    assert accepted.status_code == 200
    assert len(service.seen) == 1


@pytest.mark.slow
def test_without_a_hub_it_loads_and_says_so(tmp_path: Path) -> None:
    with running_lab(tmp_path, "") as lab:
        context = lab.get("context").json()
        assert (context["service"], context["user"]) == (False, "dana")
        for path, _, method in table():
            if not path.endswith(("context", "here", "preflight")):
                response = requests.request(
                    method, lab.url + path, headers={"Authorization": f"token {OWN_TOKEN}"}, json={}, timeout=PATIENCE
                )
                assert (response.status_code, response.json()["code"]) == (503, "no-service"), path
        assert (
            requests.get(
                f"{lab.url}/api/status", headers={"Authorization": f"token {OWN_TOKEN}"}, timeout=PATIENCE
            ).status_code
            == 200
        )
