"""Who uses a release, asked of a real hub and a real review service, as a platform engineer."""

from __future__ import annotations

import pytest

from enablement_ext.adapters.image_usage import Addresses, RestUsage
from enablement_ext.core.errors import Forbidden, HubUnavailable, NotSignedIn, Unavailable
from tests.servers.hub_session import HubSession
from tests.servers.up import DemoHub, free_port


@pytest.mark.slow
def test_running_servers_are_listed_with_their_release(demo_hub: DemoHub) -> None:
    petra, dana = HubSession(demo_hub.url, "petra"), HubSession(demo_hub.url, "dana")
    for session in (petra, dana):
        session.log_in(demo_hub.password(session.name))
    dana.spawn({"enablement-release": "datascience/2026.11.0"})
    token = petra.hub_api("POST", "users/petra/tokens", json={"note": "image usage", "expires_in": 600}).json()["token"]
    usage = RestUsage(Addresses(f"{demo_hub.url}/hub/api", f"{demo_hub.url}/services/enablement", token))
    mine = [server for server in usage.servers() if server.user == "dana" and not server.server]
    assert [(server.image, server.release, server.running) for server in mine] == [("datascience", "2026.11.0", True)]
    assert [submission.number for submission in usage.submissions()] == sorted(s.number for s in usage.submissions())
    stranger = RestUsage(Addresses(f"{demo_hub.url}/hub/api", f"{demo_hub.url}/services/enablement", "no-token"))
    with pytest.raises((NotSignedIn, Forbidden)):
        stranger.servers()


def test_what_is_not_set_or_not_there_is_one_clear_line() -> None:
    with pytest.raises(Unavailable, match=r"set \$JUPYTERHUB_API_URL"):
        RestUsage(Addresses("", "", "t")).servers()
    with pytest.raises(NotSignedIn, match=r"set \$JUPYTERHUB_API_TOKEN"):
        RestUsage(Addresses("http://127.0.0.1:9", "", "")).servers()
    with pytest.raises(HubUnavailable, match="no sound answer"):
        RestUsage(Addresses(f"http://127.0.0.1:{free_port()}", "", "t")).servers()
