"""Notebooks and outputs made from a seed, each with the outcome that it must have, and kernels that die in every way (make run-outcomes, make run-deaths).

* `outputs`: what a cell was sent with and what two runs of it showed, without any kernel: the comparer alone; made of `material`.
* `notebooks`: whole notebooks, run in the sandbox; what hostile ones do stands in `tests/adapters/sandbox`.
* `deaths`: kernels that end, each with the name that its end must be given.
"""
