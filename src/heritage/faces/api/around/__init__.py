"""What stands around every request: its id, its trace in log and metrics, limits, and answers given only once."""
