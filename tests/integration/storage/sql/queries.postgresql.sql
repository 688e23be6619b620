-- name: insert_sealed
INSERT INTO account (id, total, note, seal)
SELECT * FROM unnest(CAST(:id AS TEXT[]), CAST(:total AS BIGINT[]), CAST(:note AS TEXT[]), CAST(:seal AS BYTES[]));

-- name: sealed_named
SELECT account.* FROM unnest(CAST(:id AS TEXT[])) AS wanted (id) JOIN account ON account.id = wanted.id ORDER BY account.id;
