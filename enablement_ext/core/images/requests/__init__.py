"""Package requests: somebody asks for a package that an image lacks; the solver and a platform engineer answer."""
