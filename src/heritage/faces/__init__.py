"""What people and programs meet: the command line, the HTTP API, the web page. Faces import downwards only."""
