"""What people read where a server does not take versions: its own words, and what to do. As GitHub, GitLab, Gitea and the bundled forge print it."""

from __future__ import annotations

import pytest

from enablement_ext.core.errors import ForgeAhead, ForgeAway, GitFailed, PushRefused
from enablement_ext.core.git.refusals import is_busy, refusal_of, server_words

GITHUB = """\
remote: error: GH006: Protected branch update failed for refs/heads/main.
remote:
remote: - Changes must be made through a pull request.
To https://github.com/science/dana.churn.git
 ! [remote rejected] HEAD -> main (protected branch hook declined)
error: failed to push some refs to 'https://github.com/science/dana.churn.git'
"""
GITLAB = """\
remote: GitLab: You are not allowed to push code to protected branches on this project.
To https://gitlab.com/science/dana.churn.git
 ! [remote rejected] HEAD -> main (pre-receive hook declined)
"""
GITEA = """\
remote: \nremote: Gitea: Not allowed to push to protected branch main
 ! [remote rejected] HEAD -> main (pre-receive hook declined)
"""
RULE = """\
remote: GitLab: Commit message does not follow the pattern 'JIRA-[0-9]+'
 ! [remote rejected] HEAD -> main (pre-receive hook declined)
"""
READS = """\
remote: Write access to repository not granted.
fatal: unable to access 'https://github.com/science/dana.churn.git/': The requested URL returned error: 403
"""
LIMIT = """\
enablement: Too many keys were asked for. Nothing was lost; wait a minute, then try again.
fatal: credential helper '!tool' told us to quit
"""
LOCK = " ! [remote rejected] HEAD -> main (cannot lock ref 'refs/heads/main': is at 1 but expected 2)\n"


@pytest.mark.parametrize(
    ("printed", "kind", "says"),
    [
        (GITHUB, PushRefused, ["GH006", "through a pull request", "kept here", "make a branch of your own"]),
        (GITLAB, PushRefused, ["not allowed to push code", "make a branch of your own"]),
        (GITEA, PushRefused, ["“Gitea: Not allowed to push to protected branch main”", "make a branch of your own"]),
        (RULE, PushRefused, ["does not follow the pattern", "Change what it asks for"]),
        (" ! [remote rejected] x -> main (deny updating a hidden ref)\n", PushRefused, ["deny updating a hidden ref"]),
        (READS, PushRefused, ["may read", "not write", "not granted", "Ask whom"]),
        (LIMIT, ForgeAway, ["wait a minute"]),
        ("fatal: unable to access 'x': The requested URL returned error: 429\n", ForgeAway, ["wait a minute"]),
        ("fatal: Authentication failed for 'x'\n", ForgeAway, ["did not let you in"]),
        (" ! [rejected] HEAD -> main (fetch first)\n", ForgeAhead, ["colleagues"]),
        ("error: RPC failed; HTTP 413 curl 22\n", GitFailed, ["Leave large files out"]),
    ],
)
def test_a_refusal_is_told_with_what_to_do(printed: str, kind: type[GitFailed], says: list[str]) -> None:
    refusal = refusal_of(printed)
    assert type(refusal) is kind
    assert all(words in refusal.message for words in says), refusal.message


def test_only_the_first_rule_says_sign_in_or_start_again() -> None:
    for printed in (GITHUB, GITLAB, GITEA, RULE, READS, LIMIT):
        refusal = refusal_of(printed)
        assert refusal is not None
        assert "start your own server" not in refusal.message


def test_what_is_none_of_the_servers_is_left_to_others() -> None:
    assert refusal_of("fatal: unable to access 'http://x/': Could not resolve host: x\n") is None


def test_words_of_a_server_are_one_line_without_credentials_and_progress() -> None:
    printed = "remote: Resolving deltas: 100%\nremote: see https://dana:secret@forge.example/x\x1b[31m\nremote:   now\n"
    assert server_words(printed) == "see https://forge.example/x[31m now"
    assert len(server_words("remote: " + "x" * 10_000)) <= 400


def test_a_push_is_tried_again_only_where_the_server_is_busy() -> None:
    assert is_busy(LOCK)
    assert not any(is_busy(printed) for printed in (GITHUB, GITLAB, GITEA, RULE, READS, ""))
