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

-- name: every_destination_listed
SELECT DISTINCT destination FROM listing WHERE withdrawn_at IS NULL;

-- name: payees_page
SELECT key, state FROM profile WHERE kind = 'payee' AND key > :after ORDER BY key LIMIT :most;
