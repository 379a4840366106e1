"""The review service, an entry point of its own: a tornado web server that JupyterHub starts or is told of.

`app` reads settings and chooses adapters, `assembly` makes the `ServiceContext` (`context`) of them. `http` answers requests by calling
`use_cases`; `background` runs beside it, `checking` examines large notebooks in processes of their own. `caches` and `runtime` belong to one
process; `stored_files` reads and writes the two tiers of files.
"""

from __future__ import annotations
