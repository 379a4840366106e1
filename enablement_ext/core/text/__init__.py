"""Text that has nothing to do with notebooks or Git yet: comparing lines, direction marks, patterns of identifiers."""
