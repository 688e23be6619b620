-- name: intelligence_lists
-- In this order the index has them.
SELECT name, format, snapshot, content, claims, dated, imported_at, expires_at, summary
FROM intelligence_list ORDER BY name;

-- name: intelligence_index
SELECT name, salt, claims FROM intelligence_index WHERE id = 'exchange';

-- name: intelligence_rulings
SELECT list, scope, value, ruling, because, actor, at FROM intelligence_ruling ORDER BY list, scope, value;

-- name: find_intelligence_content
SELECT imported_at FROM intelligence_content WHERE list = :list AND content = :content;

-- name: save_intelligence_list
INSERT INTO intelligence_list (name, format, snapshot, content, claims, dated, imported_at, expires_at, summary)
VALUES (:name, :format, :snapshot, :content, :claims, :dated, :now, :expires_at, :summary)
ON CONFLICT (name) DO UPDATE
SET format = excluded.format, snapshot = excluded.snapshot, content = excluded.content, claims = excluded.claims,
    dated = excluded.dated, imported_at = excluded.imported_at, expires_at = excluded.expires_at,
    summary = excluded.summary;

-- name: remember_intelligence_content
INSERT INTO intelligence_content (list, content, imported_at, number) VALUES (:list, :content, :now, :number)
ON CONFLICT (list, content) DO UPDATE SET imported_at = excluded.imported_at;

-- name: highest_intelligence_number
SELECT CAST(max(number) AS BIGINT) AS number FROM intelligence_content WHERE list = :list;

-- name: drop_intelligence_list
DELETE FROM intelligence_list WHERE name = :name;

-- name: save_intelligence_index
INSERT INTO intelligence_index (id, name, salt, claims) VALUES ('exchange', :name, :salt, :claims)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, salt = excluded.salt, claims = excluded.claims;

-- name: save_intelligence_ruling
INSERT INTO intelligence_ruling (list, scope, value, ruling, because, actor, at)
VALUES (:list, :scope, :value, :ruling, :because, :actor, :now)
ON CONFLICT (list, scope, value) DO UPDATE
SET ruling = excluded.ruling, because = excluded.because, actor = excluded.actor, at = excluded.at;

-- name: end_intelligence_ruling
DELETE FROM intelligence_ruling WHERE list = :list AND scope = :scope AND value = :value;
