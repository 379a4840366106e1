"""Forges: the ports of the Git servers that keep repositories, and the names repositories have there."""
