-- The questions of a backtest, in DuckDB's SQL. What stands in braces is written by `history.py` and `version.py` from
-- rules that were parsed and checked; no text of a file gets here. `at` is a word of DuckDB, hence the quotes.

-- name: described
DESCRIBE SELECT * FROM {file}

-- name: extent
SELECT count(*), min("at"), max("at"), 3 * count(*) - count(id) - count(customer_ref) - count("at")
FROM {file}

-- By their hashes, which takes a third of the time of comparing texts; what they suggest is looked at by `repeated`.
-- name: hashes_repeated
SELECT count(*) - count(DISTINCT hash(id)) FROM {file}

-- Rows count from 1, in each file of its own.
-- name: repeated
SELECT id, list(place ORDER BY place)
FROM (SELECT id, file_row_number + 1 AS place FROM {numbered})
GROUP BY id
HAVING count(*) > 1
ORDER BY min(place), id
LIMIT {most}

-- name: kinds
SELECT DISTINCT feature_kind FROM {file} ORDER BY ALL

-- The rows to which the campaign applies, by the strongest evidence of residence (`domain/place.py`).
-- name: recorded
CREATE TEMP VIEW recorded AS
SELECT id, customer_ref, "at", ("at" + {offset}) // 86400000 AS day, {features}
FROM {file}
WHERE coalesce(residence_kyc, residence_document, residence_phone, residence_ip) = '{jurisdiction}'

-- name: judged
CREATE TEMP VIEW judged AS
SELECT *, {frictions}
FROM (SELECT *, {truths} FROM recorded)

-- CASE over a condition stops at its first false part and copies nothing. To count what `judged` made of it, or to count
-- with FILTER, takes half as long again.
-- name: rule_days
SELECT day, count(*), {hits}
FROM recorded
GROUP BY day
ORDER BY day

-- name: friction_days
SELECT day, {friction}, count(*)
FROM judged
GROUP BY ALL
ORDER BY ALL

-- name: customers
SELECT count(DISTINCT customer_ref), count(DISTINCT customer_ref) FILTER (WHERE {friction} >= {interrupts})
FROM judged

-- Notices that come so soon after something else was shown in this same backtest that serving would have kept some back.
-- name: notices_too_soon
SELECT count(*)
FROM (
    SELECT {friction} AS friction, "at" - lag("at") OVER (PARTITION BY hash(customer_ref) ORDER BY "at") AS since
    FROM judged
    WHERE {friction} >= 1
)
WHERE friction = 1 AND since < {every}

-- name: undetermined
SELECT {counts}
FROM (SELECT *, {classes} FROM judged)

-- name: patterns
SELECT {masks}, count(*)
FROM judged
GROUP BY ALL

-- name: changes
SELECT {before}, {after}, count(*)
FROM judged
GROUP BY ALL
ORDER BY ALL

-- name: moved
SELECT count(*), count(DISTINCT customer_ref)
FROM judged
WHERE {condition}

-- The hash makes the sample one of all days, and the same each time.
-- name: sample
SELECT id
FROM judged
WHERE {condition}
ORDER BY md5(id)
LIMIT {most}

-- name: rule_totals
SELECT {hits}
FROM judged

-- name: labels
CREATE TEMP TABLE label AS
SELECT {id} AS id, {scam} AS scam
FROM {file}

-- name: label_faults
SELECT
    count(*),
    count(*) FILTER (WHERE id IS NULL OR scam IS NULL),
    count(id) - count(DISTINCT id),
    (SELECT min(id) FROM (SELECT id FROM label GROUP BY id HAVING count(id) > 1))
FROM label

-- name: any_labelled
SELECT EXISTS (SELECT 1 FROM recorded JOIN label USING (id))

-- name: examples
SELECT (SELECT min(id) FROM label), (SELECT min(id) FROM recorded)

-- name: labelled
SELECT count(*), count(DISTINCT id), coalesce(sum(CASE WHEN scam THEN 1 ELSE 0 END), 0), {counts}
FROM judged JOIN label USING (id)
