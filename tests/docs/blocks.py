"""The shell blocks of a page, as a reader takes them: what is typed, what is said to be shown, what is left to fill in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
SHELL = "sh"
PLACEHOLDER = re.compile(r"<[a-z]+(?:-[a-z]+)*>")
_REASON = re.compile(r"<!-- not run: (.+?) -->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One `sh` block. `shown` are the lines of the `text` blocks up to the next one; `reason` says why it is not run, if it is not."""

    line: int
    text: str
    reason: str
    shown: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its first line, without the comment at the end."""
        return self.text.splitlines()[0].partition("  #")[0].strip()

    @property
    def placeholders(self) -> frozenset[str]:
        """What a reader has to replace."""
        return frozenset(PLACEHOLDER.findall(self.text))

    def script(self, values: Mapping[str, str]) -> str:
        """The block with every placeholder replaced. Raises KeyError for one that has no value."""
        return fill(self.text, values)

    def argv(self, values: Mapping[str, str]) -> list[str]:
        """The words of a block that is one command."""
        return shlex.split(self.script(values).replace("\\\n", " "), comments=True)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced. Raises KeyError for one that has no value."""
    return PLACEHOLDER.sub(lambda found: values[found[0]], text)


@dataclass(frozen=True, slots=True)
class Page:
    """A page and its shell blocks, in order. `faults` are blocks that nothing could be said of."""

    name: str
    blocks: tuple[Block, ...]
    faults: tuple[str, ...]

    def __getitem__(self, name: str) -> Block:
        """The block whose first line that is."""
        return next(block for block in self.blocks if block.name == name)


@cache
def page(name: str) -> Page:
    """A page by its path in the repository."""
    return parse(name, (ROOT / name).read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Page:
    """A page out of its Markdown. A fence of no or another shell's language, and an indented code block, are faults."""
    blocks: list[Block] = []
    faults: list[str] = []
    before: Token | None = None
    for token in MarkdownIt("commonmark").parse(text):
        if token.type in ("fence", "code_block"):
            where = f"{name}:{(token.map or [0])[0] + 1}"
            language = token.info.split()[0] if token.info.strip() else ""
            if token.type == "code_block" or language in ("", "bash", "console", "shell", "shell-session"):
                faults.append(f"{where}: a block of commands is a ```sh block, what is shown is a ```text block")
            elif language == SHELL:
                blocks.append(Block((token.map or [0])[0] + 1, token.content, _reason(before), ()))
            elif language == "text" and blocks:
                blocks[-1] = _showing(blocks[-1], token.content)
        before = token
    return Page(name, tuple(blocks), tuple(faults))


def unseen(shown: tuple[str, ...], printed: str) -> Iterator[str]:
    """The lines of the page that were not printed in this order; `…` stands for anything."""
    rest = printed
    for line in filter(str.strip, shown):
        pattern = r"\s+".join(re.escape(word).replace("…", ".*?") for word in line.split())
        if found := re.search(pattern, rest):
            rest = rest[found.end() :]
        else:
            yield line


def _reason(before: Token | None) -> str:
    found = _REASON.fullmatch(before.content.strip()) if before is not None and before.type == "html_block" else None
    return " ".join(found[1].split()) if found else ""


def _showing(block: Block, text: str) -> Block:
    return Block(block.line, block.text, block.reason, (*block.shown, *text.splitlines()))
