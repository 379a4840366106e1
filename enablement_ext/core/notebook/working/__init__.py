"""The author's own notebook file, read and written again without loss (`file`), with what may be taken out of it.

`results`: what running it leaves in it. `environment`: what differs by machine. `cells` are paired across versions.
"""
