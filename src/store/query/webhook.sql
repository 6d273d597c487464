-- name: webhook_insert
-- An event has arrived; the same one twice is one.
insert into webhook_events (stripe_event_id, type, object_id, body, received_at, status, attempts,
                            next_attempt_at, finished_at, last_error, user_id)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: webhook_get
-- What became of this event?
select stripe_event_id, type, object_id, body, received_at, status, attempts, next_attempt_at,
       finished_at, last_error, user_id
from webhook_events
where stripe_event_id = ?1;

-- name: webhook_waiting
-- Which events wait to be applied, the oldest first? Asked often, so without what they say.
select stripe_event_id, type, object_id, '', received_at, status, attempts, next_attempt_at,
       finished_at, last_error, user_id
from webhook_events
where status = 'received'
order by received_at, stripe_event_id
limit ?1;

-- name: webhook_finish
-- An event is applied, ignored, or given up until somebody replays it.
update webhook_events
set status = ?2,
    finished_at = ?3,
    attempts = attempts + 1,
    last_error = ?4
where stripe_event_id = ?1
  and status = 'received';

-- name: webhook_retry
-- Applying failed: once more later.
update webhook_events
set attempts = attempts + 1,
    next_attempt_at = ?2,
    last_error = ?3
where stripe_event_id = ?1
  and status = 'received';

-- name: webhook_page
-- Which events came before this one, the newest first, of this status and type (empty: any)?
select stripe_event_id, type, object_id, body, received_at, status, attempts, next_attempt_at,
       finished_at, last_error, user_id
from webhook_events
where (received_at < ?1 or (received_at = ?1 and stripe_event_id < ?2))
  and (?3 = '' or status = ?3)
  and (?4 = '' or type = ?4)
order by received_at desc, stripe_event_id desc
limit ?5;

-- name: webhook_replay
-- An event waits again, as if it had just come.
update webhook_events
set status = 'received',
    attempts = 0,
    next_attempt_at = ?2,
    finished_at = null
where stripe_event_id = ?1
  and status <> 'received';

-- name: webhook_replay_failed
-- All that failed, and came from the one instant on and before the other, wait again. /*fanout*/
update webhook_events
set status = 'received',
    attempts = 0,
    next_attempt_at = ?1,
    finished_at = null
where status = 'failed'
  and received_at >= ?2
  and received_at < ?3;

-- name: webhook_forget
-- What events said is kept for a while only; that they came, for ever. /*fanout*/
update webhook_events
set body = ''
where stripe_event_id in (select stripe_event_id
                          from webhook_events
                          where finished_at < ?1
                            and body <> ''
                            and status in ('applied', 'ignored')
                            and user_id not in (select user_id from retention_holds where lifted_at is null)
                          limit ?2);

-- name: webhook_own
-- Now it is known whose event this is, and it is sealed as theirs.
update webhook_events
set user_id = ?2,
    body = ?3,
    last_error = ?4
where stripe_event_id = ?1;

-- name: webhook_counts
-- How many events stand where?
select status, count(*)
from webhook_events
group by status
order by status;

-- name: stripe_object_get
-- To which customer and record does this object of Stripe's belong?
select user_id, local_id
from stripe_objects
where stripe_id = ?1;

-- name: stripe_object_put
-- This object of Stripe's belongs to this customer and record.
insert into stripe_objects (stripe_id, user_id, local_id)
values (?1, ?2, ?3)
on conflict (stripe_id) do nothing;
