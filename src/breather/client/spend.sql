-- ON CONFLICT and the row count, not a caught error: on PostgreSQL an error would spoil the exchange's transaction.
INSERT INTO breather_spent_clearance (jti, spent_at) VALUES (?, ?) ON CONFLICT (jti) DO NOTHING
