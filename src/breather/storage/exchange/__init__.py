"""The exchange service's store of record: its schema, its named queries, and rows as the domain's types."""
