"""Handlers about what is said of a version: threads, comments and their history, drafts until they are published."""
