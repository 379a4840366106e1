"""Caches of one service process. None is the source of anything: each can be emptied at any time (docs/adr/0028-cachetools.md).

`pages` and `submission_json` make the queue quick, `notebooks` the reader; `credentials`, `platform_group` and `catalog` spare the forge, the hub and the disk;
`identified_hub` is the hub with people in the place of accounts.
"""
