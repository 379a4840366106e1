"""The demo's hub as its people meet it, on the newest and the oldest JupyterHub: pages, servers, tokens, what is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from enablement_ext.adapters.catalog_folder import read_catalog
from tests.polling import PATIENCE
from tests.servers.hub_session import HubSession
from tests.servers.up import DemoHub

pytestmark = pytest.mark.slow
CATALOG = read_catalog(Path(__file__).parents[2] / "images")
DEFAULT = CATALOG.default
FORM = {"enablement-release": f"{DEFAULT.image}/{DEFAULT.version}", "enablement-size": "medium"}
RECORD = {"image": DEFAULT.image, "release": DEFAULT.version, "digest": DEFAULT.digest}
ASK_TOKEN = """
import json, os, urllib.request
request = urllib.request.Request(os.environ["JUPYTERHUB_API_URL"] + "/user", headers={"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"]})
print(json.dumps(json.load(urllib.request.urlopen(request))["scopes"]))
"""

# What a browser sends along when a person opens a page.
OPENED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}

LogIn = Callable[[str], HubSession]


def test_a_wrong_password_does_not_get_in(hub: DemoHub) -> None:
    session = HubSession(hub.url, "dana")
    answer = session.log_in("guess")
    assert "Invalid username or password" in answer.text
    assert "name" not in session.user()


def test_the_spawn_page_offers_releases_and_sizes(session_of: LogIn) -> None:
    dana = session_of("dana")
    dana.stop_servers()  # with one running, that address leads into it
    page = dana.spawn_page()
    for release in CATALOG.offered():
        assert f'value="{release.image}/{release.version}"' in page
    assert 'name="enablement-size"' in page


def test_a_server_runs_in_the_chosen_release_and_the_hub_has_it_on_record(session_of: LogIn) -> None:
    dana = session_of("dana")
    dana.stop_servers()
    dana.spawn(FORM)
    code = "import os, sys, pandas; print(pandas.__version__, sys.prefix, os.environ['MEM_LIMIT'], os.environ['ENABLEMENT_IMAGE'])"
    pandas, prefix, memory, image = dana.run(code).split()
    assert pandas == DEFAULT.version_of("pandas")
    assert f"{DEFAULT.image}-{DEFAULT.version}-" in prefix
    assert (int(memory), image) == (4 * 2**30, DEFAULT.image)
    petra = session_of("petra")
    state = petra.hub_api("GET", "users/dana").json()["servers"][""]["state"]
    assert {key: state["enablement"][key] for key in RECORD} == RECORD
    assert state["enablement"]["python"].startswith("3.")


def test_danas_home_holds_a_notebook_that_runs(session_of: LogIn) -> None:
    dana = session_of("dana")
    dana.spawn(FORM)
    code = "import os; os.chdir('churn'); import sys; sys.path.insert(0, ''); import features, pandas; print(len(pandas.read_csv('customers.csv')))"
    assert dana.run(code).strip() == "2000"


def test_a_reviewers_server_token_may_review_but_not_decide(session_of: LogIn) -> None:
    remy = session_of("remy")
    remy.spawn(FORM)
    scopes = set(json.loads(remy.run(ASK_TOKEN)))
    assert {"custom:enablement:read", "custom:enablement:review", "access:servers!server=remy/"} <= scopes
    assert not {"custom:enablement:decide", "custom:enablement:admin"} & scopes


def test_an_authors_server_token_holds_no_more_than_the_author(session_of: LogIn) -> None:
    dana = session_of("dana")
    dana.spawn(FORM)
    scopes = set(json.loads(dana.run(ASK_TOKEN)))
    assert {"custom:enablement:submit", "custom:enablement:read"} <= scopes
    assert not {"custom:enablement:review", "custom:enablement:decide"} & scopes


def test_the_service_is_reached_by_browser_without_another_question(hub: DemoHub, session_of: LogIn) -> None:
    remy = session_of("remy")
    page = f"{hub.decisions}/services/enablement/decide/99999"
    answer = remy.browser.get(page, headers=OPENED, timeout=PATIENCE)
    assert answer.url == page, "neither the login nor a question of the hub's"
    assert answer.status_code == 404, "signed in, and there is no such submission"


def test_signing_out_of_the_hub_ends_the_session_at_the_pages_and_no_other(hub: DemoHub, session_of: LogIn) -> None:
    """The hub names the session that a token was given in (`session_id`), and forgets the token with it."""
    page = f"{hub.decisions}/services/enablement/"
    kept = []
    for browser in (session_of("remy").browser, session_of("remy").browser):
        assert browser.get(page, headers=OPENED, timeout=PATIENCE).url == page
        kept.append(
            {cookie.name: str(cookie.value) for cookie in browser.cookies if cookie.name == "enablement-session"}
        )
        last = browser
    last.get(f"{hub.url}/hub/logout", timeout=PATIENCE)
    answers = [
        requests.get(page, headers=OPENED, cookies=each, allow_redirects=False, timeout=PATIENCE) for each in kept
    ]
    assert [answer.status_code for answer in answers] == [200, 302]


def test_a_server_reaches_the_service_with_its_token(session_of: LogIn) -> None:
    dana = session_of("dana")
    dana.spawn(FORM)
    code = (
        "import os, urllib.request as u; "
        "r = u.Request(os.environ['ENABLEMENT_SERVICE_URL'] + '/api/v1/whoami', headers={'Authorization': 'token ' + os.environ['JUPYTERHUB_API_TOKEN']}); "
        "print(u.urlopen(r).read().decode())"
    )
    assert json.loads(dana.run(code))["name"] == "dana"


def test_what_is_unknown_starts_the_default_and_does_not_stick(session_of: LogIn) -> None:
    dana = session_of("dana")
    dana.stop_servers()
    for options in ({"enablement": {"image": "gone", "release": "1999.1.0", "size": "giant"}}, {}):
        answer = dana.hub_api("POST", "users/dana/server", json=options)
        assert answer.status_code in {201, 202}, answer.text
        dana.wait_for_server()
        assert DEFAULT.version in dana.run("import sys; print(sys.prefix)")
        dana.stop_servers()


def test_a_named_server_is_a_server_of_its_own(session_of: LogIn) -> None:
    dana = session_of("dana")
    dana.spawn(FORM, server="second")
    scopes = set(json.loads(dana.run(ASK_TOKEN, server="second")))
    assert "access:servers!server=dana/second" in scopes


def test_a_named_server_starts_from_image_and_release_through_the_hubs_api(session_of: LogIn) -> None:
    dana = session_of("dana")
    options = {"image": DEFAULT.image, "release": DEFAULT.version, "exact": True}
    answer = dana.hub_api("POST", "users/dana/servers/recorded", json=options)
    assert answer.status_code in {201, 202}, answer.text
    dana.wait_for_server("recorded")
    assert f"{DEFAULT.image}-{DEFAULT.version}-" in dana.run("import sys; print(sys.prefix)", server="recorded")
    assert dana.server("recorded")["user_options"] == {
        "enablement": {"image": DEFAULT.image, "release": DEFAULT.version}
    }


ASK_SERVICE = """
import json, os, urllib.error, urllib.request
def status(method, path, body=None):
    request = urllib.request.Request(os.environ["ENABLEMENT_SERVICE_URL"] + "/api/v1" + path, method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"], "Content-Type": "application/json", "If-Match": '"1"'})
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code
thread = {"version": 1, "anchor": {"kind": "submission"}, "text": "hello"}
print(json.dumps([status("GET", "/submissions?limit=1"), status("POST", "/submissions/999/claim", {}),
                  status("POST", "/submissions/999/threads", thread)]))
"""


def test_a_server_for_reading_cannot_read_claim_or_comment(session_of: LogIn) -> None:
    remy = session_of("remy")
    options = {"image": DEFAULT.image, "release": DEFAULT.version, "purpose": "reading"}
    assert remy.hub_api("POST", "users/remy/servers/opened", json=options).status_code in {201, 202}
    remy.wait_for_server("opened")
    scopes = set(json.loads(remy.run(ASK_TOKEN, server="opened")))
    assert not {scope for scope in scopes if scope.startswith(("custom:", "servers", "tokens", "admin"))}
    assert json.loads(remy.run(ASK_SERVICE, server="opened")) == [403, 403, 403]
    remy.spawn(FORM)
    allowed = json.loads(remy.run(ASK_SERVICE))
    assert allowed[0] == 200
    assert not {401, 403} & set(allowed), "the same calls from a server for work are not refused for their scopes"
    assert "reading" in remy.run("import os; print(os.environ['ENABLEMENT_PURPOSE'])", server="opened")


def test_only_petra_is_admin(session_of: LogIn) -> None:
    assert session_of("petra").user()["admin"] is True
    assert session_of("dana").hub_api("GET", "users/remy").status_code == 404


def test_what_was_added_stands_in_the_log_in_one_list(hub: DemoHub) -> None:
    log = (hub.state / "hub.log").read_text()
    began = log.index("was added to this hub:")
    block = log[began : began + 3000]
    for part in ("custom scopes:", "role server:", "service enablement at", "spawner:"):
        assert part in block


def test_no_password_and_no_token_stands_in_the_log(hub: DemoHub, session_of: LogIn) -> None:
    dana = session_of("dana")
    dana.spawn(FORM)
    token = dana.run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()
    log = (hub.state / "hub.log").read_text()
    assert len(token) > 20
    assert token not in log
    assert not [name for name in hub.people if hub.password(name) in log]
    assert (
        requests.get(
            f"{hub.url}/hub/api/user", headers={"Authorization": f"token {token}"}, timeout=PATIENCE
        ).status_code
        == 200
    )
