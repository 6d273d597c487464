-- Pauses of subscriptions (core/pause.h).

-- name: pause_put
-- This subscription is paused from now on; one before it is over.
insert into subscription_pauses (user_id, subscription_id, paused_at, resumes_at, next_at)
values (?1, ?2, ?3, ?4, ?5)
on conflict (user_id) do update
set subscription_id = excluded.subscription_id,
    paused_at = excluded.paused_at,
    resumes_at = excluded.resumes_at,
    next_at = excluded.next_at;

-- name: pause_drop
-- It is over.
delete from subscription_pauses
where user_id = ?1;

-- name: pause_get
-- Until when was this customer's subscription paused?
select user_id, subscription_id, paused_at, resumes_at, next_at
from subscription_pauses
where user_id = ?1;

-- name: pause_due
-- Which go on by now, the longest due first? /*fanout*/
select user_id, subscription_id, paused_at, resumes_at, next_at
from subscription_pauses
where next_at <= ?1
order by next_at
limit ?2;

-- name: pause_next
-- When does the next one go on? /*fanout*/
select min(next_at)
from subscription_pauses
where next_at is not null;
