"""How Sphinx builds the documentation site: `make docs` writes it to build/docs."""

from __future__ import annotations

import re
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent / "enablement_ext" / "__init__.py"
_VERSION = re.search(r'__version__ = "([^"]+)"', _PACKAGE.read_text(encoding="utf-8"))

project = "Enablement"
author = "Enablement contributors"
project_copyright = "Enablement contributors"
release = version = _VERSION[1] if _VERSION else ""

extensions = ["myst_parser", "sphinx_copybutton", "sphinx_design"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["adr/template.md"]

nitpicky = True
# Links may name a heading: anchors are made down to this level, and one that does not exist is a warning, which `make docs` refuses.
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
# Indented blocks are commands and drawings in no language of their own.
highlight_language = "text"
copybutton_prompt_text = "$ "

html_theme = "pydata_sphinx_theme"
html_title = "Enablement"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "Enablement"},
    "header_links_before_dropdown": 6,
    "navigation_depth": 3,
    "show_nav_level": 1,
    "show_toc_level": 2,
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
