"""A company's network as the package tools see it: certificates, proxies, private indexes. Pure: files are read by a function handed in.

`config_files` knows where pip, npm, yarn and uv keep their settings, `tool_settings` passes what one of them was told on to the others,
`failures` says in one line what could not be reached and what to set.
"""
