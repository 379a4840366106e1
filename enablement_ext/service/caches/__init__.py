"""Caches of one service process. Nothing here is the truth: each can be dropped at any time."""
