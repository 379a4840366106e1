"""Drafts and their publication, and changes of published comments."""
