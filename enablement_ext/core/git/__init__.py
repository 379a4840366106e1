"""Git, as pure rules and ports: set-up, merges and forges.

* `ports`: the author's working copy and its history; `forges/`: forges that host repositories, and the names repositories have there.
* `setup/`: what a set-up of a folder would do, and the files it writes.
* `merge/`: three-way merge and diff of notebooks and text.
* `shape`: whether a repository is one that the everyday buttons understand, with `config_keys`, the settings it may have.
* `repository_names` over `repository_paths`, `clean_filter`, `credential_protocol` and `steps` are leaves that everybody uses.
"""
