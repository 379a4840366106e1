"""Git as a program, run in one hardened way (`runner`).

* The service's side: `bundled/`, bare repositories served by Git's own `http-backend`.
* The author's side, below their home: `working_copy` sets up a repository, commits and pushes (`home_setup` writes the Git configuration, `remote`
  speaks to the forge, `inspection` looks at a folder first, `setup_records` says what was set up, `undo` keeps what would be lost), `versions` is its
  history, with `merge`, `output_stripping` and `index_refresh`. `shape/` looks at a repository without obeying it.
* `provenance` says which commit a submitted notebook comes from; `files` reads and replaces files of the author's safely.
"""
