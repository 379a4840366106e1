"""What is asked about a bundle before it is stored, beside the strict reading of `ingest`: `checks` and their record."""
