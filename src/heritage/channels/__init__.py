"""How agencies are told of alerts elsewhere: webhooks and mail."""
