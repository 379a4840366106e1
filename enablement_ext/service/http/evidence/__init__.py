"""What checks and a run say of a version, for a page without scripts."""
