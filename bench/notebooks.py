"""Notebooks as people make them: prose, code, printed lines, tables and plots. No two are alike, so nothing is recognised as sent before."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256

from enablement_ext.core.submission.bundle import OutgoingFile, write_bundle

PATH = "analysis/churn.ipynb"
_PLOT_BYTES = (6_000, 30_000, 180_000)  # a small plot, a usual one, a dense one at screen resolution
_CODE = """\
import pandas as pd
import matplotlib.pyplot as plt

frame = pd.read_parquet("data/customers.parquet")
recent = frame[frame["seen"] > "2026-0{month}-01"].copy()
recent["ratio"] = recent["spent"] / recent["visits"].clip(lower=1)
model = fit(recent, features=["ratio", "age_{tag}"], rounds={rounds})
print(f"score {{model.score:.4f}} on {{len(recent)}} rows")
recent.groupby("segment")["ratio"].describe()"""
_PROSE = """\
## Step {number}: what changes for segment {tag}

Customers who came back within **{rounds} days** behave differently – we keep them apart from here on:

- the ratio of *spent* to *visits* is stable from month {month} on (±3 %) → we keep it,
- see $\\hat y = X\\beta$ and the table below."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One notebook ready to be sent: its bytes, and the bundle around it."""

    notebook: bytes
    bundle: bytes


def make(size: int, seed: int) -> Sent:
    """A notebook of about `size` bytes as JupyterLab writes it, and its bundle. The same arguments make the same bytes."""
    notebook = make_notebook(size, seed)
    sending: dict[str, object] = {
        "answers": {
            "title": f"Who comes back, take {seed}",
            "problem": "We lose customers in their third month.",
            "stage": "model_development",
        },
        "notebook": {"path": PATH, "sha256": sha256(notebook).hexdigest()},
        "files": [],
        "git": {"commit": f"{seed:040x}", "branch": "main", "remote": "", "dirty": True},
        "stamp": None,
    }
    bundle = write_bundle(sending, [OutgoingFile(PATH, len(notebook), (notebook,))])
    return Sent(notebook, b"".join(bundle.chunks))


def make_notebook(size: int, seed: int) -> bytes:
    """The notebook's bytes alone."""
    chance = random.Random(seed)
    plot = next((one for one in reversed(_PLOT_BYTES) if one * 4 < size), _PLOT_BYTES[0])
    cells: list[dict[str, object]] = []
    written = 0
    while not cells or written < size * 0.97:
        pair = [_prose(chance, len(cells)), _code(chance, len(cells), plot)]
        written += len(_written(pair))
        cells += pair
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {
                "name": "python",
                "version": "3.11.7",
                "file_extension": ".py",
                "mimetype": "text/x-python",
            },
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return _written(document) + b"\n"


def _written(value: object) -> bytes:
    """JSON as nbformat writes it."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _prose(chance: random.Random, number: int) -> dict[str, object]:
    text = _PROSE.format(
        number=number, tag=chance.randbytes(2).hex(), rounds=chance.randrange(5, 90), month=chance.randrange(1, 10)
    )
    return {
        "cell_type": "markdown",
        "id": chance.randbytes(4).hex(),
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }


def _code(chance: random.Random, number: int, plot: int) -> dict[str, object]:
    code = _CODE.format(month=chance.randrange(1, 10), tag=chance.randbytes(2).hex(), rounds=chance.randrange(50, 500))
    image = base64.b64encode(png(chance, int(plot * chance.uniform(0.6, 1.4)))).decode()
    return {
        "cell_type": "code",
        "execution_count": number,
        "id": chance.randbytes(4).hex(),
        "metadata": {"tags": ["keep"]} if number % 3 else {},
        "outputs": [
            {
                "name": "stdout",
                "output_type": "stream",
                "text": [f"score {chance.random():.4f} on {chance.randrange(10**6)} rows\n"],
            },
            {"data": _table(chance), "execution_count": number, "metadata": {}, "output_type": "execute_result"},
            {
                "data": {"image/png": image, "text/plain": ["<Figure size 640x480 with 1 Axes>"]},
                "metadata": {},
                "output_type": "display_data",
            },
        ],
        "source": code.splitlines(keepends=True),
    }


def _table(chance: random.Random) -> dict[str, object]:
    rows = [[f"{chance.uniform(0, 100):.4f}" for _ in range(8)] for _ in range(5)]
    html = ["<div>\n", '<table border="1" class="dataframe">\n', "  <tbody>\n"]
    for number, row in enumerate(rows):
        html += [
            "    <tr>\n",
            f"      <th>{number}</th>\n",
            *(f"      <td>{value}</td>\n" for value in row),
            "    </tr>\n",
        ]
    return {
        "text/html": [*html, "  </tbody>\n", "</table>\n", "</div>"],
        "text/plain": [" ".join(row) + "\n" for row in rows],
    }


def png(chance: random.Random, size: int) -> bytes:
    """A valid greyscale PNG of about `size` bytes that packs no further, as a real plot's does."""
    width = 256
    height = max(1, size // (width + 1))
    rows = b"".join(b"\x00" + chance.randbytes(width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
