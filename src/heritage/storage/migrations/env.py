"""Alembic's entry: runs the migrations on the connection that `heritage.storage.database` hands over."""

from alembic import context

from heritage.storage.schema import metadata

# The caller holds the write lock in one transaction, so that a killed migration leaves nothing behind.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
