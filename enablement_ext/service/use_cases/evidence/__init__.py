"""What is known of a version, and what must be known of it before it is approved."""
