"""Who may use a repository beside its owner: `ports`."""
