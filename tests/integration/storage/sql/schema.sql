-- The smallest service that uses everything the storage offers.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE journal (
    number     BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    step       BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    withdrawal TEXT,
    actor      TEXT   NOT NULL,
    body       BYTES  NOT NULL
);
CREATE TABLE account (
    id    TEXT   PRIMARY KEY,
    total BIGINT NOT NULL,      -- a comment; with a semicolon, and it's quoted
    note  TEXT,
    seal  BYTES
);
CREATE INDEX account_total ON account (total, id);
