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

-- name: is_listed
SELECT confirmed_at FROM listing WHERE destination = :destination AND withdrawn_at IS NULL LIMIT 1;
