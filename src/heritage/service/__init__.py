"""What heritage does: ingest, index, search, evaluate. Reads as prose; the parts come from the context."""
