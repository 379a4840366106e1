"""Use cases of differences: the two versions that are compared, and what a person has seen of them."""
