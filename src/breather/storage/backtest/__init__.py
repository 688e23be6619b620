"""A history of recorded features (Parquet), asked by DuckDB: never the store of record.

`history` opens and checks the file, `version` writes down one campaign version in SQL, `queries.sql` has the questions.
"""
