"""What outputs are made of: words and numbers as people print them, tables as pandas writes them, drawings."""

from __future__ import annotations

import base64
import io
import string
from collections.abc import Sequence
from random import Random
from typing import Any

from PIL import Image, ImageDraw

Outputs = list[dict[str, Any]]
WORDS = ("mean", "total", "New York", "loss", "rate", "Ångström", "n", "accuracy", "customers", "p-value")


def printed(text: str, name: str = "stdout") -> Outputs:
    """A stream."""
    return [{"output_type": "stream", "name": name, "text": text}]


def shown(**data: object) -> Outputs:
    """A result; `html`, `png`, `plotly`, `json` and `plain` are its forms."""
    kinds = {
        "plain": "text/plain",
        "html": "text/html",
        "png": "image/png",
        "plotly": "application/vnd.plotly.v1+json",
        "json": "application/json",
    }
    return [
        {"output_type": "display_data", "data": {kinds[name]: value for name, value in data.items()}, "metadata": {}}
    ]


def sentence(random: Random) -> str:
    """Words and numbers as people print them."""
    parts = [
        f"{random.choice(WORDS)}{random.choice((': ', ' = ', ' '))}{number(random)}"
        for _ in range(random.randint(1, 5))
    ]
    return random.choice(("\n", ", ", "  ")).join(parts)


def number(random: Random) -> str:
    """A number in one of the usual forms."""
    value = random.uniform(-1, 1) * 10 ** random.randint(-6, 8)
    return random.choice(
        (repr(value), f"{value:.4f}", f"{value:.3e}", str(round(value)), f"{round(value)}.0", f"{value:.1%}")
    )


def other_digit(random: Random, text: str) -> str:
    """The text with one digit changed, among the first six that count of its number."""
    places, counted = list[int](), 0
    for at, mark in enumerate(text):
        if mark in string.digits:
            counted += counted > 0 or mark != "0"
            if 1 <= counted <= 6:
                places.append(at)
        elif mark not in ".":
            counted = 6 if mark in "eE" and counted else 0
    if not places:
        return text + "1"
    at = random.choice(places)
    return text[:at] + random.choice([each for each in "123456789" if each != text[at]]) + text[at + 1 :]


def rows(random: Random) -> list[tuple[str, ...]]:
    """A table: its first column are labels."""
    names = random.sample(string.ascii_lowercase, random.randint(2, 8))
    return [(name, str(random.randint(0, 10**6)), f"{random.random():.6f}") for name in names]


def table(found: Sequence[Sequence[str]], *, style: str = "", indent: int = 2) -> str:
    """As pandas writes it."""
    pad = " " * indent
    body = "\n".join(
        f"{pad}<tr><th>{row[0]}</th>{''.join(f'<td>{cell}</td>' for cell in row[1:])}</tr>" for row in found
    )
    head = "<thead><tr><th></th><th>n</th><th>share</th></tr></thead>"
    return f'<div>{style}<table border="1" class="dataframe">\n{head}\n<tbody>\n{body}\n</tbody></table></div>'


def drawing(random: Random, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A chart of lines and marks."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.line([(x, random.randint(10, size[1] - 10)) for x in range(10, size[0] - 10, 15)], "blue", 2)
    for _ in range(6):
        x, y = random.randint(5, size[0] - 15), random.randint(5, size[1] - 15)
        draw.ellipse((x, y, x + 8, y + 8), "red")
    return picture


def png(picture: Image.Image, **more: Any) -> str:
    """As an output holds it."""
    file = io.BytesIO()
    picture.save(file, "PNG", **more)
    return base64.b64encode(file.getvalue()).decode()
