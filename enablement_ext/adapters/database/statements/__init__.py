"""The statements that are run often, written in SQLAlchemy Core and compiled once (docs/adr/0030-sql-layer.md).

Everything else in `adapters/database` uses `connection.execute(statement)`. Here the compiled text is kept by each builder's `lru_cache`
(one entry a dialect and shape) and run on the DBAPI cursor of the connection's own transaction. Unlike `Connection.execute`:

- no execution context, no `CursorResult` and no `Row`: about 50 µs a statement and, for a page of the queue, a third of its time;
- no bind or result processing: values are what the driver takes and returns, so columns are integers, text and bytes only;
- no events (`before_cursor_execute` and the like) and no `echo`.

As with it: errors are SQLAlchemy's (`DBAPIError` and its subclasses) and a lost connection is invalidated together with its pool.
"""
