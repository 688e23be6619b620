-- The exchange service's store of record. One database is one VASP in one mode (test or live).
-- Common subset of SQLite and PostgreSQL: TEXT, BIGINT, BYTES (BLOB or BYTEA); booleans are 0 and 1; instants are
-- milliseconds UTC; amounts are text, because base units of an 18-decimal token do not fit 64 bits.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- One entry per acknowledged act, numbered in the transaction of the act. The only numbers a cursor may run over.
CREATE TABLE journal (
    number     BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    step       BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    withdrawal TEXT,
    actor      TEXT   NOT NULL,
    body       BYTES  NOT NULL
);
CREATE INDEX journal_of_withdrawal ON journal (withdrawal, number);

-- Steps 1 to 6. `submitted` and `decision` are the variable parts; fixed content is addressed by pack and campaign.
CREATE TABLE withdrawal (
    id               TEXT   PRIMARY KEY,
    number           BIGINT NOT NULL UNIQUE,  -- the journal entry of its decision
    customer         TEXT   NOT NULL,
    asset            TEXT   NOT NULL,
    network          TEXT   NOT NULL,
    amount           TEXT   NOT NULL,         -- base units
    destination      TEXT   NOT NULL,         -- Destination.key
    decided_at       BIGINT NOT NULL,
    friction         BIGINT NOT NULL,         -- as decided; it may only rise, in `raised_friction`
    raised_friction  BIGINT NOT NULL,
    campaign         TEXT,
    campaign_version BIGINT,
    pause            TEXT,
    submitted        BYTES  NOT NULL,
    decision         BYTES  NOT NULL,
    changed          BIGINT NOT NULL,         -- the journal entry of the last act on it
    watched_at       BIGINT,                  -- somebody is listening: sticky
    answered_at      BIGINT,
    answered         BYTES,                   -- what the rules made of the answers, once they are given
    help_asked_at    BIGINT,
    transaction_id   TEXT,
    broadcast_at     BIGINT,
    cleared_until    BIGINT,                  -- the expiry of the last clearance issued
    stopped_at       BIGINT,
    stopped_by       TEXT,                    -- the event's id
    stopped_actor    TEXT
);
CREATE INDEX withdrawal_changed ON withdrawal (changed);
CREATE INDEX withdrawal_of_customer ON withdrawal (customer, number);
CREATE INDEX withdrawal_of_pause ON withdrawal (pause);
CREATE INDEX withdrawal_decided ON withdrawal (decided_at, friction);

-- A cooling-off belongs to customer and destination; notices and questions are the same thing with no pause in them.
-- elapsed and lapsed are computed from the clock and never written.
CREATE TABLE pause (
    id            TEXT   PRIMARY KEY,
    customer      TEXT   NOT NULL,
    destination   TEXT   NOT NULL,
    asset         TEXT   NOT NULL,
    friction      BIGINT NOT NULL,
    covers_up_to  TEXT   NOT NULL,            -- base units: what it was offered for
    duration      BIGINT NOT NULL,            -- milliseconds, fixed when it was offered
    lapses_after  BIGINT NOT NULL,            -- milliseconds after elapsing, or after the offer while unanswered
    offered_at    BIGINT NOT NULL,
    started_at    BIGINT,
    resolution    TEXT,                       -- acknowledge, confirm or stop
    resolved_by   TEXT,                       -- the event's id
    resolved_at   BIGINT,
    actor         TEXT
);
CREATE INDEX pause_of_pair ON pause (customer, destination, offered_at);

CREATE TABLE hold (
    id          TEXT   PRIMARY KEY,
    customer    TEXT   NOT NULL,
    destination TEXT   NOT NULL,
    withdrawal  TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    placed_at   BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,              -- the maximum, fixed when it began
    lifted_at   BIGINT,
    actor       TEXT   NOT NULL
);
CREATE INDEX hold_of_pair ON hold (customer, destination, placed_at);

-- Every event on a withdrawal, under the caller's id.
CREATE TABLE event (
    withdrawal TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    number     BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    body       BYTES  NOT NULL,
    PRIMARY KEY (withdrawal, id)
);

-- History enters features only through these three rows.
CREATE TABLE profile (
    kind  TEXT   NOT NULL,                    -- customer, destination, payee
    key   TEXT   NOT NULL,
    state BYTES  NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (kind, key)
);

CREATE TABLE pack (
    hash   TEXT   PRIMARY KEY,
    id     TEXT   NOT NULL,
    version BIGINT NOT NULL,
    files  BYTES  NOT NULL,
    stored_at BIGINT NOT NULL
);

CREATE TABLE campaign (
    id           TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    hash         TEXT   NOT NULL,
    pack         TEXT   NOT NULL,             -- pack.hash
    files        BYTES  NOT NULL,
    jurisdiction TEXT   NOT NULL,
    starts_at    BIGINT NOT NULL,             -- pinned by activation
    ends_at      BIGINT NOT NULL,
    retired_at   BIGINT,
    activated_by TEXT   NOT NULL,
    PRIMARY KEY (id, version)
);

CREATE TABLE api_key (
    hash       TEXT   PRIMARY KEY,            -- SHA-256 of the key, hexadecimal
    name       TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,               -- space-separated
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Links for the customer's page: exchanged once, then the session's row stands for it.
CREATE TABLE link (
    hash       TEXT   PRIMARY KEY,
    withdrawal TEXT   NOT NULL,
    locale     TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX link_expiry ON link (expires_at);

CREATE TABLE page_session (
    hash       TEXT   PRIMARY KEY,
    withdrawal TEXT   NOT NULL,
    locale     TEXT,
    csrf       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX page_session_expiry ON page_session (expires_at);

CREATE TABLE console_password (
    id         TEXT   PRIMARY KEY,            -- always 'console': one login until people have an issue of their own
    argon2     TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE console_session (
    hash       TEXT   PRIMARY KEY,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX console_session_expiry ON console_session (expires_at);

CREATE TABLE heartbeat (
    process TEXT   PRIMARY KEY,
    at      BIGINT NOT NULL,
    detail  TEXT   NOT NULL
);

-- Raised in the transaction that changes a campaign, a pack or an API key; `serve` polls it each second.
CREATE TABLE generation (
    id     TEXT   PRIMARY KEY,                -- always 'exchange'
    number BIGINT NOT NULL
);
