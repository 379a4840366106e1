"""The bundled forge: bare repositories in the service's state folder, served over HTTP by Git's own `http-backend`.

`forge` implements the port; `http_backend` runs one CGI exchange; `default_branch` says what a clone checks out;
`credentials` signs and checks passwords that open one repository;
`repository_copies` copies repositories while people push, for backups.
"""
