"""The web page: server-rendered, works without scripts, loads nothing from elsewhere."""
