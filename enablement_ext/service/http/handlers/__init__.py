"""Handlers: for each route a function from (context, request) to a response, one module a subject; `routes` declares them.

They make commands and queries of requests and JSON or pages of what use cases return. What is raised, the web server's handler translates.
"""
