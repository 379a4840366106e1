"""Who uses a release: what a person reads where nobody can be asked. The contract suite of the port asks a real hub and service."""

from __future__ import annotations

import pytest

from enablement_ext.adapters.image_usage import Addresses, RestUsage
from enablement_ext.core.errors import HubUnavailable, NotSignedIn, Unavailable
from tests.servers.ports import free_port


def test_what_is_not_set_or_not_there_is_one_clear_line() -> None:
    with pytest.raises(Unavailable, match=r"set \$JUPYTERHUB_API_URL"):
        RestUsage(Addresses("", "", "t")).servers()
    with pytest.raises(NotSignedIn, match=r"set \$JUPYTERHUB_API_TOKEN"):
        RestUsage(Addresses("http://127.0.0.1:9", "", "")).servers()
    with pytest.raises(HubUnavailable, match="no sound answer"):
        RestUsage(Addresses(f"http://127.0.0.1:{free_port()}", "", "t")).servers()
