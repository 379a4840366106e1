"""Finding submissions, and what has to be done for it."""
