"""Git, called through one hardened runner: the bundled forge of the service, and the workshop in the author's home."""
