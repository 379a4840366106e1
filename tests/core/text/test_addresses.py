"""No credential stays in an address, however it is spelled, and the rest of the address does."""

from __future__ import annotations

import pytest

from enablement_ext.core.network.failures import without_secrets
from enablement_ext.core.text.addresses import text_without_credentials, without_credentials
from enablement_ext.web.logs import redact


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://forge.example/a/b.git", "https://forge.example/a/b.git"),
        ("https://forge.example:8443/@scope/b.git", "https://forge.example:8443/@scope/b.git"),
        ("https://dana:s3cr3t@forge.example/a", "https://forge.example/a"),
        ("https://s3cr3t@forge.example/a", "https://forge.example/a"),
        ("https://dana@s3cr3t@forge.example/a", "https://forge.example/a"),
        ("https://dana:s3@cr3t@forge.example/a", "https://forge.example/a"),
        ("https://dana:s3/cr3t@forge.example/a", ""),
        ("https://[s3cr3t@forge.example/a", ""),
        ("git@forge.example:a/b.git", "git@forge.example:a/b.git"),
        ("", ""),
    ],
)
def test_addresses(address: str, kept: str) -> None:
    assert without_credentials(address) == kept
    assert without_credentials(kept) == kept
    said = f"fatal: could not read '{address}': refused"
    for shown in (text_without_credentials(said), without_secrets(said)):
        assert "cr3t" not in shown
        assert shown.endswith("': refused")


@pytest.mark.parametrize("password", ["s3cr3t", "s3@cr3t", "s3/cr3t", "a:cr3t"])
def test_logs(password: str) -> None:
    assert "cr3t" not in redact(f"connect postgresql://svc:{password}@db/q failed")
