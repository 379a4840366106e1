"""The image catalog: definitions that people edit, releases that the tool writes, and how releases compare.

- `definition`, `inheritance`: `image.toml`, which people edit; `releases`: records and locks, which the tool writes; `catalog`: all of them, validated.
- `version_policy`, `release_diff`, `catalog_checks`, `startup_regression`: rules for new releases, and what differs between two.
- `selection`, `compatibility`, `drift`: which release starts, how a notebook's release compares with it, what was installed on top.
- `python/`: names, versions, markers, locks; `oci/`: container images; `deploy/`: exports for clusters; `requests/`: package requests.
"""
