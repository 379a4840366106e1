"""The port `ImageUsage`: a real hub and a real review service asked over REST, and the in-memory implementation."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from enablement_ext.adapters.image_usage import Addresses, RestUsage
from enablement_ext.adapters.memory.image_usage import MemoryImageUsage
from enablement_ext.core.errors import Forbidden, NotSignedIn
from enablement_ext.core.images.ports import ImageUsage, ServerInUse, SubmissionInUse
from enablement_ext.core.submission.bundle import OutgoingFile, write_bundle
from tests.servers.hub_session import HubSession
from tests.servers.up import DemoHub

RELEASE = ("datascience", "2026.11.0")
TITLE = "Which images are in use?"
NOTEBOOK = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
SEND = """
import base64, os, urllib.request
headers = {{"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"], "Content-Type": "application/x-tar", "Idempotency-Key": "usage-contract-1"}}
url = os.environ["ENABLEMENT_SERVICE_URL"] + "/api/v1/submissions"
request = urllib.request.Request(url, base64.b64decode("{bundle}"), headers)
print(urllib.request.urlopen(request).status)
"""


@dataclass(frozen=True)
class Asked:
    """An implementation at a hub where dana runs a server in `RELEASE` and has sent a notebook from it."""

    usage: ImageUsage
    with_unknown_token: Callable[[], ImageUsage]


def _bundle() -> bytes:
    digest = hashlib.sha256(NOTEBOOK).hexdigest()
    sending = {"answers": {"title": TITLE}, "notebook": {"path": "usage.ipynb", "sha256": digest}, "files": []}
    return b"".join(write_bundle(sending, [OutgoingFile("usage.ipynb", len(NOTEBOOK), (NOTEBOOK,))]).chunks)


def _asked_over_rest(demo_hub: DemoHub) -> Asked:
    petra, dana = HubSession(demo_hub.url, "petra"), HubSession(demo_hub.url, "dana")
    for session in (petra, dana):
        session.log_in(demo_hub.password(session.name))
    dana.spawn({"enablement-release": "/".join(RELEASE)})
    assert dana.run(SEND.format(bundle=base64.b64encode(_bundle()).decode())).strip() in {"200", "201"}
    made = petra.hub_api("POST", "users/petra/tokens", json={"note": "image usage", "expires_in": 600}).json()

    def usage(token: str) -> RestUsage:
        return RestUsage(Addresses(f"{demo_hub.url}/hub/api", f"{demo_hub.url}/services/enablement", token))

    return Asked(usage(made["token"]), lambda: usage("no-token"))


@pytest.fixture(scope="module", params=["memory", pytest.param("rest", marks=pytest.mark.slow)])
def asked(request: pytest.FixtureRequest) -> Asked:
    """Every implementation."""
    if request.param == "rest":
        return _asked_over_rest(request.getfixturevalue("demo_hub"))
    servers = [
        ServerInUse("remy", "", "minimal", "2026.9.0", running=False),
        ServerInUse("dana", "", *RELEASE, running=True),
    ]
    submissions = [SubmissionInUse(number, TITLE, "dana", *RELEASE) for number in (7, 3)]
    return Asked(
        MemoryImageUsage(servers, submissions), lambda: MemoryImageUsage(servers, submissions, signed_in=False)
    )


def test_servers_are_listed_with_their_release_by_user(asked: Asked) -> None:
    servers = asked.usage.servers()
    assert [(one.user, one.server) for one in servers] == sorted((one.user, one.server) for one in servers)
    dana = next(one for one in servers if (one.user, one.server) == ("dana", ""))
    assert (dana.image, dana.release, dana.running) == (*RELEASE, True)


def test_submissions_that_have_not_ended_are_listed_by_number(asked: Asked) -> None:
    submissions = asked.usage.submissions()
    assert [one.number for one in submissions] == sorted({one.number for one in submissions})
    sent = next(one for one in submissions if one.title == TITLE)
    assert (sent.author, sent.image, sent.release) == ("dana", *RELEASE)


def test_a_token_that_nobody_knows_is_refused(asked: Asked) -> None:
    usage = asked.with_unknown_token()
    for ask in (usage.servers, usage.submissions):
        with pytest.raises((NotSignedIn, Forbidden)):
            ask()
