"""Who is let in and who it is: signed values (cookies, forms, keys), the names of the hub's groups, and people behind hub accounts."""
