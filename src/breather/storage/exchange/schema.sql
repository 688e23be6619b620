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

-- Withdrawals that were erased: their ids are never used again (guarantee A1). No row of theirs is left but these.
CREATE TABLE erased (
    id     TEXT   PRIMARY KEY,
    number BIGINT NOT NULL,                   -- the journal entry that names it
    basis  TEXT   NOT NULL,
    at     BIGINT NOT NULL
);

-- Steps 1 to 6. `submitted` and `decision` are the variable parts; fixed content is addressed by pack and campaign.
CREATE TABLE withdrawal (
    number           BIGINT PRIMARY KEY,      -- the journal entry of its decision
    id               TEXT   NOT NULL UNIQUE,
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
    stopped_actor    TEXT,
    consented_at     BIGINT,                  -- the police may know who she is; NULL again once she takes that back
    consent_text     TEXT,                    -- which text she read
    consent_number   BIGINT,                  -- the journal entry of her yes
    subject_referral TEXT,                    -- the referral that will carry the sealed subject, named before it exists
    shadow           BIGINT,                  -- the shadow that saw it, if one ran; these four are the shadow's alone
    shadow_said      TEXT,                    -- what it and the active version asked for: shadow_word.said
    shadow_change    BIGINT,                  -- 1 no longer interrupted, 2 newly, 3 by both; NULL where by neither
    shadow_answered  TEXT                     -- the same as shadow_said, after the answers
);
CREATE INDEX withdrawal_changed ON withdrawal (changed);
CREATE INDEX withdrawal_of_customer ON withdrawal (customer, number);
CREATE INDEX withdrawal_of_pause ON withdrawal (pause);
CREATE INDEX withdrawal_decided ON withdrawal (decided_at, friction);
CREATE INDEX withdrawal_of_change ON withdrawal (shadow, shadow_change, number) WHERE shadow_change IS NOT NULL;

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
CREATE INDEX pause_of_destination ON pause (destination, offered_at);

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

-- Step 9: what was promised to an agency, as it is signed and sent, byte for byte. What comes back is written to it.
CREATE TABLE referral (
    id           TEXT   PRIMARY KEY,
    number       BIGINT NOT NULL UNIQUE,      -- the journal entry of the promise
    withdrawal   TEXT   NOT NULL,
    addressee    TEXT   NOT NULL,             -- the agency, as its key list names it
    tier         TEXT   NOT NULL,
    basis        TEXT   NOT NULL,
    destination  TEXT   NOT NULL,             -- Destination.key
    body         BYTES  NOT NULL,             -- empty once a consent was taken back before it left
    promised_at  BIGINT NOT NULL,
    disposition  TEXT,                        -- a later one replaces an earlier one
    duplicate_of TEXT,
    disposed_at  BIGINT,                      -- by the agency's clock
    closed_at    BIGINT                       -- when the first disposition was applied here
);
CREATE INDEX referral_of_withdrawal ON referral (withdrawal, number);

-- Step 10: the promise to bring it there. Pending, receipted or dead, and nothing else (guarantee F4).
CREATE TABLE delivery (
    referral      TEXT   PRIMARY KEY,
    addressee     TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    attempts      BIGINT NOT NULL,            -- since it was promised or replayed
    due_at        BIGINT NOT NULL,
    lease         BIGINT NOT NULL,            -- raised by every claim: whoever holds an older one settles nothing
    leased_until  BIGINT NOT NULL,
    tried_at      BIGINT,
    problem       TEXT,                       -- of the last attempt that failed, in words for people
    receipt       BYTES,                      -- the agency's, as it came
    receipt_proof TEXT,                       -- key id, timestamp and signature of it, separated by spaces
    settled_at    BIGINT                      -- receipted or dead
);
CREATE INDEX delivery_due ON delivery (state, addressee, due_at);

-- How many messages of one type went to one peer: the sequence in their envelopes.
CREATE TABLE counter (
    peer TEXT   NOT NULL,
    type TEXT   NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (peer, type)
);

-- Step 11: how far each agency's changes were applied, and what the last pull came to.
CREATE TABLE stream (
    agency    TEXT   PRIMARY KEY,
    after     BIGINT NOT NULL,                -- the number of the last change that was applied
    manifest  BIGINT NOT NULL,                -- the sequence of the last manifest that was accepted
    pulled_at BIGINT,                         -- the last that succeeded
    tried_at  BIGINT NOT NULL,
    problem   TEXT                            -- of the last attempt, if it failed
);

-- Changes that could not be applied: set aside for a person, so that what follows them is not held up.
CREATE TABLE set_aside (
    agency  TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    kind    TEXT   NOT NULL,
    problem TEXT   NOT NULL,
    body    BYTES  NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (agency, number)
);

-- Destinations that an agency confirmed about a referral of ours; `withdrawn_at` once it found otherwise.
CREATE TABLE listing (
    destination  TEXT   NOT NULL,
    referral     TEXT   NOT NULL,
    agency       TEXT   NOT NULL,
    confirmed_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (destination, referral)
);
CREATE INDEX listing_of_referral ON listing (referral);

-- Answers that the spool has held, once the database has them. `problem`: somebody has to look at it.
CREATE TABLE stand_in (
    digest     TEXT   PRIMARY KEY,            -- SHA-256 of the spool's record: drained once, whatever crashes
    withdrawal TEXT   NOT NULL,
    number     BIGINT NOT NULL,               -- the journal entry
    customer   TEXT   NOT NULL,
    friction   BIGINT NOT NULL,               -- 0 was let go, and counts against the campaign's limits
    amount_usd BIGINT,                        -- micro-dollars
    decided_at BIGINT NOT NULL,
    problem    TEXT                           -- the id had been decided otherwise: what became of that
);
CREATE INDEX stand_in_withdrawal ON stand_in (withdrawal);
CREATE INDEX stand_in_decided ON stand_in (decided_at);
CREATE INDEX stand_in_problem ON stand_in (number) WHERE problem IS NOT NULL;

-- Records of a spool that could not be drained, as they are: for a person, and never tried again.
CREATE TABLE stand_in_aside (
    digest  TEXT   PRIMARY KEY,
    number  BIGINT NOT NULL,
    body    BYTES  NOT NULL,
    problem TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- Published lists (docs/intelligence.md). What they say is in files; these rows say which files are in force, and they
-- change in the transaction that journals the import.
CREATE TABLE intelligence_list (
    name        TEXT   PRIMARY KEY,
    format      TEXT   NOT NULL,
    snapshot    TEXT   NOT NULL,              -- the file's name: the SHA-256 of its bytes
    content     TEXT   NOT NULL,              -- SHA-256 of what was imported, hexadecimal
    claims      BIGINT NOT NULL,
    dated       BIGINT,                       -- the list's own date, if it has one
    imported_at BIGINT NOT NULL,
    expires_at  BIGINT,
    summary     BYTES  NOT NULL
);

-- Every content that a list ever had: one that comes back without a date of its own is an older one.
CREATE TABLE intelligence_content (
    list        TEXT   NOT NULL,
    content     TEXT   NOT NULL,
    imported_at BIGINT NOT NULL,
    number      BIGINT,                       -- of an agency's feed; it never goes back
    PRIMARY KEY (list, content)
);

-- The index over all lists in the order of their names, and the salt of its keys.
CREATE TABLE intelligence_index (
    id     TEXT   PRIMARY KEY,                -- always 'exchange'
    name   TEXT   NOT NULL,
    salt   BYTES  NOT NULL,
    claims BIGINT NOT NULL
);

-- What people here said about what a list says. It outlives the list's next snapshot.
CREATE TABLE intelligence_ruling (
    list    TEXT   NOT NULL,
    scope   TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    ruling  TEXT   NOT NULL,                  -- withdrawn or contested
    because TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (list, scope, value)
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

-- A campaign version that ran beside the active one, from its journal entry until it was stopped: at most one at a time
-- in a jurisdiction. It is no row of `campaign`, for it was never in force.
CREATE TABLE shadow (
    number         BIGINT PRIMARY KEY,        -- the journal entry that began it
    id             TEXT   NOT NULL,
    version        BIGINT NOT NULL,
    hash           TEXT   NOT NULL,
    files          BYTES  NOT NULL,
    jurisdiction   TEXT   NOT NULL,
    beside         TEXT   NOT NULL,           -- the campaign, and the version of it, that was active
    beside_version BIGINT NOT NULL,
    started_at     BIGINT NOT NULL,
    started_by     TEXT   NOT NULL,
    stopped_at     BIGINT,
    stopped_for    TEXT                       -- asked, activated (itself), or superseded (another version was)
);

-- What the two versions asked for, each combination once, and of how many withdrawals they said it.
CREATE TABLE shadow_word (
    shadow      BIGINT NOT NULL,
    phase       TEXT   NOT NULL,              -- submit or answer
    said        TEXT   NOT NULL,              -- the hash of `words`: rules may have long names, and index keys may not
    words       BYTES  NOT NULL,
    withdrawals BIGINT NOT NULL,
    PRIMARY KEY (shadow, phase, said)
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
CREATE INDEX link_of_withdrawal ON link (withdrawal);

CREATE TABLE page_session (
    hash       TEXT   PRIMARY KEY,
    withdrawal TEXT   NOT NULL,
    locale     TEXT,
    csrf       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX page_session_expiry ON page_session (expires_at);
CREATE INDEX page_session_of_withdrawal ON page_session (withdrawal);

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
