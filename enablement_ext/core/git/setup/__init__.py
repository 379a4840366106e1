"""Setting up Git in a home and a folder: the plan, the managed configuration, which files are selected."""
