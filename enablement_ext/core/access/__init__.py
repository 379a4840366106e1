"""Who is let in: signed values (cookies, forms, keys) and the names of the hub's groups."""
