"""Which forge a deployment uses: settings, secrets from files or the environment, and one sentence where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from traitlets import TraitError
from traitlets.config import Config

from enablement_ext.adapters.forges.factory import api_of
from enablement_ext.adapters.git.bundled.forge import BundledForge
from enablement_ext.core.access.signed_values import ValueSigner
from enablement_ext.core.git.forges.ports import ForgeKind
from enablement_ext.service.app import ReviewService, main
from enablement_ext.service.settings.forge import ForgeSettings
from tests.git.fake_github import pem

SECRET = "glpat-very-secret-indeed"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENABLEMENT_FORGE", "ENABLEMENT_FORGE_SECRET", "ENABLEMENT_FORGE_HOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)


def settings(**values: str) -> ForgeSettings:
    return ForgeSettings(config=Config({"ForgeSettings": values}))


def test_the_service_keeps_repositories_itself_unless_told_otherwise(tmp_path: Path) -> None:
    assert settings().bundled
    forge = ReviewService(state=str(tmp_path))._forge(ValueSigner(b"k" * 32))
    assert isinstance(forge, BundledForge)


def test_a_secret_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, hook = tmp_path / "token", tmp_path / "hook"
    file.write_text(f"{SECRET}\n")
    hook.write_text("from-the-file\n")
    chosen = settings(kind="gitlab", owner="/company/science/", secret_file=str(file), hook_secret_file=str(hook))
    account = chosen.account_at(api_of)
    assert (account.secret, account.hook_secret, account.owner) == (SECRET, "from-the-file", "company/science")
    assert (account.url, account.api) == ("https://gitlab.com", "https://gitlab.com/api/v4")
    assert SECRET not in repr(account)
    monkeypatch.setenv("ENABLEMENT_FORGE_SECRET", "other")
    monkeypatch.setenv("ENABLEMENT_FORGE", "gitlab")
    account = settings(owner="science").account_at(api_of)
    assert (account.kind, account.secret, account.hook_secret) == (ForgeKind.GITLAB, "other", "")
    assert settings(kind="bundled").bundled  # what is set wins


def test_a_forge_is_made_of_the_settings(tmp_path: Path) -> None:
    key = tmp_path / "app.pem"
    key.write_text(pem())
    values = {"kind": "github", "owner": "science", "account": "42", "secret_file": str(key)}
    service = ReviewService(config=Config({"ForgeSettings": values}))
    place = service._forge(ValueSigner(b"k" * 32)).place
    assert (place.kind, place.base) == (ForgeKind.GITHUB, "https://github.com/science/")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": "gitea", "owner": "science"}, "url, account, secret_file"),
        ({"kind": "github"}, "owner, account, secret_file"),
        ({"kind": "gitlab", "owner": "x", "secret_file": "/nowhere/token"}, "cannot be read"),
        ({"kind": "gitlab", "url": "ftp://x"}, "http or https"),
        ({"kind": "gitlab", "url": f"https://u:{SECRET}@x"}, "without a password"),
        ({"kind": "sourceforge"}, "kind"),
    ],
)
def test_what_is_missing_or_wrong_is_said(values: dict[str, str], says: str) -> None:
    with pytest.raises(TraitError, match=says) as caught:
        settings(**values).account_at(api_of)
    assert SECRET not in str(caught.value)


def test_the_service_leaves_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "key"
    secret.write_text(SECRET)
    argv = [f"--state={tmp_path}", "--url=http://127.0.0.1:0", "--ForgeSettings.kind=github", "--ForgeSettings.owner=x"]
    assert main([*argv, "--ForgeSettings.account=1", f"--ForgeSettings.secret_file={secret}"]) == 2
    said = capsys.readouterr().err
    assert "not the private key of a GitHub App" in said
    assert SECRET not in said
