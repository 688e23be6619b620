-- name: table_names
SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name;

-- name: durability
SELECT 'journal_mode' AS name, journal_mode AS value, 'wal' AS wanted FROM pragma_journal_mode
UNION ALL
SELECT 'synchronous', CAST(synchronous AS TEXT), '2' FROM pragma_synchronous
UNION ALL
SELECT 'secure_delete', CAST(secure_delete AS TEXT), '1' FROM pragma_secure_delete;

-- name: standbys
-- One file has none.
SELECT name AS value FROM sqlite_master WHERE 1 = 0;

-- name: database_bytes
SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size;

-- name: soundness
SELECT quick_check AS said FROM pragma_quick_check(1);
