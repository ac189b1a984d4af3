"""Nouns and rules. Nothing here touches a file, a model or a database."""
