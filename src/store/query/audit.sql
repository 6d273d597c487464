-- name: audit_last
-- What has this chain come to?
select user_id, seq, id, at, actor, action, object, row, leaf, chain
from audit_rows
where user_id = ?1
order by seq desc
limit 1;

-- name: audit_insert
-- One more row of a chain.
insert into audit_rows (user_id, seq, id, at, actor, action, object, row, leaf, chain)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: audit_get
-- Which row has this id?
select user_id, seq, id, at, actor, action, object, row, leaf, chain
from audit_rows
where id = ?1;

-- name: audit_page
-- What was done between these ids, the newest first?
select user_id, seq, id, at, actor, action, object, row, leaf, chain
from audit_rows
where id >= ?1
  and id < ?2
order by id desc
limit ?3;

-- name: audit_page_of_actor
-- What has this actor done between these ids, the newest first?
select user_id, seq, id, at, actor, action, object, row, leaf, chain
from audit_rows
where actor = ?3
  and id >= ?1
  and id < ?2
  and (?4 = '' or action = ?4)
order by id desc
limit ?5;

-- name: audit_page_of_action
-- When was this done between these ids, the newest first?
select user_id, seq, id, at, actor, action, object, row, leaf, chain
from audit_rows
where action = ?3
  and id >= ?1
  and id < ?2
order by id desc
limit ?4;

-- name: audit_page_of_user
-- What is in this chain between these ids, the newest first?
select user_id, seq, id, at, actor, action, object, row, leaf, chain
from audit_rows
where user_id = ?3
  and id >= ?1
  and id < ?2
  and (?4 = '' or actor = ?4)
  and (?5 = '' or action = ?5)
order by seq desc
limit ?6;

-- name: audit_walk
-- Which rows follow this one, chain by chain?
select user_id, seq, id, at, actor, action, object, row, leaf, chain
from audit_rows
where (user_id, seq) > (?1, ?2)
order by user_id, seq
limit ?3;

-- name: audit_since
-- Which rows of this chain follow this one?
select user_id, seq, id, at, actor, action, object, row, leaf, chain
from audit_rows
where user_id = ?1
  and seq > ?2
order by seq
limit ?3;

-- name: audit_pending_add
-- The log has not been told of one more row of this chain.
insert into audit_pending (user_id, count)
values (?1, 1)
on conflict (user_id) do update
set count = audit_pending.count + 1;

-- name: audit_pending_page
-- Of which chains has the log not been told all?
select user_id, count
from audit_pending
order by user_id
limit ?1;

-- name: audit_pending_sum
-- Of how many rows has the log not been told?
select coalesce(sum(count), 0)
from audit_pending;

-- name: audit_pending_remove
-- The log has been told of this chain.
delete from audit_pending
where user_id = ?1;

-- name: audit_origin_put
-- A request came from here.
insert into audit_origins (user_id, reference, address, user_agent, first_at, last_at)
values (?1, ?2, ?3, ?4, ?5, ?6)
on conflict (user_id, reference) do update
set last_at = excluded.last_at
where audit_origins.last_at < excluded.last_at - 86400000;

-- name: audit_reason_insert
-- Why it was done.
insert into audit_reasons (user_id, row_id, reason)
values (?1, ?2, ?3);

-- name: audit_reason_get
-- Why was this done?
select user_id, row_id, reason
from audit_reasons
where user_id = ?1
  and row_id = ?2;

-- name: audit_origin_get
-- Where is this?
select user_id, reference, address, user_agent, first_at, last_at
from audit_origins
where user_id = ?1
  and reference = ?2;

-- name: audit_of_object
-- Which row of this chain says, between these ids, that this was done to this object?
select id
from audit_rows
where action = ?1
  and id >= ?2
  and id < ?3
  and user_id = ?4
  and object = ?5
order by id
limit 1;
