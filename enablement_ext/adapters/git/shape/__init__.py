"""Looking at a repository of the author's without obeying it: the Git directory of our own that every command works in (`repository_view`), the facts
that its shape is told from (`repository_facts`), and who holds its locks (`locks`).
"""
