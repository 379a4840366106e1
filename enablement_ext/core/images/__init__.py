"""Images: the definition people edit, the releases a tool writes, the catalog of both, and how releases compare."""
