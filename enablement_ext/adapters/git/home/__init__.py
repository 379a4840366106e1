"""The author's home: `own_config` is their own configuration of Git, which one line of ours goes into."""
