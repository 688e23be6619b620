-- What the console reads. Pages run over journal numbers, newest first; no page is ever counted or skipped.
-- Three queries of one shape, because one query with optional conditions would use none of the indexes.
-- held_until is the latest end of any hold on the pair; a lifted hold ended when it was lifted.

-- name: console_decisions
SELECT w.*, p.asset AS pause_asset, p.friction AS pause_friction, p.covers_up_to, p.duration, p.lapses_after,
       p.offered_at, p.started_at, p.resolution, p.resolved_by, p.resolved_at, p.actor AS resolved_actor,
       (SELECT max(CASE WHEN h.lifted_at < h.ends_at THEN h.lifted_at ELSE h.ends_at END) FROM hold h
         WHERE h.customer = w.customer AND h.destination = w.destination) AS held_until
  FROM withdrawal w LEFT JOIN pause p ON p.id = w.pause
 WHERE w.number < :before AND w.friction BETWEEN :least AND :most
 ORDER BY w.number DESC
 LIMIT :rows;

-- name: console_decisions_of_customer
SELECT w.*, p.asset AS pause_asset, p.friction AS pause_friction, p.covers_up_to, p.duration, p.lapses_after,
       p.offered_at, p.started_at, p.resolution, p.resolved_by, p.resolved_at, p.actor AS resolved_actor,
       (SELECT max(CASE WHEN h.lifted_at < h.ends_at THEN h.lifted_at ELSE h.ends_at END) FROM hold h
         WHERE h.customer = w.customer AND h.destination = w.destination) AS held_until
  FROM withdrawal w LEFT JOIN pause p ON p.id = w.pause
 WHERE w.customer = :customer AND w.number < :before AND w.friction BETWEEN :least AND :most
 ORDER BY w.number DESC
 LIMIT :rows;

-- name: console_decision
SELECT w.*, p.asset AS pause_asset, p.friction AS pause_friction, p.covers_up_to, p.duration, p.lapses_after,
       p.offered_at, p.started_at, p.resolution, p.resolved_by, p.resolved_at, p.actor AS resolved_actor,
       (SELECT max(CASE WHEN h.lifted_at < h.ends_at THEN h.lifted_at ELSE h.ends_at END) FROM hold h
         WHERE h.customer = w.customer AND h.destination = w.destination) AS held_until
  FROM withdrawal w LEFT JOIN pause p ON p.id = w.pause
 WHERE w.id = :withdrawal;

-- name: console_joined
SELECT id FROM withdrawal WHERE pause = :pause ORDER BY number LIMIT 100;

-- name: console_timeline
SELECT number, at, step, kind, actor, body
  FROM journal WHERE withdrawal = :withdrawal
 ORDER BY number
 LIMIT 500;

-- name: console_counts
SELECT friction, CAST(count(*) AS BIGINT) AS decisions
  FROM withdrawal WHERE decided_at >= :since
 GROUP BY friction;

-- name: console_heartbeats
SELECT process, at, detail FROM heartbeat ORDER BY process;

-- name: console_campaigns
SELECT c.id, c.version, c.hash, c.jurisdiction, c.starts_at, c.ends_at, c.retired_at, c.activated_by,
       c.pack AS pack_hash, p.id AS pack, p.version AS pack_version
  FROM campaign c LEFT JOIN pack p ON p.hash = c.pack
 ORDER BY CASE WHEN c.retired_at IS NULL THEN 0 ELSE 1 END, c.starts_at DESC, c.id, c.version DESC
 LIMIT 100;
