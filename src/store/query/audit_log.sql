-- name: audit_head_last
-- How many heads are there, and which is the last?
select position, user_id, seq, chain, root, edge
from audit_heads
order by position desc
limit 1;

-- name: audit_head_of
-- What was the log told last of this chain?
select position, user_id, seq, chain, root, edge
from audit_heads
where user_id = ?1
order by seq desc
limit 1;

-- name: audit_head_covering
-- Which is the first head that this row of a chain lies under?
select position, user_id, seq, chain, root, edge
from audit_heads
where user_id = ?1
  and seq >= ?2
order by seq
limit 1;

-- name: audit_head_insert
-- The log is told what a chain has come to.
insert into audit_heads (position, user_id, seq, chain, root, edge)
values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: audit_head_walk
-- Which heads follow this position?
select position, user_id, seq, chain, root, edge
from audit_heads
where position > ?1
order by position
limit ?2;

-- name: audit_head_walk_by_user
-- Which heads follow this one, chain by chain?
select position, user_id, seq, chain, root, edge
from audit_heads
where (user_id, seq) > (?1, ?2)
order by user_id, seq
limit ?3;

-- name: audit_checkpoint_last
-- What was signed last?
select size, at, note, edge
from audit_checkpoints
order by size desc
limit 1;

-- name: audit_checkpoint_insert
-- The log was signed.
insert into audit_checkpoints (size, at, note, edge)
values (?1, ?2, ?3, ?4);

-- name: audit_checkpoint_get
-- What was signed of this size?
select size, at, note, edge
from audit_checkpoints
where size = ?1;

-- name: audit_checkpoint_page
-- What was signed before this size, the newest first?
select size, at, note, edge
from audit_checkpoints
where size < ?1
order by size desc
limit ?2;

-- name: audit_checkpoint_walk
-- What was signed after this size?
select size, at, note, edge
from audit_checkpoints
where size > ?1
order by size
limit ?2;

-- name: audit_shipment_insert
-- A checkpoint is to go there.
insert into audit_shipments (size, sink, attempts, next_attempt_at, shipped_at, last_error)
values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: audit_shipment_waiting
-- Which checkpoints are to be sent by now?
select size, sink, attempts, next_attempt_at, shipped_at, last_error
from audit_shipments
where shipped_at is null
  and next_attempt_at <= ?1
order by next_attempt_at, size, sink
limit ?2;

-- name: audit_shipment_next
-- When is the next one to be sent?
select min(next_attempt_at)
from audit_shipments
where shipped_at is null;

-- name: audit_shipment_of
-- Where has this checkpoint gone?
select size, sink, attempts, next_attempt_at, shipped_at, last_error
from audit_shipments
where size = ?1
order by sink;

-- name: audit_shipment_update
-- It was sent, or was not.
update audit_shipments
set attempts = ?3,
    next_attempt_at = ?4,
    shipped_at = ?5,
    last_error = ?6
where size = ?1
  and sink = ?2;
