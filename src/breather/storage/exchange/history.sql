-- name: history_page
-- Decisions in the order of the journal. What is read of them here is never changed again, but `stopped_at`.
SELECT id, number, decided_at, stopped_at, submitted, decision
FROM withdrawal
WHERE number > :after AND number <= :through
ORDER BY number
LIMIT :most;

-- name: history_acts
-- What happened to the withdrawals of one page, as the journal has it.
SELECT journal.withdrawal, journal.number, journal.at, journal.kind, journal.body
FROM withdrawal JOIN journal ON journal.withdrawal = withdrawal.id
WHERE withdrawal.number > :after AND withdrawal.number <= :last AND journal.number <= :through
  AND journal.kind IN ('answer', 'stop', 'broadcast', 'disposed')
ORDER BY journal.number;

-- name: history_size
SELECT CAST(COUNT(*) AS BIGINT) AS withdrawals FROM withdrawal WHERE number <= :through;
