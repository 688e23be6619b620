"""The only SQL: named queries and schemas in files, two engines, and the one writer.

`database` opens, reads and writes; `writer` groups commands into commits; `failure` draws the error tree;
`query` and `schema` turn the common subset of the `.sql` files into what SQLite and PostgreSQL each want.
"""
