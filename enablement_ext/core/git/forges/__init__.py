"""Forges, from the service's side: `ports`, and `names` of repositories on a hosted forge."""
