"""Python packaging: hash locks, and names, versions, ranges and markers as the library `packaging` decides them."""
