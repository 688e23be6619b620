-- Beside the exchange's payouts, in the same database: one row for each clearance that has paid out, kept for ever.
-- A clearance of the same withdrawal has the same jti, whenever it was fetched.
CREATE TABLE IF NOT EXISTS breather_spent_clearance (
    jti      VARCHAR(64) NOT NULL PRIMARY KEY,
    spent_at BIGINT NOT NULL
)
