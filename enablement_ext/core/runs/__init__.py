"""Running a notebook again in a sandbox: what is asked for, what comes back, and the verdict on the whole.

* `models`: a request, limits, how a run ended, what each cell did, the files that were written; `ports`: what runs it.
* `layers`: what a sandbox enforces on this host, and the grade that follows.
* `outputs`, `sequence`: a kernel's messages made into a cell's outputs, and whether some were lost.
* `needs`: what a failed cell lacked, from evidence.
* `rerun`: the use case, one run or two and the comparison; `report`: its line for a reviewer and its JSON; `kept`: what is stored of it.
"""

from __future__ import annotations
