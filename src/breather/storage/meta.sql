-- What every database records about itself, and what is asked before it is used.

-- name: meta
SELECT name, value FROM meta ORDER BY name;

-- name: insert_meta
INSERT INTO meta (name, value) VALUES (:name, :value);
