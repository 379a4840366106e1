"""Handlers about repositories and forges: the API for the lab, the pages of the decision origin, what forges report."""
