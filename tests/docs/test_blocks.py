"""Every shell block of the recipes is run, or says on its page why it is not. Quick: nothing is run here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement_ext.cli.app import build_parser
from tests.docs.blocks import PLACEHOLDER, ROOT, Block, page, parse, unseen
from tests.docs.run_list import KUBE, RUN

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/how-to/**/*.md"), *ROOT.glob("docs/tutorial/*.md")]
)
EXAMPLE = re.compile(r"\bregistry\.example\b|\bexample\.(?:com|net)\b|…|\byour-|[a-z]://(?:HOST|USER)\b")
COMMAND = re.compile(r"^(?:\S+=\S+ )*(?:\.venv/bin/)?(enablement .*)$", re.MULTILINE)


def marked(name: str) -> list[Block]:
    return [block for block in page(name).blocks if block.reason]


@pytest.mark.parametrize("name", PAGES)
def test_every_shell_block_is_run_or_says_why_not(name: str) -> None:
    assert page(name).faults == ()
    to_run = [block.name for block in page(name).blocks if not block.reason]
    known = {*RUN.get(name, ()), *KUBE.get(name, ())}
    neither = [block for block in to_run if block not in known]
    assert not neither, f"{name}: in no run list of tests/docs/run_list.py, and not marked <!-- not run: … -->"
    assert [block for block in to_run if block in RUN.get(name, ())] == list(RUN.get(name, ())), "not as on the page"
    assert [block for block in to_run if block in KUBE.get(name, ())] == list(KUBE.get(name, ())), "not as on the page"


def test_no_run_list_names_a_page_that_is_gone() -> None:
    assert {*RUN, *KUBE} <= set(PAGES)


@pytest.mark.parametrize("name", sorted(RUN))
def test_every_page_with_a_run_list_has_a_test_that_reads_it(name: str) -> None:
    tests = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")]
    assert sum(f'reading("{name}"' in text or f'Reader(page("{name}")' in text for text in tests) == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_reason_is_a_reason_and_a_name_means_one_block(name: str) -> None:
    assert [block.line for block in marked(name) if len(block.reason.split()) < 3] == []
    names = [block.name for block in page(name).blocks]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", PAGES)
def test_what_a_reader_replaces_has_one_form(name: str) -> None:
    """`<word>`. A host that does not exist, an ellipsis or `your-…` would be a second one."""
    text = [(block.line, found[0]) for block in page(name).blocks for found in EXAMPLE.finditer(block.text)]
    assert text == []


def written_commands() -> Iterator[tuple[str, str]]:
    for name in PAGES:
        for block in page(name).blocks:
            for found in COMMAND.finditer(block.text.replace("\\\n", " ")):
                yield f"{name}:{block.line}", found[1]


@pytest.mark.parametrize(("where", "command"), list(written_commands()))
def test_every_command_of_ours_is_one_that_there_is(where: str, command: str) -> None:
    """Also of the blocks that are not run: verbs and options are parsed."""
    words = shlex.split(PLACEHOLDER.sub("2026-11-25", command), comments=True)
    try:
        build_parser().parse_args(words[1:])
    except SystemExit as ended:
        raise AssertionError(f"{where}: {command}") from ended


def test_every_path_of_the_recipes_is_there() -> None:
    """Below the package unless it begins with another folder of the repository; one with a placeholder is not there yet."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {
        path for path in re.findall(r"`([\w./<>-]+/[\w./<>-]*)`", text) if "<" not in path and not path.startswith("/")
    }
    assert len(named) > 30
    assert [path for path in sorted(named - {".venv/bin/enablement"}) if not _found(path)] == []


def _found(path: str) -> bool:
    return (ROOT / path).exists() or (ROOT / "enablement_ext" / path).exists()


PAGE = """# A page

- in a list

  ```sh
  make <thing>  # a remark
  ```

  ```text
  made … in 3 s
  ```

<!-- not run: needs a moon
     that is full -->
```sh
howl
```

Words in between.

<!-- not run: not directly above -->

Words.

```sh
bark
```

    indented

```console
$ old
```

```
none
```
"""


def test_blocks_are_found_with_what_is_shown_and_why_they_are_not_run() -> None:
    found = parse("page.md", PAGE)
    assert [(block.name, block.reason) for block in found.blocks] == [
        ("make <thing>", ""),
        ("howl", "needs a moon that is full"),
        ("bark", ""),
    ]
    first = found["make <thing>"]
    assert first.placeholders == {"<thing>"}
    assert first.argv({"<thing>": "a b"}) == ["make", "a", "b"]
    assert first.shown == ("made … in 3 s",)
    assert [fault.partition(": ")[0] for fault in found.faults] == ["page.md:29", "page.md:31", "page.md:35"]
    with pytest.raises(KeyError):
        first.script({"<other>": "x"})


def test_what_a_page_shows_must_be_printed_in_its_order() -> None:
    printed = "starting\n  dana   s3cret  data scientist\nready\n"
    assert list(unseen(("dana  …  data scientist", "", "ready"), printed)) == []
    assert list(unseen(("ready", "dana … data scientist"), printed)) == ["dana … data scientist"]
    assert list(unseen(("petra",), printed)) == ["petra"]
