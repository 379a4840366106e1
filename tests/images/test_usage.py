"""Who uses a release, asked of a real hub and a real review service, as a platform engineer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from enablement_ext.adapters.image_usage import Addresses, RestUsage
from enablement_ext.core.errors import Forbidden, HubUnavailable, NotSignedIn, Unavailable
from tests.polling import PATIENCE, until
from tests.servers.hub_session import HubSession
from tests.servers.up import DemoHub, free_port

T = TypeVar("T")


@pytest.mark.slow
def test_running_servers_are_listed_with_their_release(demo_hub: DemoHub) -> None:
    petra, dana = HubSession(demo_hub.url, "petra"), HubSession(demo_hub.url, "dana")
    for session in (petra, dana):
        session.log_in(demo_hub.password(session.name))
    dana.spawn({"enablement-release": "datascience/2026.11.0"})
    token = petra.hub_api("POST", "users/petra/tokens", json={"note": "image usage", "expires_in": 600}).json()["token"]
    usage = RestUsage(Addresses(f"{demo_hub.url}/hub/api", f"{demo_hub.url}/services/enablement", token))
    mine = [server for server in answered(usage.servers) if server.user == "dana" and not server.server]
    assert [(server.image, server.release, server.running) for server in mine] == [("datascience", "2026.11.0", True)]
    numbers = [submission.number for submission in answered(usage.submissions)]
    assert numbers == sorted(numbers)
    stranger = RestUsage(Addresses(f"{demo_hub.url}/hub/api", f"{demo_hub.url}/services/enablement", "no-token"))
    with pytest.raises((NotSignedIn, Forbidden)):
        answered(stranger.servers)


def answered(ask: Callable[[], Sequence[T]]) -> Sequence[T]:
    """What hub and service say once they can: on a busy machine a 503 of theirs goes by itself."""

    def once() -> tuple[Sequence[T]] | None:
        try:
            return (ask(),)
        except HubUnavailable:
            return None

    return until(once, within=PATIENCE, what="hub and service answer")[0]


def test_what_is_not_set_or_not_there_is_one_clear_line() -> None:
    with pytest.raises(Unavailable, match=r"set \$JUPYTERHUB_API_URL"):
        RestUsage(Addresses("", "", "t")).servers()
    with pytest.raises(NotSignedIn, match=r"set \$JUPYTERHUB_API_TOKEN"):
        RestUsage(Addresses("http://127.0.0.1:9", "", "")).servers()
    with pytest.raises(HubUnavailable, match="no sound answer"):
        RestUsage(Addresses(f"http://127.0.0.1:{free_port()}", "", "t")).servers()
