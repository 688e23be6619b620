-- name: any_due
SELECT referral FROM delivery
WHERE state = 'pending' AND addressee = :addressee AND due_at <= :now AND leased_until <= :now
LIMIT 1;

-- name: due_deliveries
SELECT delivery.referral, delivery.addressee, delivery.lease, delivery.attempts, referral.withdrawal, referral.tier,
       referral.body
FROM delivery JOIN referral ON referral.id = delivery.referral
WHERE delivery.state = 'pending' AND delivery.addressee = :addressee
  AND delivery.due_at <= :now AND delivery.leased_until <= :now
  AND referral.tier <> :withheld
ORDER BY delivery.due_at, referral.number
LIMIT :most;

-- name: lease_delivery
UPDATE delivery SET lease = lease + 1, leased_until = :until WHERE referral = :referral;

-- name: release_delivery
UPDATE delivery SET leased_until = 0 WHERE referral = :referral AND lease = :lease AND state = 'pending';

-- name: is_still_promised
SELECT referral FROM delivery WHERE referral = :referral AND lease = :lease AND state = 'pending';

-- name: settle_receipted
-- A receipt wins over a consent that was taken back while the referral was on its way, whoever's lease it is by then:
-- it did arrive, and nothing else will be tried.
UPDATE delivery
SET state = 'receipted', problem = NULL, tried_at = :now, settled_at = :now, leased_until = 0,
    receipt = :receipt, receipt_proof = :proof
WHERE referral = :referral
  AND (lease = :lease AND state = 'pending' OR state = 'dead' AND problem = :withdrawn);

-- name: settle_failed
UPDATE delivery
SET attempts = attempts + 1, due_at = :due_at, problem = :problem, tried_at = :now, leased_until = 0
WHERE referral = :referral AND lease = :lease AND state = 'pending';

-- name: settle_dead
UPDATE delivery
SET state = 'dead', attempts = attempts + 1, problem = :problem, tried_at = :now, settled_at = :now, leased_until = 0
WHERE referral = :referral AND lease = :lease AND state = 'pending';

-- name: replay_delivery
UPDATE delivery
SET state = 'pending', attempts = 0, due_at = :now, leased_until = 0, problem = NULL, settled_at = NULL
WHERE referral = :referral AND state = 'dead' AND problem <> :withdrawn;

-- name: dead_letters
SELECT referral.*, delivery.state, delivery.attempts, delivery.due_at, delivery.problem, delivery.settled_at
FROM referral JOIN delivery ON delivery.referral = referral.id
WHERE delivery.state = 'dead' AND delivery.problem <> :withdrawn
ORDER BY delivery.settled_at, referral.number;

-- name: count_dead_letters
SELECT CAST(COUNT(*) AS BIGINT) AS count FROM delivery WHERE state = 'dead' AND problem <> :withdrawn;

-- name: count_deliveries
SELECT state, CAST(COUNT(*) AS BIGINT) AS count FROM delivery GROUP BY state;

-- name: oldest_pending
SELECT MIN(referral.promised_at) AS promised_at
FROM delivery JOIN referral ON referral.id = delivery.referral
WHERE delivery.state = 'pending';

-- name: most_overdue
SELECT addressee, MIN(due_at) AS due_at FROM delivery
WHERE state = 'pending' AND due_at <= :now
GROUP BY addressee ORDER BY addressee;

-- name: last_failure
SELECT problem, tried_at FROM delivery
WHERE state = 'pending' AND addressee = :addressee AND problem IS NOT NULL
ORDER BY tried_at DESC LIMIT 1;

-- name: pending_addressees
SELECT addressee, CAST(COUNT(*) AS BIGINT) AS count FROM delivery WHERE state = 'pending'
GROUP BY addressee ORDER BY addressee;

-- name: begin_stream
INSERT INTO stream (agency, after, manifest, tried_at) VALUES (:agency, 0, 0, :now)
ON CONFLICT (agency) DO UPDATE SET tried_at = :now;

-- name: find_stream
SELECT * FROM stream WHERE agency = :agency;

-- name: all_streams
SELECT * FROM stream ORDER BY agency;

-- name: advance_stream
UPDATE stream
SET after = :through, manifest = :manifest, pulled_at = :now, tried_at = :now, problem = NULL
WHERE agency = :agency;

-- name: fail_stream
UPDATE stream SET problem = :problem, tried_at = :now WHERE agency = :agency;

-- name: set_change_aside
INSERT INTO set_aside (agency, number, kind, problem, body, at)
VALUES (:agency, :number, :kind, :problem, :body, :at)
ON CONFLICT (agency, number) DO UPDATE SET problem = excluded.problem, at = excluded.at;

-- name: all_set_aside
SELECT agency, number, kind, problem, at FROM set_aside ORDER BY at DESC, agency, number DESC LIMIT :most;

-- name: count_set_aside
SELECT CAST(COUNT(*) AS BIGINT) AS count FROM set_aside;

-- name: dispose_referral
UPDATE referral
SET disposition = :disposition, duplicate_of = :duplicate_of, disposed_at = :disposed_at,
    closed_at = COALESCE(closed_at, :now)
WHERE id = :id;

-- name: list_destination
INSERT INTO listing (destination, referral, agency, confirmed_at) VALUES (:destination, :referral, :agency, :now)
ON CONFLICT (destination, referral) DO UPDATE SET confirmed_at = excluded.confirmed_at, withdrawn_at = NULL;

-- name: withdraw_listing
UPDATE listing SET withdrawn_at = :now WHERE referral = :referral AND withdrawn_at IS NULL;
