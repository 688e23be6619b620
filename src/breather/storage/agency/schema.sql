-- The agency service's store of record. One database is one agency in one mode (test or live).
-- Common subset of SQLite and PostgreSQL, as in the exchange's schema: booleans are 0 and 1, instants milliseconds UTC.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- One entry per acknowledged act, numbered in the transaction of the act. `subject` is what the act was about.
CREATE TABLE journal (
    number  BIGINT PRIMARY KEY,
    at      BIGINT NOT NULL,
    step    BIGINT NOT NULL,
    kind    TEXT   NOT NULL,
    subject TEXT,
    actor   TEXT   NOT NULL,
    body    BYTES  NOT NULL
);
CREATE INDEX journal_of_subject ON journal (subject, number);

-- Everything referred about one destination, counted as it comes in: the portal shows it without counting again.
CREATE TABLE destination (
    key         TEXT   PRIMARY KEY,           -- Destination.key
    network     TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    memo        TEXT,
    referrals   BIGINT NOT NULL,
    senders     BIGINT NOT NULL,              -- how many exchanges
    undecided   BIGINT NOT NULL,              -- referrals without a disposition
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    last_number BIGINT NOT NULL               -- the number of its latest referral
);
CREATE INDEX destination_latest ON destination (last_number);

-- The inbox. `body` is what was received, byte for byte: the receipt's hash is over it. The other columns were read
-- from it once and serve the portal; a subject in it is sealed to officers' keys and stays sealed here.
CREATE TABLE referral (
    number       BIGINT PRIMARY KEY,          -- the journal entry of its arrival: the order of the inbox
    sender       TEXT   NOT NULL,
    id           TEXT   NOT NULL,             -- the sender's own
    hash         TEXT   NOT NULL,             -- SHA-256 of body, hexadecimal
    body         BYTES  NOT NULL,
    sequence     BIGINT NOT NULL,             -- the sender's count of its referrals to us
    receipt      BYTES  NOT NULL,             -- what was answered: the same body for every repeat, signed anew each time
    received_at  BIGINT NOT NULL,
    destination  TEXT   NOT NULL,             -- destination.key
    tier         TEXT   NOT NULL,
    basis        TEXT   NOT NULL,
    typology     TEXT,                        -- NULL in these: the relay terms have no row for it
    asset        TEXT,
    amount_band  TEXT,
    day          TEXT,
    sealed       BIGINT NOT NULL,             -- 1: carries a sealed subject
    follows      TEXT,                        -- the sender's id of its earlier referral of the same withdrawal
    standing     TEXT   NOT NULL,             -- waiting, claimed, decided
    claimed_by   TEXT,
    claimed_at   BIGINT,
    disposition  TEXT,
    duplicate_of TEXT,
    decided_by   TEXT,
    decided_at   BIGINT,
    changed      BIGINT NOT NULL,             -- the journal entry of the last act on it
    UNIQUE (sender, id)
);
CREATE INDEX referral_standing ON referral (standing, number);
CREATE INDEX referral_destination ON referral (destination, number);
CREATE INDEX referral_changed ON referral (changed);
CREATE INDEX referral_follows ON referral (sender, follows);

-- Every disposition, the replaced ones too. `id` is the form's: pressing twice is one disposition.
CREATE TABLE disposition (
    id           TEXT   PRIMARY KEY,
    number       BIGINT NOT NULL,             -- journal
    referral     BIGINT NOT NULL,
    disposition  TEXT   NOT NULL,
    duplicate_of TEXT,
    note         TEXT   NOT NULL,             -- for officers only: it is in nothing that leaves
    officer      TEXT   NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX disposition_of_referral ON disposition (referral, number);

-- What one peer is told, numbered for that peer alone: gaps in a common number would tell of the others' referrals.
CREATE TABLE change (
    peer     TEXT   NOT NULL,
    sequence BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    body     BYTES  NOT NULL,
    PRIMARY KEY (peer, sequence)
);

-- How many messages of one type went to one peer: the sequence in their envelopes.
CREATE TABLE counter (
    peer TEXT   NOT NULL,
    type TEXT   NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (peer, type)
);

-- Codes that were looked up, by a hash of what was typed: right ones and wrong ones leave the same row.
CREATE TABLE lookup (
    hash       TEXT   PRIMARY KEY,
    first_at   BIGINT NOT NULL,
    last_at    BIGINT NOT NULL,
    times      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX lookup_expiry ON lookup (expires_at);

CREATE TABLE portal_password (
    id         TEXT   PRIMARY KEY,            -- always 'portal': one login until people have an issue of their own
    argon2     TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE portal_session (
    hash       TEXT   PRIMARY KEY,
    officer    TEXT   NOT NULL,               -- as said at the door
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX portal_session_expiry ON portal_session (expires_at);

CREATE TABLE heartbeat (
    process TEXT   PRIMARY KEY,
    at      BIGINT NOT NULL,
    detail  TEXT   NOT NULL
);

-- Raised in the transaction that records a change of peers or keys; `serve` polls it each second.
CREATE TABLE generation (
    id     TEXT   PRIMARY KEY,                -- always 'agency'
    number BIGINT NOT NULL
);
