"""Texts of the managed Git configuration, the tool, `.gitignore` and `.gitattributes`. Nothing in them is secret."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from enablement_ext.core.git.repository_paths import encoded
from enablement_ext.core.git.setup.managed_blocks import Block

IGNORED = Block(
    rest=(
        ".ipynb_checkpoints/",
        "__pycache__/",
        ".venv/",
        ".env*",
        "*.pem",
        "*.key",
        "# enablement:end",
    )
)
ATTRIBUTES = Block("", ("*.ipynb filter=enablement diff=jupyternotebook merge=jupyternotebook", "# enablement:end"))

_TOOL = """\
#!/bin/sh
# Written by Enablement at a fixed place, because images come and go: it finds the tools of the image that runs now.
# Without them it never stands in the way.
job="$1"
shift
[ "$job $2" = "credential store" ] && exit 0  # nothing is kept, so nobody needs to start for it
ours={bin}
code=
modules_of() {{
  for code in "$1"/../enablement/site "$1"/../lib/python3*/site-packages; do [ -d "$code/enablement_ext" ] && return 0; done
  code=
  [ "$1" = "$ours" ]
}}
run() {{
  module="enablement_ext.lab.git.$1"
  shift
  [ -n "$code" ] || exec "$bin/python" -I -c "import sys; from $module import main; sys.exit(main())" "$@"
  # These modules need nothing beside them: without a look through all that is installed, Python starts in half the time.
  exec "$bin/python" -I -S -c "import sys; sys.path.append(sys.argv.pop(1)); from $module import main; sys.exit(main())" "$code" "$@"
}}
for bin in "$ours" "${{VIRTUAL_ENV:-/nowhere}}/bin"; do
  [ -x "$bin/python" ] && modules_of "$bin" || continue
  case "$job" in
    credential) run credential_helper "$@" ;;
    clean)  # Git says which file it is; what the index has of it comes while Python starts
      exec 4<&0
      GIT_NO_LAZY_FETCH=1 git cat-file blob ":0:$1" 2>/dev/null </dev/null 4<&- |
        run clean_filter 3 3<&0 <&4 4<&-
      exit ;;
    diff) [ -x "$bin/git-nbdiffdriver" ] && exec "$bin/git-nbdiffdriver" diff "$@" ;;
    merge) [ -x "$bin/git-nbmergedriver" ] && exec "$bin/git-nbmergedriver" merge "$@" ;;
  esac
done
case "$job" in
  clean) exec cat ;;
  diff) diff -u -- "$2" "$5"; exit 0 ;;
  merge) exec git merge-file -- "$2" "$1" "$3" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class GitIdentity:
    """Author and committer by the hub. `host` is the hub's name, for an e-mail address that nobody else has."""

    name: str
    host: str = "enablement.invalid"

    @property
    def shown(self) -> str:
        """The name as Git takes it: one line without `<` and `>`."""
        return re.sub(r"[<>\n\r\0]|[^\S ]", "", self.name).strip() or "author"

    @property
    def email(self) -> str:
        """An address that tells people apart and reaches nobody."""
        return f"{encoded(self.name)}@users.{self.host}"


@dataclass(frozen=True, slots=True)
class ManagedFile:
    """The managed configuration. `tool` is the path of the script, `base` what all of the forge's addresses begin with.

    `urls` are those of the repositories that are set up: for these and no others the helper is asked.
    """

    tool: str
    base: str
    person: GitIdentity
    urls: tuple[str, ...] = ()
    says: frozenset[str] = frozenset({"name", "email"})  # what the author's own configuration does not set
    others: tuple[tuple[str, str], ...] = ()  # conditions under which a file of the author's sets it all the same

    def text(self) -> str:
        """What is written to disk: a line that says who manages it, then the settings."""
        tool = shlex.quote(self.tool)
        values = {"name": self.person.shown, "email": self.person.email}
        said = "".join(f"\t{key} = {quoted(value)}\n" for key, value in values.items() if key in self.says)
        identity = f"[user]\n{said}" if said else ""
        identity += "".join(f"[includeIf {quoted(when)}]\n\tpath = {quoted(path)}\n" for when, path in self.others)
        return (
            "# Written by Enablement. Undo in JupyterLab removes it. Nothing in here is secret.\n"
            + identity
            + "".join(
                _credential(spelling, helper_command(self.tool, url))
                for url in self.urls
                for spelling in spellings(url)
            )
            + f"[http {quoted(self.base)}]\n\tfollowRedirects = false\n{self._unproxied}"
            f'[filter "enablement"]\n\tclean = {quoted(f"{tool} clean %f")}\n\trequired = false\n'
            f'[diff "jupyternotebook"]\n\tcommand = {quoted(f"{tool} diff")}\n'
            f'[merge "jupyternotebook"]\n\tname = notebooks\n\tdriver = {quoted(f"{tool} merge %O %A %B %L %P")}\n'
        )

    @property
    def _unproxied(self) -> str:
        """A proxy that the environment names would see a key that goes over plain http."""
        return "\tproxy =\n" if self.base.startswith("http://") else ""


def spellings(url: str) -> tuple[str, str]:
    """A clone address with and without `.git` at its end: the same repository."""
    bare = url.removesuffix(".git")
    return bare, f"{bare}.git"


def helper_command(tool: str, url: str) -> str:
    """The credential helper for one address, as Git's configuration names it."""
    return f"!{shlex.quote(tool)} credential {shlex.quote(url)}"


def _credential(url: str, helper: str) -> str:
    """The section of one address. The empty helper resets the list: no other one is asked, or sees the credential."""
    return f"[credential {quoted(url)}]\n\thelper =\n\thelper = {quoted(helper)}\n\tuseHttpPath = true\n"


def quoted(value: str) -> str:
    """A value or a subsection in Git's configuration. Raises `ValueError` for what would end the line."""
    if not value.isprintable():
        raise ValueError("a value of Git's configuration is one line")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def tool_text(bin_folder: str) -> str:
    """The tool: `bin_folder` is where the programs of the image are that runs now."""
    return _TOOL.format(bin=shlex.quote(bin_folder))


def include(config: str) -> Block:
    """The one line in `~/.gitconfig`. `config` is the managed file's path, absolute or beginning with `~/`."""
    return Block(f"[include] path = {quoted(config)}")


def is_tool(text: str) -> bool:
    """Whether it is the tool, for whatever image: it finds the programs of the one that runs by itself."""
    return _without_place(text) == _without_place(_TOOL.format(bin=""))


def _without_place(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("ours=")]
