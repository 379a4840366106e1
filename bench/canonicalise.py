"""How fast notebooks come in: MB/s of the canonicaliser, beside the least that storing parsed JSON can cost.

Usage: python bench/canonicalise.py [SIZE...]     sizes such as 20K 1M 50M (the default)

The yardstick is json.loads + json.dumps + sha256 over the same bytes: reading, writing and hashing without looking.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import sys
import time
from collections.abc import Callable

from enablement_ext.core.notebook import canonicalise, view
from enablement_ext.core.secrets import find_secrets, notebook_parts

_UNITS = {"K": 1_000, "M": 1_000_000}
_ROUNDS = 5


def notebook(size: int, seed: int = 7) -> bytes:
    """A notebook of about `size` bytes as JupyterLab saves it: code, text, printed lines, an HTML table and, for the rest, images."""
    chance = random.Random(seed)
    cells: list[dict[str, object]] = []
    images = max(size // 1_000_000, 1)
    filler = max(size - 12_000 * images, 0) * 3 // 4 // images
    for number in range(images):
        cells.append({"cell_type": "markdown", "id": f"text-{number}", "metadata": {}, "source": [f"## Step {number}\n", "Why é we do this."]})
        table = "".join(f"<tr><td>{row}</td><td>{chance.random()}</td></tr>\n" for row in range(60))
        image = base64.b64encode(chance.randbytes(filler)).decode()
        cells.append(
            {
                "cell_type": "code",
                "execution_count": number,
                "id": f"code-{number}",
                "metadata": {"tags": []},
                "outputs": [
                    {"name": "stdout", "output_type": "stream", "text": [f"epoch {row}: \"loss\" 0.{row}\n" for row in range(40)]},
                    {"data": {"image/png": image, "text/html": table.splitlines(True)}, "metadata": {}, "output_type": "display_data"},
                ],
                "source": [f"frame_{row} = load('part-{row}.csv')\n" for row in range(30)],
            }
        )
    value = {"cells": cells, "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _yardstick(data: bytes) -> str:
    return hashlib.sha256(json.dumps(json.loads(data), ensure_ascii=False).encode()).hexdigest()


def _best(work: Callable[[], object], size: int) -> float:
    """Seconds of the fastest round."""
    rounds = _ROUNDS if size > 500_000 else _ROUNDS * 20
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def main(sizes: list[str]) -> None:
    """Print one line per size."""
    print(f"{'size':>10} {'canonicalise':>18} {'loads+dumps+sha':>18} {'ratio':>6} {'view of a page':>16} {'secrets':>16}")
    for name in sizes:
        data = notebook(int(float(name[:-1]) * _UNITS[name[-1]]))
        stored = canonicalise(data).data
        mine = _best(lambda data=data: canonicalise(data), len(data))  # type: ignore[misc]
        least = _best(lambda data=data: _yardstick(data), len(data))  # type: ignore[misc]
        page = _best(lambda stored=stored: view(stored, 0, 50), len(data))  # type: ignore[misc]
        scan = _best(lambda stored=stored: find_secrets(notebook_parts(stored)), len(data))  # type: ignore[misc]
        columns = (f"{seconds * 1000:.2f} ms {len(data) / seconds / 1e6:6.0f} MB/s" for seconds in (mine, least))
        print(f"{len(data):>10,} {'   '.join(columns)} {mine / least:6.2f} {page * 1000:13.2f} ms {scan * 1000:13.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1:] or ["20K", "1M", "50M"])
