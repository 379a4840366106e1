"""Git as a program, run in one hardened way (`runner`).

* The service's side: `bundled_forge` keeps bare repositories and serves them with `http_backend`; `credentials` signs what opens them,
  `repository_copies` copies them for a backup.
* The author's side, below their home: `working_copy` sets up a repository, commits and pushes (`home_setup` writes the Git configuration, `remote`
  speaks to the forge, `inspection` looks at a folder first), `versions` is its history, with `merge`, `output_stripping` and `index_refresh`.
* `provenance` says which commit a submitted notebook comes from; `files` reads and replaces files of the author's safely.
"""
