-- name: webhook_delivery_insert
-- An event that an endpoint is to be told of.
insert into webhook_deliveries (id, endpoint_id, event_id, user_id, type, body, status, attempts,
                                attempts_before, next_attempt_at, created_at, finished_at,
                                last_error)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- name: webhook_delivery_move
-- How far has it come?
update webhook_deliveries
set status = ?2,
    attempts = ?3,
    attempts_before = ?4,
    next_attempt_at = ?5,
    finished_at = ?6,
    last_error = ?7
where id = ?1;

-- name: webhook_delivery_get
-- One delivery with what is sent.
select id, endpoint_id, event_id, user_id, type, body, status, attempts, attempts_before,
       next_attempt_at, created_at, finished_at, last_error
from webhook_deliveries
where id = ?1;

-- name: webhook_delivery_page
-- Which deliveries are there, the newest first? Empty filters leave nothing out. /*fanout*/
select id, endpoint_id, event_id, user_id, type, null, status, attempts, attempts_before,
       next_attempt_at, created_at, finished_at, last_error
from webhook_deliveries
where (?1 = '' or endpoint_id = ?1)
  and (?2 = '' or status = ?2)
  and (?3 = '' or type = ?3)
  and (?4 = '' or user_id = ?4)
  and id < ?5
order by id desc
limit ?6;

-- name: webhook_delivery_waiting
-- What is an endpoint to be told by now? The longest due first.
select id, endpoint_id, event_id, user_id, type, null, status, attempts, attempts_before,
       next_attempt_at, created_at, finished_at, last_error
from webhook_deliveries
where endpoint_id = ?1
  and status = 'waiting'
  and next_attempt_at <= ?2
order by next_attempt_at, id
limit ?3;

-- name: webhook_delivery_next_due
-- When is the next attempt that is not due yet? /*fanout*/
select coalesce(min(next_attempt_at), 0)
from webhook_deliveries
where status = 'waiting'
  and next_attempt_at > ?1;

-- name: webhook_delivery_give_up
-- Nothing more is sent to this endpoint.
update webhook_deliveries
set status = 'failed',
    next_attempt_at = null,
    finished_at = ?2,
    last_error = ?3
where endpoint_id = ?1
  and status = 'waiting';

-- name: webhook_delivery_replay_failed
-- What has failed since then is tried once more.
update webhook_deliveries
set status = 'waiting',
    attempts_before = attempts,
    next_attempt_at = ?3,
    finished_at = null,
    last_error = null
where endpoint_id = ?1
  and status = 'failed'
  and created_at >= ?2;

-- name: webhook_delivery_waiting_count
-- How many wait, for the first attempt or the next? /*fanout*/
select count(*)
from webhook_deliveries
where status = 'waiting';

-- name: webhook_delivery_delete_of
-- With its endpoint goes what it was told.
delete from webhook_deliveries
where endpoint_id = ?1;

-- name: webhook_delivery_forget
-- What was finished before this instant is forgotten. /*fanout*/
delete from webhook_deliveries
where id in (select id
             from webhook_deliveries
             where status <> 'waiting'
               and finished_at < ?1
               and user_id not in (select user_id from retention_holds where lifted_at is null)
             order by finished_at, id
             limit ?2);

-- name: webhook_attempt_insert
-- An attempt was made.
insert into webhook_attempts (id, user_id, delivery_id, number, started_at, duration_ms,
                              response_status, response, error)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: webhook_attempt_list
-- What came of the attempts? The newest first.
select id, user_id, delivery_id, number, started_at, duration_ms, response_status, response, error
from webhook_attempts
where delivery_id = ?1
order by number desc
limit ?2;

-- name: webhook_attempt_delete_of
-- The attempts of an endpoint's deliveries go with them.
delete from webhook_attempts
where delivery_id in (select id from webhook_deliveries where endpoint_id = ?1);

-- name: webhook_attempt_forget
-- The attempts of what is forgotten are, too. /*fanout*/
delete from webhook_attempts
where delivery_id in (select id
                      from webhook_deliveries
                      where status <> 'waiting'
                        and finished_at < ?1
                        and user_id not in (select user_id from retention_holds where lifted_at is null)
                      order by finished_at, id
                      limit ?2);
