"""What a cell asked for and did not get, from the error that it ended with. Only where the notebook's own source names it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from enablement_ext.core.comparison.models import Output

_QUOTED = re.compile(r"['\"]([^'\"\n]{1,1000})['\"]")
_FILE_ERRORS = frozenset({"FileNotFoundError", "NotADirectoryError", "OSError", "IOError"})
_UNREACHABLE = (
    "Network is unreachable",
    "Temporary failure in name resolution",
    "Name or service not known",
    "No address associated with hostname",
    "nodename nor servname provided",
)
_REFUSED = "Connection refused"  # of a service that the notebook expects on its own machine
_HOST = re.compile(r"host=['\"]([A-Za-z0-9.-]{1,253})['\"]|https?://([A-Za-z0-9.-]{1,253})")


def needs_of(outputs: Sequence[Output], sources: Sequence[str], brought: Collection[str]) -> tuple[str, ...]:
    """Files, addresses and names of the environment, in words. `sources`: the cells up to the failed one, which comes last; `brought`: the
    files beside the notebook. Empty where the error is the notebook's own."""
    error = next((each for each in reversed(outputs) if each.get("output_type") == "error"), None)
    if error is None:
        return ()
    name, value = str(error.get("ename", "")), str(error.get("evalue", ""))
    trace = "\n".join(map(str, error.get("traceback") or ()))
    found = _file(name, value, sources, brought) or _address(value, trace, sources) or _variable(name, value, sources)
    return (found,) if found else ()


def _file(name: str, value: str, sources: Sequence[str], brought: Collection[str]) -> str:
    if name not in _FILE_ERRORS or not ("No such file" in value or "Not a directory" in value or "not found" in value):
        return ""
    for path in map(str, _QUOTED.findall(value)):
        plain = path.removeprefix("./")
        if plain not in brought and any(path in source or plain in source for source in sources):
            return plain
    return ""


def _address(value: str, trace: str, sources: Sequence[str]) -> str:
    if not any(words in value or words in trace for words in _UNREACHABLE) and _REFUSED not in value:
        return ""
    hosts = (first or second for first, second in _HOST.findall(f"{value}\n{sources[-1] if sources else ''}"))
    host = next(hosts, "")
    return f"the network ({host})" if host else "the network"


def _variable(name: str, value: str, sources: Sequence[str]) -> str:
    wanted = value.strip("'\"")
    if name != "KeyError" or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,200}", wanted):
        return ""
    asked = re.compile(rf"\benviron\s*\[\s*['\"]{wanted}['\"]\s*\]")
    return f"the environment variable {wanted}" if any(asked.search(source) for source in sources) else ""
