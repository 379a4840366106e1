"""The domain model and its rules: the standard library and `packaging` only; no I/O, no clock, no framework.

Layers, from the top: `submission` (what is sent) and `checks` (what can be found in a notebook), `review` (the queue), `images`, `git`,
`secrets` and `comparison`, `notebook`, then `errors`, `access` and `network`, and at the bottom `text`. An import contract holds the order.
"""
