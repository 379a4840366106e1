"""Handlers of what images hold: the catalog's releases, and requests for packages with their pages."""
