-- name: billing_event_insert
-- Something happened to a customer's billing.
insert into billing_events (user_id, id, type, amount, currency, description, metadata, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: billing_event_page
-- What happened before this event, the newest first?
select user_id, id, type, amount, currency, description, metadata, created_at
from billing_events
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: billing_event_since
-- What happened from this event on, the oldest first?
select user_id, id, type, amount, currency, description, metadata, created_at
from billing_events
where user_id = ?1
  and id >= ?2
order by id
limit ?3;
