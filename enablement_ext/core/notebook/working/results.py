"""What running a notebook leaves in it. One notion for what Git keeps, for what counts as a change, and for what is merged and compared.

Outputs and execution counts of code cells, the state of widgets, and the times and other records that Jupyter, JupyterLab, papermill,
Colab and VS Code write beside a cell or into the notebook when it runs. Kernel and format of the file are not results.
"""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would cost Git's filter a tenth of its time
if TYPE_CHECKING:
    from typing import Any

# Keys of a cell's metadata and of a notebook's.
CELL_RECORDS = frozenset({"ExecuteTime", "execution", "executionInfo", "outputId", "papermill"})
# `language_info` is what the kernel says of itself once it runs; it comes and goes with starts and images.
NOTEBOOK_RECORDS = frozenset({"language_info", "papermill", "widgets"})

Cell = dict[str, "Any"]


def strip_results(notebook: dict[str, Any]) -> None:
    """Takes them out of a notebook of format 4, in place."""
    for cell in notebook["cells"]:
        strip_cell(cell)
    metadata = notebook.get("metadata")
    if isinstance(metadata, dict):
        for name in NOTEBOOK_RECORDS & metadata.keys():
            del metadata[name]


def strip_cell(cell: Cell) -> None:
    """Takes them out of a cell, in place. A code cell has neither outputs nor a count then."""
    if cell["cell_type"] == "code":
        cell["outputs"] = []
        cell["execution_count"] = None
    metadata = cell.get("metadata")
    if isinstance(metadata, dict):
        for name in CELL_RECORDS & metadata.keys():
            del metadata[name]


def results_of(cell: Mapping[str, Any]) -> Cell:
    """Outputs and count of a code cell, as far as it has them."""
    return {key: cell[key] for key in ("outputs", "execution_count") if key in cell}


def metadata_without_results(cell: Mapping[str, Any]) -> Cell:
    """A cell's metadata as somebody wrote them."""
    metadata = cell.get("metadata")
    return (
        {key: value for key, value in metadata.items() if key not in CELL_RECORDS} if isinstance(metadata, dict) else {}
    )
