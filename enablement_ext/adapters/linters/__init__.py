"""Programs that read code for mistakes."""
