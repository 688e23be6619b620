-- What every database records about itself, and what is asked before it is used.

-- name: meta
SELECT name, value FROM meta ORDER BY name;

-- name: keep_meta
INSERT INTO meta (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = :value;

-- name: last_entry
SELECT number, at FROM journal ORDER BY number DESC LIMIT 1;

-- name: insert_meta
INSERT INTO meta (name, value) VALUES (:name, :value);
