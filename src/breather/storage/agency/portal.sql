-- What the portal reads. Pages run over the numbers of arrivals, newest first. Two queries of one shape, because one
-- with an optional condition would use none of the indexes.

-- name: portal_inbox
SELECT r.number, r.sender, r.id, r.received_at, r.tier, r.basis, r.typology, r.asset, r.amount_band, r.day, r.sealed,
       r.standing, r.claimed_by, r.claimed_at, r.disposition, r.duplicate_of, r.decided_by, r.decided_at, r.changed,
       r.hash, d.key, d.network, d.address, d.memo, d.referrals, d.senders
  FROM referral r JOIN destination d ON d.key = r.destination
 WHERE r.number < :before
 ORDER BY r.number DESC
 LIMIT :rows;

-- name: portal_inbox_standing
SELECT r.number, r.sender, r.id, r.received_at, r.tier, r.basis, r.typology, r.asset, r.amount_band, r.day, r.sealed,
       r.standing, r.claimed_by, r.claimed_at, r.disposition, r.duplicate_of, r.decided_by, r.decided_at, r.changed,
       r.hash, d.key, d.network, d.address, d.memo, d.referrals, d.senders
  FROM referral r JOIN destination d ON d.key = r.destination
 WHERE r.standing = :standing AND r.number < :before
 ORDER BY r.number DESC
 LIMIT :rows;

-- name: portal_about
-- Everything about one destination, of every exchange: for officers' eyes.
SELECT r.number, r.sender, r.id, r.received_at, r.tier, r.basis, r.typology, r.asset, r.amount_band, r.day, r.sealed,
       r.standing, r.claimed_by, r.claimed_at, r.disposition, r.duplicate_of, r.decided_by, r.decided_at, r.changed,
       r.hash, d.key, d.network, d.address, d.memo, d.referrals, d.senders
  FROM referral r JOIN destination d ON d.key = r.destination
 WHERE r.destination = :destination
 ORDER BY r.number DESC
 LIMIT :rows;

-- name: portal_referral
SELECT r.number, r.sender, r.id, r.received_at, r.tier, r.basis, r.typology, r.asset, r.amount_band, r.day, r.sealed,
       r.standing, r.claimed_by, r.claimed_at, r.disposition, r.duplicate_of, r.decided_by, r.decided_at, r.changed,
       r.hash, d.key, d.network, d.address, d.memo, d.referrals, d.senders
  FROM referral r JOIN destination d ON d.key = r.destination
 WHERE r.number = :number;

-- name: portal_body
SELECT body FROM referral WHERE number = :number;

-- name: portal_follows
-- Ids are the sender's own, so one exchange can never point at what another sent.
SELECT earlier.number FROM referral r JOIN referral earlier ON earlier.sender = r.sender AND earlier.id = r.follows
 WHERE r.number = :number;

-- name: portal_followed_by
SELECT later.number FROM referral r JOIN referral later ON later.sender = r.sender AND later.follows = r.id
 WHERE r.number = :number ORDER BY later.number LIMIT 1;

-- name: portal_destinations
SELECT * FROM destination WHERE last_number < :before ORDER BY last_number DESC LIMIT :rows;

-- name: portal_counts
-- Only what is still to be done: those decided grow for ever, and counting them would take ever longer.
SELECT standing, CAST(count(*) AS BIGINT) AS referrals FROM referral
 WHERE standing IN ('waiting', 'claimed') GROUP BY standing;

-- name: portal_latest
SELECT changed FROM referral ORDER BY changed DESC LIMIT 1;

-- name: portal_notes
SELECT number, disposition, duplicate_of, note, officer, at FROM disposition
 WHERE referral = :referral ORDER BY number DESC LIMIT 50;

-- name: portal_timeline
SELECT number, at, step, kind, actor, body FROM journal WHERE subject = :subject ORDER BY number LIMIT 500;

-- name: portal_heartbeats
SELECT process, at, detail FROM heartbeat ORDER BY process;

-- name: portal_received
-- How much each exchange has sent, when last, and how far it has counted: it numbers its referrals from 1.
SELECT sender, CAST(count(*) AS BIGINT) AS referrals, max(received_at) AS last_at, max(sequence) AS sequence
  FROM referral
 GROUP BY sender ORDER BY sender;
