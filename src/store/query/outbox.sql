-- name: outbox_insert
-- A call to the outside, to be made.
insert into outbox (user_id, id, operation_id, kind, payload, status, attempts, next_attempt_at,
                    created_at, finished_at, result_id, last_error)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
on conflict (user_id, id) do nothing;

-- name: outbox_pending
-- Which calls wait to be made, the oldest first? While the installation is frozen only reads; what
-- may charge a customer who is parked, not at all. /*fanout*/
select user_id, id, operation_id, kind, payload, status, attempts, next_attempt_at, created_at,
       finished_at, result_id, last_error
from outbox
where status = 'pending'
  and (?2 = 0 or kind = 'read')
  and (kind <> 'charge'
       or not exists (select 1 from parked_customers p
                      where p.user_id = outbox.user_id and p.released_at is null))
order by next_attempt_at
limit ?1;

-- name: outbox_renew
-- What this call would do has been looked for and is not there: it is as new as on its first day.
update outbox
set created_at = ?3
where user_id = ?1
  and id = ?2
  and status = 'pending';

-- name: outbox_get
-- How does one call stand?
select user_id, id, operation_id, kind, payload, status, attempts, next_attempt_at, created_at,
       finished_at, result_id, last_error
from outbox
where user_id = ?1
  and id = ?2;

-- name: outbox_finish
-- The other side has answered, once.
update outbox
set status = 'done',
    attempts = attempts + 1,
    finished_at = ?3,
    result_id = ?4
where user_id = ?1
  and id = ?2
  and status = 'pending';

-- name: outbox_retry
-- No answer, or none that settles it: once more later, with the same id.
update outbox
set attempts = attempts + 1,
    next_attempt_at = ?3,
    last_error = ?4
where user_id = ?1
  and id = ?2
  and status = 'pending';
