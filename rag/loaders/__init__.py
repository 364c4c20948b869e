"""From files to articles: which files there are under a path, and how each kind is read."""
