"""Settings of the service that are objects of their own: the forge, the object store."""
