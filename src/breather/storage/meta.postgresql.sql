-- name: table_names
SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY name;

-- name: durability
SELECT name, setting AS value, 'on' AS wanted FROM pg_settings
WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name;

-- name: standbys
SELECT setting AS value FROM pg_settings WHERE name = 'synchronous_standby_names';

-- name: database_bytes
SELECT pg_database_size(current_database()) AS bytes;

-- name: soundness
SELECT 'ok' AS said;
