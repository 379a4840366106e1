"""Checks of a notebook that take well under a second and run nothing: what they find, how grave that is, and how it is told.

* `models`, `ports`: what is looked at, a finding, and what a check is; `registry`: those that come with Enablement, and those of others.
* `own`: one check a module.
* `policy`: the level of each finding, who may override it and what is kept of outputs, from a file of rules; `judging`: findings by that policy.
* `reports`: findings as text, JSON, SARIF and JUnit.

A finding is a code with facts; its English sentence and what to do stand beside the code in the check's module.
"""
