"""Differences on their way out: made once and kept, and shown as text on a page."""
