"""Setting up Git in a folder and a home, as pure functions.

`plan`: from the state of a folder to steps or refusals. `file_selection`: which files are committed. `config_files`: texts of the managed Git
configuration, `.gitignore` and `.gitattributes`. `managed_blocks`: our lines in files of the author's, added and removed byte for byte.
"""
