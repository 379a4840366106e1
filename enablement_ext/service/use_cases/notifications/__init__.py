"""Telling people: taking entries of the outbox, finding out whom they mean, what they say, and how each one ended."""
