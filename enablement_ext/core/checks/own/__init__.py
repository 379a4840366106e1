"""The checks that come with Enablement: one a module, and what several of them read code with.

`python_cells` takes magics out of a cell, `python_lint` is what `lint` asks where no ruff is.
"""
