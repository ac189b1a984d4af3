"""The database and the image store: the truth from which every index is derived."""
