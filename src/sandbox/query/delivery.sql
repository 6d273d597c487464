-- name: delivery_add
-- An event is to reach an endpoint.
INSERT INTO delivery (seq, event_id, endpoint_id, attempts, due_at_ms, is_delivered)
VALUES (?1, ?2, ?3, 0, ?4, 0);

-- name: delivery_due
-- Which deliveries are due, oldest event first?
SELECT event_id, endpoint_id, attempts, due_at_ms
FROM delivery
WHERE due_at_ms <= ?1
ORDER BY due_at_ms, seq;

-- name: delivery_next
-- When is the next delivery due?
SELECT MIN(due_at_ms)
FROM delivery
WHERE due_at_ms IS NOT NULL;

-- name: delivery_put
-- How did an attempt end?
UPDATE delivery
SET attempts = ?3,
    due_at_ms = ?4,
    is_delivered = ?5
WHERE event_id = ?1
  AND endpoint_id = ?2;

-- name: delivery_recall
-- Every delivery that is not over is due at once.
UPDATE delivery
SET due_at_ms = ?1
WHERE due_at_ms IS NOT NULL;

-- name: delivery_pending
-- How many endpoints have not yet taken an event?
SELECT COUNT(*)
FROM delivery
WHERE event_id = ?1
  AND is_delivered = 0;

-- name: delivery_count
-- How many events has an endpoint taken, how many wait, how many were given up?
SELECT COUNT(CASE WHEN is_delivered = 1 THEN 1 END),
       COUNT(due_at_ms),
       COUNT(CASE WHEN is_delivered = 0 AND due_at_ms IS NULL THEN 1 END)
FROM delivery
WHERE endpoint_id = ?1;

-- name: delivery_shelf_clear
-- So is how it was delivered.
DELETE FROM delivery
WHERE event_id IN (
  SELECT id
  FROM object
  WHERE clock = ?1
    AND due_at <= ?2
);

-- name: delivery_refused
-- How many endpoints were told an event and have not taken it?
SELECT COUNT(*)
FROM delivery
WHERE event_id = ?1
  AND is_delivered = 0
  AND attempts > 0;

-- name: delivery_of_endpoint_delete
-- An endpoint is gone.
DELETE FROM delivery
WHERE endpoint_id = ?1;
