-- The demo exchange's books. Amounts are whole numbers of base units as text: they outgrow 64 bits.

CREATE TABLE IF NOT EXISTS customer (
    ref            TEXT NOT NULL PRIMARY KEY,
    seeded_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS balance (
    customer       TEXT NOT NULL REFERENCES customer (ref),
    asset          TEXT NOT NULL,
    units          TEXT NOT NULL,
    PRIMARY KEY (customer, asset)
) STRICT;

CREATE TABLE IF NOT EXISTS session (
    hash             TEXT NOT NULL PRIMARY KEY,
    customer         TEXT NOT NULL REFERENCES customer (ref),
    started_at       INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL
) STRICT;

-- status: open, paid, stopped, lapsed, refused. All but open are final.
-- decision: proceed, intervene, hold, wait; NULL before Breather was asked.
-- address as it was typed; payee and memo the one spelling of it, as Breather answered: this is what is paid.
CREATE TABLE IF NOT EXISTS withdrawal (
    id             TEXT NOT NULL PRIMARY KEY,
    customer       TEXT NOT NULL REFERENCES customer (ref),
    asset          TEXT NOT NULL,
    network        TEXT NOT NULL,
    amount         TEXT NOT NULL,
    address        TEXT NOT NULL,
    body           TEXT NOT NULL,
    asked_at       INTEGER NOT NULL,
    status         TEXT NOT NULL DEFAULT 'open',
    decision       TEXT,
    friction       TEXT,
    alert          TEXT,
    payee          TEXT,
    memo           TEXT,
    transaction_id TEXT
) STRICT;

CREATE INDEX IF NOT EXISTS withdrawal_of_customer ON withdrawal (customer, asked_at);

-- What Breather still has to be told: an event per row, promised in the transaction that made it true.
CREATE TABLE IF NOT EXISTS promise (
    event          TEXT NOT NULL PRIMARY KEY,
    withdrawal     TEXT NOT NULL REFERENCES withdrawal (id),
    body           TEXT NOT NULL,
    promised_at    INTEGER NOT NULL,
    delivered_at   INTEGER,
    refused        TEXT
) STRICT;

CREATE INDEX IF NOT EXISTS promise_open ON promise (promised_at) WHERE delivered_at IS NULL AND refused IS NULL;

-- Withdrawals whose customer agreed to be named to the police, and about which Breather is still to be asked.
CREATE TABLE IF NOT EXISTS consented (
    withdrawal     TEXT NOT NULL PRIMARY KEY REFERENCES withdrawal (id)
) STRICT;

-- Who she is, sealed for officers and never in the clear; the bytes are kept, so that a retry is the same.
CREATE TABLE IF NOT EXISTS subject (
    referral       TEXT NOT NULL PRIMARY KEY,
    withdrawal     TEXT NOT NULL REFERENCES withdrawal (id),
    ciphertext     TEXT NOT NULL,
    keys           TEXT NOT NULL,
    sealed_at      INTEGER NOT NULL,
    sent_at        INTEGER,
    refused        TEXT
) STRICT;

-- How far Breather's list of changes has been read.
CREATE TABLE IF NOT EXISTS followed (
    only_row       INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    after          INTEGER NOT NULL
) STRICT;
