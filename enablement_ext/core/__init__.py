"""The domain model and its rules: the standard library and `packaging` only; no I/O, no clock, no framework.

Layers, from the top: `submission` (what is sent), `review` (the queue), `images`, `git` and `secrets`, `notebook`, and at the bottom `errors`, `text`,
`access` and `network`. An import contract holds the order.
"""
