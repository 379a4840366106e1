"""Use cases: plain blocking functions over ports. They run in worker threads; whatever changes something appends its event in the same transaction."""
