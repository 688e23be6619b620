-- name: insert_referral
INSERT INTO referral (id, number, withdrawal, addressee, tier, basis, destination, body, promised_at)
VALUES (:id, :number, :withdrawal, :addressee, :tier, :basis, :destination, :body, :promised_at);

-- name: insert_delivery
INSERT INTO delivery (referral, addressee, state, attempts, due_at, lease, leased_until)
VALUES (:referral, :addressee, 'pending', 0, :due_at, 0, 0);

-- name: referrals_of
SELECT referral.*, delivery.state, delivery.attempts, delivery.due_at, delivery.problem, delivery.settled_at
FROM referral JOIN delivery ON delivery.referral = referral.id
WHERE referral.withdrawal = :withdrawal
ORDER BY referral.number;

-- name: find_referral
SELECT referral.*, delivery.state, delivery.attempts, delivery.due_at, delivery.problem, delivery.settled_at
FROM referral JOIN delivery ON delivery.referral = referral.id
WHERE referral.id = :id;

-- name: last_counted
SELECT last FROM counter WHERE peer = :peer AND type = :type;

-- name: count_message
INSERT INTO counter (peer, type, last) VALUES (:peer, :type, 1)
ON CONFLICT (peer, type) DO UPDATE SET last = counter.last + 1;

-- name: destinations_listed
SELECT DISTINCT destination FROM listing
WHERE destination IN (VALUES (:destination), ...) AND withdrawn_at IS NULL;

-- name: take_back_delivery
-- Not what has a receipt: that has arrived, and cannot be unsent. The lease stays, so that a receipt of an attempt under
-- way can still be settled; a failure settles only what is pending.
UPDATE delivery
SET state = 'dead', problem = :problem, leased_until = 0, settled_at = COALESCE(settled_at, :now)
WHERE referral = :referral AND state <> 'receipted';

-- name: empty_referral
UPDATE referral SET body = :nothing WHERE id = :id;

-- name: waiting_towards
-- Withdrawals to a destination that were put something in the way, and have neither left nor been stopped.
SELECT withdrawal.*
FROM pause JOIN withdrawal ON withdrawal.pause = pause.id
WHERE pause.destination = :destination AND pause.offered_at >= :since
  AND withdrawal.transaction_id IS NULL AND withdrawal.stopped_at IS NULL
ORDER BY withdrawal.number;
