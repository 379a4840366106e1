"""The author's own notebook file.

`file` reads and writes it without loss. `results`: what running it leaves in it. `environment`: what differs by machine. `cells` are paired across versions.
"""
