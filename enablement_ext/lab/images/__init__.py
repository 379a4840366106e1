"""The lab's part about images: what this server runs, how a notebook's image stands to it, what was installed beside it."""
