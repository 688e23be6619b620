"""Histories as Parquet files: what the exchange served, and the fold fed with it again. Needs `breather[analysis]`."""
