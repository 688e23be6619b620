-- name: journal_head
SELECT number, at FROM journal ORDER BY number DESC LIMIT 1;

-- name: insert_journal
-- The parameter is named as every transaction names it; here the subject is a referral's number, a peer or nothing.
INSERT INTO journal (number, at, step, kind, subject, actor, body)
VALUES (:number, :at, :step, :kind, :withdrawal, :actor, :body), ...;

-- name: find_sent
SELECT * FROM referral WHERE sender = :sender AND id = :id;

-- name: find_referral
SELECT * FROM referral WHERE number = :number;

-- name: insert_referral
INSERT INTO referral (number, sender, id, hash, body, sequence, receipt, received_at, destination, tier, basis, typology, asset,
                      amount_band, day, sealed, follows, standing, changed)
VALUES (:number, :sender, :id, :hash, :body, :sequence, :receipt, :received_at, :destination, :tier, :basis, :typology, :asset,
        :amount_band, :day, :sealed, :follows, 'waiting', :number);

-- name: sent_about
-- Whether this sender has referred this destination before: at most one row.
SELECT number FROM referral WHERE destination = :destination AND sender = :sender ORDER BY number LIMIT 1;

-- name: count_destination
INSERT INTO destination (key, network, address, memo, referrals, senders, undecided, first_at, last_at, last_number)
VALUES (:key, :network, :address, :memo, 1, 1, 1, :at, :at, :number)
ON CONFLICT (key) DO UPDATE
SET referrals = destination.referrals + 1, senders = destination.senders + :senders,
    undecided = destination.undecided + 1, last_at = excluded.last_at, last_number = excluded.last_number;

-- name: decide_destination
UPDATE destination SET undecided = undecided - 1 WHERE key = :key;

-- name: save_claim
UPDATE referral
SET standing = :standing, claimed_by = :officer, claimed_at = :at, changed = :changed
WHERE number = :number;

-- name: save_disposition
UPDATE referral
SET standing = 'decided', disposition = :disposition, duplicate_of = :duplicate_of, decided_by = :officer,
    decided_at = :at, changed = :changed
WHERE number = :number;

-- name: find_disposition
SELECT * FROM disposition WHERE id = :id;

-- name: insert_disposition
INSERT INTO disposition (id, number, referral, disposition, duplicate_of, note, officer, at)
VALUES (:id, :number, :referral, :disposition, :duplicate_of, :note, :officer, :at);

-- name: last_change
SELECT sequence FROM change WHERE peer = :peer ORDER BY sequence DESC LIMIT 1;

-- name: insert_change
INSERT INTO change (peer, sequence, kind, at, body) VALUES (:peer, :sequence, :kind, :at, :body);

-- name: changes_after
SELECT sequence, kind, at, body FROM change WHERE peer = :peer AND sequence > :after ORDER BY sequence LIMIT :most;

-- name: count_message
INSERT INTO counter (peer, type, last) VALUES (:peer, :type, 1)
ON CONFLICT (peer, type) DO UPDATE SET last = counter.last + 1;

-- name: find_counter
SELECT last FROM counter WHERE peer = :peer AND type = :type;

-- name: look_up
INSERT INTO lookup (hash, first_at, last_at, times, expires_at) VALUES (:hash, :now, :now, 1, :expires_at)
ON CONFLICT (hash) DO UPDATE SET last_at = excluded.last_at, times = lookup.times + 1;

-- name: find_lookup
SELECT first_at, last_at, times FROM lookup WHERE hash = :hash;

-- name: expire_lookups
DELETE FROM lookup WHERE expires_at <= :now;

-- name: find_portal_password
SELECT argon2 FROM portal_password WHERE id = 'portal';

-- name: save_portal_password
INSERT INTO portal_password (id, argon2, changed_at) VALUES ('portal', :argon2, :now)
ON CONFLICT (id) DO UPDATE SET argon2 = excluded.argon2, changed_at = excluded.changed_at;

-- name: insert_portal_session
INSERT INTO portal_session (hash, officer, created_at, expires_at)
VALUES (:hash, :officer, :created_at, :expires_at);

-- name: find_portal_session
SELECT officer, expires_at FROM portal_session WHERE hash = :hash;

-- name: end_portal_session
DELETE FROM portal_session WHERE hash = :hash;

-- name: end_every_portal_session
DELETE FROM portal_session;

-- name: expire_portal_sessions
DELETE FROM portal_session WHERE expires_at <= :now;

-- name: beat
INSERT INTO heartbeat (process, at, detail) VALUES (:process, :at, :detail)
ON CONFLICT (process) DO UPDATE SET at = excluded.at, detail = excluded.detail;

-- name: find_generation
SELECT number FROM generation WHERE id = 'agency';

-- name: raise_generation
INSERT INTO generation (id, number) VALUES ('agency', 1)
ON CONFLICT (id) DO UPDATE SET number = generation.number + 1;
