"""The service over HTTP: the web server's one handler, and the functions that answer each route."""
