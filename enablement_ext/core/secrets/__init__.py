"""Secrets in texts: the rules and the scan, the wider shapes that an engine looks for first, and the port of such an engine."""
