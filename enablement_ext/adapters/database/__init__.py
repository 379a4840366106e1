"""The queue in a database: SQLite for one machine, PostgreSQL for many, the same code.

`upgrade.upgrade(url)` brings the tables to this version; `store.DatabaseReviewStore(url)` is the store over them.
"""
