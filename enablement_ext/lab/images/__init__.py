"""Images in the lab: the release this server runs, compatibility of notebooks with it, and drift of its packages."""
