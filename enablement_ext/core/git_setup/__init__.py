"""Git in one click, as values: what is there, what would be done, in which words, and what is refused before anything is written."""
