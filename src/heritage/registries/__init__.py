"""Readers of what registries publish, one file per format. Each yields records; none touches the database."""
