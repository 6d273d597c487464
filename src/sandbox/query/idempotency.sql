-- name: idempotency_get
-- How was this key answered?
SELECT digest, status, body, request_id
FROM idempotency
WHERE idempotency_key = ?1;

-- name: idempotency_put
-- Keep an answer.
INSERT INTO idempotency (idempotency_key, digest, status, body, request_id, created_at_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: idempotency_oldest
-- When was the oldest kept answer given?
SELECT MIN(created_at_ms)
FROM idempotency;

-- name: idempotency_prune
-- Forget answers given before an instant.
DELETE FROM idempotency
WHERE created_at_ms < ?1;
