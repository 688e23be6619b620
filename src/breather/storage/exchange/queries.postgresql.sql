-- What a batch reads and writes, as PostgreSQL wants it: each column of its rows as one array. One statement each, however
-- many rows there are, whatever is NULL in them: the server plans it once. On SQLite they are in the shared files.
--
-- LATERAL with OFFSET 0 is asked for each row by itself, by key: a plan from when the table was empty, which stays in use
-- for as long as nobody takes statistics, would go over all of it.

-- name: withdrawals_named
SELECT withdrawal.* FROM unnest(CAST(:id AS TEXT[])) AS named (id)
JOIN withdrawal ON withdrawal.id = named.id;

-- name: insert_withdrawal
INSERT INTO withdrawal (id, number, customer, asset, network, amount, destination, decided_at, friction,
                        raised_friction, campaign, campaign_version, pause, submitted, decision, changed, watched_at,
                        shadow, shadow_said, shadow_change)
SELECT id, number, customer, asset, network, amount, destination, decided_at, friction,
       friction, campaign, campaign_version, pause, submitted, decision, number, watched_at,
       shadow, shadow_said, shadow_change
FROM unnest(
  CAST(:id AS TEXT[]), CAST(:number AS BIGINT[]), CAST(:customer AS TEXT[]), CAST(:asset AS TEXT[]),
  CAST(:network AS TEXT[]), CAST(:amount AS TEXT[]), CAST(:destination AS TEXT[]), CAST(:decided_at AS BIGINT[]),
  CAST(:friction AS BIGINT[]), CAST(:campaign AS TEXT[]), CAST(:campaign_version AS BIGINT[]), CAST(:pause AS TEXT[]),
  CAST(:submitted AS BYTES[]), CAST(:decision AS BYTES[]), CAST(:watched_at AS BIGINT[]), CAST(:shadow AS BIGINT[]),
  CAST(:shadow_said AS TEXT[]), CAST(:shadow_change AS BIGINT[])
) AS one (id, number, customer, asset, network, amount, destination, decided_at, friction, campaign, campaign_version,
          pause, submitted, decision, watched_at, shadow, shadow_said, shadow_change);

-- name: pauses_of_pairs
-- As pauses_of_pair, for each pair with limits of its own.
WITH met AS (
  SELECT pause.*, pair.most, ROW_NUMBER() OVER (
           PARTITION BY pause.customer, pause.destination
           ORDER BY CASE WHEN pause.resolution IS NULL THEN 0 ELSE 1 END, pause.offered_at DESC, pause.id DESC) AS place
  FROM unnest(CAST(:customer AS TEXT[]), CAST(:destination AS TEXT[]), CAST(:now AS BIGINT[]), CAST(:since AS BIGINT[]),
              CAST(:most AS BIGINT[])) AS pair (customer, destination, now, since, most)
  CROSS JOIN LATERAL (
    SELECT * FROM pause AS met_by
    WHERE met_by.customer = pair.customer AND met_by.destination = pair.destination
      AND (met_by.resolution IS NULL
           AND COALESCE(met_by.started_at + met_by.duration, met_by.offered_at) + met_by.lapses_after > pair.now
           OR met_by.resolved_at > pair.since)
    OFFSET 0
  ) AS pause
)
SELECT * FROM met WHERE place <= most ORDER BY customer, destination, place;

-- name: insert_pause
INSERT INTO pause (id, customer, destination, asset, friction, covers_up_to, duration, lapses_after, offered_at)
SELECT * FROM unnest(
  CAST(:id AS TEXT[]), CAST(:customer AS TEXT[]), CAST(:destination AS TEXT[]), CAST(:asset AS TEXT[]),
  CAST(:friction AS BIGINT[]), CAST(:covers_up_to AS TEXT[]), CAST(:duration AS BIGINT[]),
  CAST(:lapses_after AS BIGINT[]), CAST(:offered_at AS BIGINT[])
);

-- name: holds_of_pairs
SELECT hold.* FROM unnest(CAST(:customer AS TEXT[]), CAST(:destination AS TEXT[])) AS pair (customer, destination)
CROSS JOIN LATERAL (
  SELECT * FROM hold AS placed WHERE placed.customer = pair.customer AND placed.destination = pair.destination OFFSET 0
) AS hold
ORDER BY hold.placed_at, hold.id;

-- name: insert_hold
INSERT INTO hold (id, customer, destination, withdrawal, reason, placed_at, ends_at, lifted_at, actor)
SELECT * FROM unnest(
  CAST(:id AS TEXT[]), CAST(:customer AS TEXT[]), CAST(:destination AS TEXT[]), CAST(:withdrawal AS TEXT[]),
  CAST(:reason AS TEXT[]), CAST(:placed_at AS BIGINT[]), CAST(:ends_at AS BIGINT[]), CAST(:lifted_at AS BIGINT[]),
  CAST(:actor AS TEXT[])
);

-- name: profiles_of
SELECT profile.kind, profile.key, profile.state
FROM unnest(CAST(:kind AS TEXT[]), CAST(:key AS TEXT[])) AS wanted (kind, key)
JOIN profile ON profile.kind = wanted.kind AND profile.key = wanted.key;

-- name: save_profile
INSERT INTO profile (kind, key, state, at)
SELECT * FROM unnest(
  CAST(:kind AS TEXT[]), CAST(:key AS TEXT[]), CAST(:state AS BYTES[]), CAST(:at AS BIGINT[])
)
ON CONFLICT (kind, key) DO UPDATE SET state = excluded.state, at = excluded.at;

-- name: insert_journal
INSERT INTO journal (number, at, step, kind, withdrawal, actor, body)
SELECT * FROM unnest(
  CAST(:number AS BIGINT[]), CAST(:at AS BIGINT[]), CAST(:step AS BIGINT[]), CAST(:kind AS TEXT[]),
  CAST(:withdrawal AS TEXT[]), CAST(:actor AS TEXT[]), CAST(:body AS BYTES[])
);

-- name: destinations_listed
SELECT DISTINCT wanted.destination FROM unnest(CAST(:destination AS TEXT[])) AS wanted (destination)
CROSS JOIN LATERAL (
  SELECT 1 FROM listing WHERE listing.destination = wanted.destination AND listing.withdrawn_at IS NULL LIMIT 1
) AS listed;
