-- name: find_withdrawal
SELECT * FROM withdrawal WHERE id = :id;

-- name: withdrawals_named
SELECT * FROM withdrawal WHERE id IN (VALUES (:id), ...);

-- name: insert_withdrawal
INSERT INTO withdrawal (id, number, customer, asset, network, amount, destination, decided_at, friction,
                        raised_friction, campaign, campaign_version, pause, submitted, decision, changed, watched_at,
                        shadow, shadow_said, shadow_change)
VALUES (:id, :number, :customer, :asset, :network, :amount, :destination, :decided_at, :friction,
        :friction, :campaign, :campaign_version, :pause, :submitted, :decision, :number, :watched_at,
        :shadow, :shadow_said, :shadow_change), ...;

-- name: save_withdrawal
UPDATE withdrawal
SET changed = :changed, raised_friction = :raised_friction, watched_at = :watched_at, answered_at = :answered_at,
    answered = :answered, help_asked_at = :help_asked_at, transaction_id = :transaction_id,
    broadcast_at = :broadcast_at, stopped_at = :stopped_at, stopped_by = :stopped_by, stopped_actor = :stopped_actor,
    consented_at = :consented_at, consent_text = :consent_text, consent_number = :consent_number,
    subject_referral = :subject_referral
WHERE id = :id;

-- name: stop_companions
-- One stop stops all that joined the pause and has not left yet.
UPDATE withdrawal
SET stopped_at = :stopped_at, stopped_by = :stopped_by, stopped_actor = :stopped_actor
WHERE pause = :pause AND stopped_at IS NULL AND transaction_id IS NULL;

-- name: touch_pause
UPDATE withdrawal SET changed = :changed WHERE pause = :pause;

-- name: touch_pair
UPDATE withdrawal SET changed = :changed
WHERE customer = :customer AND destination = :destination AND transaction_id IS NULL AND stopped_at IS NULL;

-- name: touch_withdrawal
UPDATE withdrawal SET changed = :changed WHERE id = :id;

-- name: save_clearance
UPDATE withdrawal SET cleared_until = :cleared_until, changed = :changed WHERE id = :id;

-- name: amounts_of_pause
SELECT amount, CASE WHEN stopped_at IS NULL THEN 0 ELSE 1 END AS stopped FROM withdrawal WHERE pause = :pause;

-- name: company_of_pause
SELECT CAST(COUNT(*) AS BIGINT) AS joined,
       CAST(COALESCE(SUM(CASE WHEN watched_at IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) AS watched
FROM withdrawal WHERE pause = :pause;

-- name: waiting_of_pause
SELECT id FROM withdrawal
WHERE pause = :pause AND transaction_id IS NULL AND stopped_at IS NULL
ORDER BY number LIMIT 1;

-- name: withdrawals_changed_after
SELECT * FROM withdrawal WHERE changed > :after ORDER BY changed, number LIMIT :most;

-- name: first_after_instant
SELECT * FROM withdrawal
WHERE customer = :customer AND number > :number AND decided_at >= :since
ORDER BY number LIMIT 1;

-- name: find_pause
SELECT * FROM pause WHERE id = :id;

-- name: pauses_of_pair
SELECT * FROM pause
WHERE customer = :customer AND destination = :destination
  AND (resolution IS NULL AND COALESCE(started_at + duration, offered_at) + lapses_after > :now OR resolved_at > :since)
ORDER BY CASE WHEN resolution IS NULL THEN 0 ELSE 1 END, offered_at DESC, id DESC
LIMIT :most;

-- name: pauses_of_pairs
-- As pauses_of_pair, for each pair with limits of its own. CROSS JOIN: SQLite goes by the pairs, and never over all pauses.
WITH pair (customer, destination, now, since, most) AS (
  VALUES (:customer, :destination, :now, :since, :most), ...
), met AS (
  SELECT pause.*, pair.most, ROW_NUMBER() OVER (
           PARTITION BY pause.customer, pause.destination
           ORDER BY CASE WHEN pause.resolution IS NULL THEN 0 ELSE 1 END, pause.offered_at DESC, pause.id DESC) AS place
  FROM pair CROSS JOIN pause
  WHERE pause.customer = pair.customer AND pause.destination = pair.destination
    AND (pause.resolution IS NULL
         AND COALESCE(pause.started_at + pause.duration, pause.offered_at) + pause.lapses_after > pair.now
         OR pause.resolved_at > pair.since)
)
SELECT * FROM met WHERE place <= most ORDER BY customer, destination, place;

-- name: insert_pause
INSERT INTO pause (id, customer, destination, asset, friction, covers_up_to, duration, lapses_after, offered_at)
VALUES (:id, :customer, :destination, :asset, :friction, :covers_up_to, :duration, :lapses_after, :offered_at), ...;

-- name: save_pause
UPDATE pause
SET friction = :friction, duration = :duration, started_at = :started_at, resolution = :resolution,
    resolved_by = :resolved_by, resolved_at = :resolved_at, actor = :actor
WHERE id = :id;

-- name: holds_of_pair
SELECT * FROM hold WHERE customer = :customer AND destination = :destination ORDER BY placed_at, id;

-- name: holds_of_pairs
WITH pair (customer, destination) AS (VALUES (:customer, :destination), ...)
SELECT hold.* FROM pair CROSS JOIN hold
WHERE hold.customer = pair.customer AND hold.destination = pair.destination
ORDER BY hold.placed_at, hold.id;

-- name: insert_hold
INSERT INTO hold (id, customer, destination, withdrawal, reason, placed_at, ends_at, lifted_at, actor)
VALUES (:id, :customer, :destination, :withdrawal, :reason, :placed_at, :ends_at, :lifted_at, :actor), ...;

-- name: lift_hold
UPDATE hold SET lifted_at = :lifted_at WHERE id = :id AND lifted_at IS NULL;

-- name: find_event
SELECT * FROM event WHERE withdrawal = :withdrawal AND id = :id;

-- name: events_of
SELECT * FROM event WHERE withdrawal = :withdrawal ORDER BY number;

-- name: insert_event
INSERT INTO event (withdrawal, id, number, kind, actor, at, body)
VALUES (:withdrawal, :id, :number, :kind, :actor, :at, :body);

-- name: profiles_of
-- CROSS JOIN: SQLite goes by the keys; with IN and two columns it would go over the whole table.
WITH wanted (kind, key) AS (VALUES (:kind, :key), ...)
SELECT profile.kind, profile.key, profile.state FROM wanted CROSS JOIN profile
WHERE profile.kind = wanted.kind AND profile.key = wanted.key;

-- name: save_profile
INSERT INTO profile (kind, key, state, at) VALUES (:kind, :key, :state, :at), ...
ON CONFLICT (kind, key) DO UPDATE SET state = excluded.state, at = excluded.at;

-- name: all_packs
SELECT * FROM pack ORDER BY stored_at, hash;

-- name: store_pack
INSERT INTO pack (hash, id, version, files, stored_at) VALUES (:hash, :id, :version, :files, :stored_at)
ON CONFLICT (hash) DO NOTHING;

-- name: all_campaigns
SELECT * FROM campaign ORDER BY starts_at, id, version;

-- name: find_campaign
SELECT * FROM campaign WHERE id = :id AND version = :version;

-- name: newest_version
SELECT version FROM campaign WHERE id = :id ORDER BY version DESC LIMIT 1;

-- name: campaigns_active
SELECT * FROM campaign
WHERE jurisdiction = :jurisdiction AND retired_at IS NULL AND ends_at > :now
ORDER BY id, version;

-- name: insert_campaign
INSERT INTO campaign (id, version, hash, pack, files, jurisdiction, starts_at, ends_at, activated_by)
VALUES (:id, :version, :hash, :pack, :files, :jurisdiction, :starts_at, :ends_at, :activated_by);

-- name: retire_campaign
UPDATE campaign SET retired_at = :now WHERE id = :id AND retired_at IS NULL;

-- name: find_generation
SELECT number FROM generation WHERE id = 'exchange';

-- name: raise_generation
INSERT INTO generation (id, number) VALUES ('exchange', 1)
ON CONFLICT (id) DO UPDATE SET number = generation.number + 1;

-- name: all_api_keys
SELECT * FROM api_key ORDER BY created_at, name;

-- name: insert_api_key
INSERT INTO api_key (hash, name, scopes, created_at) VALUES (:hash, :name, :scopes, :created_at);

-- name: revoke_api_key
UPDATE api_key SET revoked_at = :now WHERE name = :name AND revoked_at IS NULL;

-- name: insert_link
INSERT INTO link (hash, withdrawal, locale, created_at, expires_at)
VALUES (:hash, :withdrawal, :locale, :created_at, :expires_at);

-- name: use_link
UPDATE link SET used_at = :now WHERE hash = :hash AND used_at IS NULL AND expires_at > :now;

-- name: find_link
SELECT * FROM link WHERE hash = :hash;

-- name: insert_page_session
INSERT INTO page_session (hash, withdrawal, locale, csrf, created_at, expires_at)
VALUES (:hash, :withdrawal, :locale, :csrf, :created_at, :expires_at);

-- name: find_page_session
SELECT * FROM page_session WHERE hash = :hash;

-- name: expire_links
DELETE FROM link WHERE expires_at <= :now;

-- name: expire_page_sessions
DELETE FROM page_session WHERE expires_at <= :now;

-- name: expire_console_sessions
DELETE FROM console_session WHERE expires_at <= :now;

-- name: find_console_password
SELECT argon2 FROM console_password WHERE id = 'console';

-- name: save_console_password
INSERT INTO console_password (id, argon2, changed_at) VALUES ('console', :argon2, :now)
ON CONFLICT (id) DO UPDATE SET argon2 = excluded.argon2, changed_at = excluded.changed_at;

-- name: insert_console_session
INSERT INTO console_session (hash, created_at, expires_at) VALUES (:hash, :created_at, :expires_at);

-- name: find_console_session
SELECT expires_at FROM console_session WHERE hash = :hash;

-- name: end_console_session
DELETE FROM console_session WHERE hash = :hash;

-- name: end_every_console_session
DELETE FROM console_session;

-- name: beat
INSERT INTO heartbeat (process, at, detail) VALUES (:process, :at, :detail)
ON CONFLICT (process) DO UPDATE SET at = excluded.at, detail = excluded.detail;

-- name: find_heartbeat
SELECT at, detail FROM heartbeat WHERE process = :process;

-- name: withdrawals_changed_at
SELECT * FROM withdrawal WHERE changed = :changed ORDER BY number;

-- name: journal_head
SELECT number, at FROM journal ORDER BY number DESC LIMIT 1;

-- name: insert_journal
INSERT INTO journal (number, at, step, kind, withdrawal, actor, body)
VALUES (:number, :at, :step, :kind, :withdrawal, :actor, :body), ...;

-- name: alarms_since
SELECT CAST(COUNT(*) AS BIGINT) AS alarms
FROM withdrawal
WHERE decided_at >= :since AND broadcast_at IS NOT NULL AND (cleared_until IS NULL OR stopped_at IS NOT NULL);

-- name: interruptions_of
-- Friction 2 is questions: a notice is no interruption.
SELECT CAST(COUNT(*) AS BIGINT) AS asked,
       CAST(COALESCE(SUM(CASE WHEN friction >= 2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS interrupted
FROM withdrawal
WHERE campaign = :campaign AND decided_at >= :since;
