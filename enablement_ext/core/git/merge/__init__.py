"""Three-way merge and diff of notebooks (cell by cell) and text, on bytes alone.

`file_merge` decides about one file with a conflict, `notebook_merge` merges cells, `notebook_diff` compares two versions for people, `cells` reads and
pairs cells, `backup_names` names the copies that are made before a file is overwritten.
"""
