-- name: object_put
-- How does this object stand now?
INSERT INTO object (id, type, customer, clock, seq, due_at, json)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (id) DO UPDATE
SET customer = excluded.customer,
    clock = excluded.clock,
    due_at = excluded.due_at,
    json = excluded.json;

-- name: object_get
-- What is this object?
SELECT json
FROM object
WHERE id = ?1;

-- name: object_delete
-- Forget it.
DELETE FROM object
WHERE id = ?1;

-- name: object_count
-- How many objects of a type are there?
SELECT COUNT(*)
FROM object
WHERE type = ?1;

-- name: object_shelf_next
-- When is the first that is kept for a while old enough?
SELECT MIN(due_at)
FROM object
WHERE clock = ?1;

-- name: object_shelf_clear
-- What was kept long enough is gone.
DELETE FROM object
WHERE clock = ?1
  AND due_at <= ?2;

-- name: object_seq_max
-- Up to where has the order of creation got?
SELECT COALESCE(MAX(seq), 0)
FROM object;

-- name: object_by_type
-- Which objects of a type are older than this one, newest first?
SELECT id, json
FROM object
WHERE type = ?1
  AND seq < ?2
ORDER BY seq DESC;

-- name: object_by_customer
-- Which objects of a type has a customer, newest first?
SELECT id, json
FROM object
WHERE customer = ?1
  AND type = ?2
  AND seq < ?3
ORDER BY seq DESC;

-- name: object_due
-- What happens next by itself on a clock, up to an instant?
SELECT id, due_at
FROM object
WHERE clock = ?1
  AND due_at IS NOT NULL
  AND due_at <= ?2
ORDER BY due_at, seq
LIMIT 1;

-- name: object_waiting_on_clock
-- For which objects of a type is something going to happen on this clock?
SELECT id, json
FROM object
WHERE clock = ?1
  AND due_at IS NOT NULL
  AND type = ?2;

-- name: object_on_clock
-- Which objects of a type follow this clock?
SELECT id, json
FROM object
WHERE clock = ?1
  AND type = ?2;
