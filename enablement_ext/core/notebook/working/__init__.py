"""The author's own notebook file: `file` reads and writes it without loss, `results` is what running it leaves in it."""
