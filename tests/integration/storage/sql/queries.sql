-- name: journal_head
SELECT number, at FROM journal ORDER BY number DESC LIMIT 1;

-- name: insert_journal
INSERT INTO journal (number, at, step, kind, withdrawal, actor, body)
VALUES (:number, :at, :step, :kind, :withdrawal, :actor, :body), ...;

-- name: journal
SELECT number, at, step, kind, withdrawal, actor, body FROM journal ORDER BY number;

-- name: insert_account
INSERT INTO account (id, total, note, seal) VALUES (:id, :total, :note, :seal);

-- name: account
SELECT id, total, note, seal FROM account WHERE id = :id;

-- name: accounts
SELECT id, total, note, seal FROM account ORDER BY id;

-- name: set_total
UPDATE account SET total = :total WHERE id = :id;

-- name: add_to_total
UPDATE account SET total = total + :amount WHERE id = :id;

-- name: sum_of_totals
SELECT CAST(sum(total) AS BIGINT) AS total, count(*) AS accounts FROM account;

-- name: odd_ones
SELECT id FROM account WHERE total % 2 = 1 AND note <> '100%' AND id <> ':id' ORDER BY id;

-- name: comparisons
SELECT total > :than AS larger, EXISTS (SELECT 1 FROM account WHERE id = :id) AS known FROM account WHERE id = :id;

-- name: echo
SELECT CAST(:number AS BIGINT) AS number, CAST(:text AS TEXT) AS text, CAST(:bytes AS BYTES) AS bytes;

-- name: fraction
SELECT avg(total) AS mean FROM account;

-- name: no_such_table
SELECT id FROM nowhere;

-- name: insert_accounts
INSERT INTO account (id, total)
VALUES (:id, :total), ...;

-- name: accounts_named
WITH wanted (id) AS (
  VALUES (:id), ...
)
SELECT account.id, account.total FROM wanted CROSS JOIN account WHERE account.id = wanted.id ORDER BY account.id;

-- name: insert_sealed
INSERT INTO account (id, total, note, seal)
VALUES (:id, :total, :note, :seal), ...;

-- name: sealed_named
SELECT account.* FROM account WHERE account.id IN (VALUES (:id), ...) ORDER BY account.id;
