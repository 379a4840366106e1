"""The review store on SQLAlchemy Core: SQLite for one machine, PostgreSQL for many, the same code.

`upgrade.upgrade(url)` brings the tables to this version; `store.DatabaseReviewStore(url)` is the store over them. Statements are executed with
`connection.execute`; those of the benchmarked paths are compiled once (`statements/`).
"""
