"""`enablement image …`: the image catalog from the command line.

- `app`: the composition root; `catalog_location`: which catalog is worked on; `context`: the ports that a verb receives; `output`: text or JSON.
- `lock`: new images and releases; `lifecycle`: promote, deprecate, withdraw, usage; `build`: environments, container images, smoke tests.
- `show`: reading; `export`: what is rendered from the catalog, and `verify`.
"""

from __future__ import annotations
