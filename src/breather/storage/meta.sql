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

-- name: meta_named
SELECT value FROM meta WHERE name = :name;

-- name: drop_meta
DELETE FROM meta WHERE name = :name;

-- name: entry_numbered
-- Without the body: erasing empties it, and the entry is still the same entry.
SELECT number, at, step, kind, actor FROM journal WHERE number = :number;

-- name: all_counters
SELECT peer, type, last FROM counter ORDER BY peer, type;

-- name: raise_counter
INSERT INTO counter (peer, type, last) VALUES (:peer, :type, :last)
ON CONFLICT (peer, type)
DO UPDATE SET last = CASE WHEN counter.last < excluded.last THEN excluded.last ELSE counter.last END;
