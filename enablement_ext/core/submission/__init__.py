"""What is sent: the bundle of a notebook with its files, the tar format it travels in, and which files a notebook depends on."""
