"""Comparing and merging notebooks and text files of two authors, cell by cell."""
