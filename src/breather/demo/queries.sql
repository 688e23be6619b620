-- name: add_customer
INSERT INTO customer (ref, seeded_at) VALUES (:ref, :now) ON CONFLICT (ref) DO NOTHING

-- name: customer
SELECT ref, seeded_at FROM customer WHERE ref = :ref

-- name: set_balance
INSERT INTO balance (customer, asset, units) VALUES (:customer, :asset, :units)
ON CONFLICT (customer, asset) DO UPDATE SET units = excluded.units

-- name: balances
SELECT asset, units FROM balance WHERE customer = :customer ORDER BY asset DESC

-- name: begin_session
INSERT INTO session (hash, customer, started_at, authenticated_at) VALUES (:hash, :customer, :now, :now)

-- name: session
SELECT customer, started_at, authenticated_at FROM session WHERE hash = :hash

-- name: authenticate_session
UPDATE session SET authenticated_at = :now WHERE hash = :hash

-- name: end_session
DELETE FROM session WHERE hash = :hash

-- name: add_withdrawal
INSERT INTO withdrawal (id, customer, asset, network, amount, address, body, asked_at)
VALUES (:id, :customer, :asset, :network, :amount, :address, :body, :now)

-- name: withdrawal
SELECT id, customer, asset, network, amount, address, body, asked_at, status, decision, friction, alert,
       payee, memo, transaction_id
FROM withdrawal WHERE id = :id

-- name: withdrawals_of
SELECT id, customer, asset, network, amount, address, body, asked_at, status, decision, friction, alert,
       payee, memo, transaction_id
FROM withdrawal WHERE customer = :customer ORDER BY asked_at DESC, id DESC LIMIT 50

-- name: keep_decision
UPDATE withdrawal SET decision = :decision, friction = :friction, alert = :alert, payee = :payee, memo = :memo
WHERE id = :id

-- name: close_withdrawal
UPDATE withdrawal SET status = :status WHERE id = :id AND status = 'open'

-- name: mark_paid
UPDATE withdrawal SET status = 'paid', transaction_id = :transaction_id WHERE id = :id AND status = 'open'

-- name: add_promise
INSERT INTO promise (event, withdrawal, body, promised_at) VALUES (:event, :withdrawal, :body, :now)
ON CONFLICT (event) DO NOTHING

-- name: open_promises
SELECT event, withdrawal, body FROM promise WHERE delivered_at IS NULL AND refused IS NULL
ORDER BY promised_at, event LIMIT 100

-- name: promise_of
SELECT event, delivered_at, refused FROM promise WHERE event = :event

-- name: mark_delivered
UPDATE promise SET delivered_at = :now WHERE event = :event AND delivered_at IS NULL

-- name: mark_refused
UPDATE promise SET refused = :code WHERE event = :event AND delivered_at IS NULL

-- name: add_consented
INSERT INTO consented (withdrawal) SELECT id FROM withdrawal WHERE id = :withdrawal
ON CONFLICT (withdrawal) DO NOTHING

-- name: all_consented
SELECT withdrawal FROM consented ORDER BY withdrawal LIMIT 100

-- name: asked_about
DELETE FROM consented WHERE withdrawal = :withdrawal

-- name: add_subject
INSERT INTO subject (referral, withdrawal, ciphertext, keys, sealed_at)
VALUES (:referral, :withdrawal, :ciphertext, :keys, :now)

-- name: sealed_subject
SELECT sent_at, refused FROM subject WHERE referral = :referral

-- name: open_subjects
SELECT referral, withdrawal, ciphertext, keys FROM subject WHERE sent_at IS NULL AND refused IS NULL
ORDER BY sealed_at, referral LIMIT 100

-- name: mark_subject_sent
UPDATE subject SET sent_at = :now WHERE referral = :referral

-- name: mark_subject_refused
UPDATE subject SET refused = :code WHERE referral = :referral

-- name: followed
SELECT after FROM followed WHERE only_row = 1

-- name: follow
INSERT INTO followed (only_row, after) VALUES (1, :after) ON CONFLICT (only_row) DO UPDATE SET after = excluded.after
