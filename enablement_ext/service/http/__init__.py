"""The service over HTTP: tornado's request handlers (`endpoint`, `git_endpoint`) and what stands between them and the functions of `handlers`:

who is asking and how large the body is (`admission`, `session`), what becomes of a refused body (`draining_handler`), pages (`rendering`),
forms with their tickets (`tickets`), endless answers (`streaming`), and JSON of what use cases return (`presentation`). `server` puts the route
table together.
"""
