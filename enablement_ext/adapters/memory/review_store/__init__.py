"""The review store in memory: a writer holds a lock and works on a copy of the state, which replaces it at the commit."""
