"""The queue in a database: SQLite for one machine, PostgreSQL for many, the same code.

`upgrade(url)` brings the tables to this version; `DatabaseReviewStore(url)` is the store over them.
"""

from __future__ import annotations

from enablement_ext.adapters.database.engine import Limits
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade

__all__ = ["DatabaseReviewStore", "Limits", "upgrade"]
