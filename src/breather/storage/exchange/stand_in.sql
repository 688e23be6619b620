-- name: open_pauses_page
-- Friction 2 is questions: a notice guards nothing.
SELECT id, customer, destination, friction, COALESCE(started_at + duration, offered_at) + lapses_after AS lapses_at
FROM pause
WHERE id > :after AND resolution IS NULL AND friction >= 2
  AND COALESCE(started_at + duration, offered_at) + lapses_after > :now
ORDER BY id LIMIT :most;

-- name: pairs_held
SELECT DISTINCT customer, destination FROM hold ORDER BY customer, destination;

-- name: pairs_touched
-- A decision that asked for less than questions opens nothing, and is most of the journal.
SELECT withdrawal.customer, withdrawal.destination,
       MAX(CASE WHEN journal.kind = 'disposed' THEN 1 ELSE 0 END) AS disposed
FROM journal JOIN withdrawal ON withdrawal.id = journal.withdrawal
WHERE journal.number > :after AND journal.number <= :through
  AND (withdrawal.raised_friction >= 2 OR journal.kind <> 'decided')
GROUP BY withdrawal.customer, withdrawal.destination;

-- name: payees_page
SELECT key, state FROM profile WHERE kind = 'payee' AND key > :after ORDER BY key LIMIT :most;

-- name: paid_between
SELECT withdrawal.customer, withdrawal.destination, MIN(journal.at) AS at
FROM journal JOIN withdrawal ON withdrawal.id = journal.withdrawal
WHERE journal.number > :after AND journal.number <= :through AND journal.kind = 'broadcast'
GROUP BY withdrawal.customer, withdrawal.destination;

-- name: every_destination_listed
SELECT DISTINCT destination FROM listing WHERE withdrawn_at IS NULL;

-- name: find_stand_in
SELECT number FROM stand_in WHERE digest = :digest;

-- name: insert_stand_in
INSERT INTO stand_in (digest, withdrawal, number, customer, friction, amount_usd, decided_at, problem)
VALUES (:digest, :withdrawal, :number, :customer, :friction, :amount_usd, :decided_at, :problem);

-- name: stand_ins_let_go
SELECT customer, amount_usd, decided_at FROM stand_in
WHERE decided_at > :since AND friction = 0 AND amount_usd IS NOT NULL;

-- name: stand_in_problems
SELECT withdrawal, number, decided_at, problem FROM stand_in WHERE problem IS NOT NULL ORDER BY number DESC LIMIT :most;

-- name: find_stand_in_aside
SELECT number FROM stand_in_aside WHERE digest = :digest;

-- name: set_stand_in_aside
INSERT INTO stand_in_aside (digest, number, body, problem, at) VALUES (:digest, :number, :body, :problem, :at);

-- name: stand_ins_aside
SELECT digest, number, problem, at FROM stand_in_aside ORDER BY number DESC LIMIT :most;

-- name: stand_in_counts
SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM stand_in WHERE decided_at >= :since) AS lately,
       (SELECT CAST(COUNT(*) AS BIGINT) FROM stand_in WHERE problem IS NOT NULL) AS conflicts,
       (SELECT CAST(COUNT(*) AS BIGINT) FROM stand_in_aside) AS aside;
