-- What is left out when a withdrawal is erased, and what is asked before.

-- name: find_erased
SELECT * FROM erased WHERE id = :id;

-- name: erased_named
SELECT id, at FROM erased WHERE id IN (VALUES (:id), ...);

-- name: count_erased
SELECT CAST(COUNT(*) AS BIGINT) AS count FROM erased;

-- name: insert_erased
INSERT INTO erased (id, number, basis, at) VALUES (:id, :number, :basis, :at) ON CONFLICT (id) DO NOTHING;

-- name: kept_longest
-- The oldest decisions first: what retention looks at, a page at a time.
SELECT withdrawal.*, journal.at AS changed_at
FROM withdrawal JOIN journal ON journal.number = withdrawal.changed
WHERE withdrawal.number > :after AND withdrawal.decided_at <= :before
ORDER BY withdrawal.number LIMIT :most;

-- name: newest_act_of_pause
SELECT MAX(journal.at) AS at
FROM withdrawal JOIN journal ON journal.number = withdrawal.changed
WHERE withdrawal.pause = :pause;

-- name: oldest_withdrawal
SELECT decided_at FROM withdrawal ORDER BY number LIMIT 1;

-- name: promises_of
SELECT referral.disposition, delivery.state, delivery.problem
FROM referral JOIN delivery ON delivery.referral = referral.id
WHERE referral.withdrawal = :withdrawal;

-- name: erase_bodies
-- The entries stay, with their numbers: a cursor runs over them, and a gap would be taken for tampering.
UPDATE journal SET body = :empty WHERE withdrawal = :withdrawal;

-- name: erase_referrals
-- The row stays: what the agency still finds out about it takes a listing back.
UPDATE referral SET body = :empty WHERE withdrawal = :withdrawal;

-- name: erase_events
DELETE FROM event WHERE withdrawal = :withdrawal;

-- name: erase_links
DELETE FROM link WHERE withdrawal = :withdrawal;

-- name: erase_page_sessions
DELETE FROM page_session WHERE withdrawal = :withdrawal;

-- name: erase_stand_in
-- The row stays: by its digest it is known as drained, should the spool still have it.
UPDATE stand_in SET customer = '', amount_usd = NULL WHERE withdrawal = :withdrawal;

-- name: erase_withdrawal
DELETE FROM withdrawal WHERE id = :withdrawal;

-- name: erase_pause
DELETE FROM pause WHERE id = :pause AND NOT EXISTS (SELECT 1 FROM withdrawal WHERE withdrawal.pause = :pause);

-- name: erase_holds
-- A hold postpones a lapse and voids a release, so it stays as long as anything of its pair was decided before it ended.
DELETE FROM hold
WHERE customer = :customer AND destination = :destination
  AND NOT EXISTS (SELECT 1 FROM withdrawal
                  WHERE withdrawal.customer = hold.customer AND withdrawal.destination = hold.destination
                    AND withdrawal.decided_at <= hold.ends_at);

-- name: any_of_customer
SELECT id FROM withdrawal WHERE customer = :customer LIMIT 1;

-- name: any_of_pair
SELECT id FROM withdrawal WHERE customer = :customer AND destination = :destination LIMIT 1;

-- name: erase_profile
DELETE FROM profile WHERE kind = :kind AND key = :key;
