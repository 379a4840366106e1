"""Python packaging as far as a lock file needs it: hash locks, environment markers, version specifiers."""
