"""Runs of versions that are due, as a queue: what is asked for, who works on it, and how it ended.

* `models`: a due run and its states; the changes that it can go through, as functions from one value to the next.
* `trials`: runs that an author asks for before sending.
* `choosing`: which one is next, fair between people; `ports`: where they are kept.
"""

from __future__ import annotations
