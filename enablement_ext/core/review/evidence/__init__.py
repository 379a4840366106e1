"""What checks and runs of a version must have shown before it may be approved, and who approved all the same.

* `rules`: what is asked for, per image and track, as the file of rules says it.
* `judging`: the requirements that follow, each with where it stands; what is not known never holds.
* `overrides`: reasons that let an approval through, which are events, and when they count.
"""

from __future__ import annotations
