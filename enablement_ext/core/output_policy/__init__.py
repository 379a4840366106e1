"""Output policy: what of a notebook's outputs is kept when it is sent, and what is taken out before anything is stored.

`rules` says it, `applying` does it: a pure function from the canonical notebook and the rules to the notebook that is stored, and a list of what is gone.
"""
