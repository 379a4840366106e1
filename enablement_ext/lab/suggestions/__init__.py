"""What suggested edits do to the notebook that its author edits. The browser writes it, when the author says so."""
