-- A shadow: begun, stopped, what it said, and what the console compares.

-- name: insert_shadow
INSERT INTO shadow (number, id, version, hash, files, jurisdiction, beside, beside_version, started_at, started_by)
VALUES (:number, :id, :version, :hash, :files, :jurisdiction, :beside, :beside_version, :started_at, :started_by);

-- name: stop_shadow
UPDATE shadow SET stopped_at = :now, stopped_for = :because WHERE number = :number AND stopped_at IS NULL;

-- name: shadows_running
SELECT * FROM shadow WHERE stopped_at IS NULL ORDER BY number;

-- name: shadows_of_version
SELECT hash FROM shadow WHERE id = :id AND version = :version ORDER BY number DESC LIMIT 1;

-- name: count_words
INSERT INTO shadow_word (shadow, phase, said, words, withdrawals) VALUES (:shadow, :phase, :said, :words, 1)
ON CONFLICT (shadow, phase, said) DO UPDATE SET withdrawals = shadow_word.withdrawals + 1;

-- name: save_shadow_answered
UPDATE withdrawal SET shadow_answered = :said WHERE id = :id;

-- name: find_shadow
SELECT number, id, version, hash, jurisdiction, beside, beside_version, started_at, started_by, stopped_at, stopped_for
  FROM shadow WHERE number = :number;

-- name: newest_shadows
-- Those that run first. A shadow is begun by hand, so there are few.
SELECT number, id, version, hash, jurisdiction, beside, beside_version, started_at, started_by, stopped_at, stopped_for
  FROM shadow
 ORDER BY CASE WHEN stopped_at IS NULL THEN 0 ELSE 1 END, number DESC
 LIMIT 20;

-- name: shadow_words
SELECT phase, said, words, withdrawals FROM shadow_word WHERE shadow = :shadow ORDER BY phase, said LIMIT :most;

-- name: find_shadow_word
SELECT words FROM shadow_word WHERE shadow = :shadow AND phase = :phase AND said = :said;

-- name: shadow_changed
SELECT w.*, p.asset AS pause_asset, p.friction AS pause_friction, p.covers_up_to, p.duration, p.lapses_after,
       p.offered_at, p.started_at, p.resolution, p.resolved_by, p.resolved_at, p.actor AS resolved_actor,
       (SELECT max(CASE WHEN h.lifted_at < h.ends_at THEN h.lifted_at ELSE h.ends_at END) FROM hold h
         WHERE h.customer = w.customer AND h.destination = w.destination) AS held_until
  FROM withdrawal w LEFT JOIN pause p ON p.id = w.pause
 WHERE w.shadow = :shadow AND w.shadow_change = :change AND w.number < :before
 ORDER BY w.number DESC
 LIMIT :rows;

-- name: shadow_outcomes
-- Of the newest of one change, what became of them as far as columns tell: broadcast, stopped, or neither.
SELECT CAST(count(*) AS BIGINT) AS withdrawals,
       CAST(COALESCE(sum(CASE WHEN broadcast_at IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) AS proceeded,
       CAST(COALESCE(sum(CASE WHEN broadcast_at IS NULL AND stopped_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT)
           AS stopped
  FROM (SELECT broadcast_at, stopped_at FROM withdrawal
         WHERE shadow = :shadow AND shadow_change = :change
         ORDER BY number DESC LIMIT :most) AS newest;
