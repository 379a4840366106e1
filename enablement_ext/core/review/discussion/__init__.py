"""Discussion beyond a single comment: drafts until they are published, and what a comment said before it was changed."""
