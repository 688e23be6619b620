"""The agency's store: its schema, its named queries, and what the portal reads."""
