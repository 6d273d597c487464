-- name: price_change_put
-- How a price change stands now.
insert into price_changes (id, tier, from_versions, to_version, effective_from, monthly_days, yearly_days, status, hash,
                           user_cursor, created_by, created_at, counted_at, started_at, withdrawn_at, looked_at, moves,
                           left_out)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
on conflict (id) do update
set status = excluded.status,
    hash = excluded.hash,
    user_cursor = excluded.user_cursor,
    counted_at = excluded.counted_at,
    started_at = excluded.started_at,
    withdrawn_at = excluded.withdrawn_at,
    looked_at = excluded.looked_at,
    moves = excluded.moves,
    left_out = excluded.left_out;

-- name: price_change_get
-- Which price change is this?
select id, tier, from_versions, to_version, effective_from, monthly_days, yearly_days, status, hash, user_cursor,
       created_by, created_at, counted_at, started_at, withdrawn_at, looked_at, moves, left_out
from price_changes
where id = ?1;

-- name: price_change_working
-- Which price change is being counted, told of or taken back?
select id, tier, from_versions, to_version, effective_from, monthly_days, yearly_days, status, hash, user_cursor,
       created_by, created_at, counted_at, started_at, withdrawn_at, looked_at, moves, left_out
from price_changes
where status in ('counting', 'telling', 'withdrawing')
order by id
limit 1;

-- name: price_change_page
-- Which price changes were planned before this one, the newest first?
select id, tier, from_versions, to_version, effective_from, monthly_days, yearly_days, status, hash, user_cursor,
       created_by, created_at, counted_at, started_at, withdrawn_at, looked_at, moves, left_out
from price_changes
where id < ?1
order by id desc
limit ?2;

-- name: price_move_put
-- How the move of a holder stands now.
insert into price_moves (change_id, user_id, subscription_id, billing_interval, from_version, currency, price_before,
                         price_after, status, reason, renews_at, told_at, mail_key, operation_id, next_at, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
on conflict (change_id, user_id) do update
set status = excluded.status,
    reason = excluded.reason,
    renews_at = excluded.renews_at,
    told_at = excluded.told_at,
    mail_key = excluded.mail_key,
    operation_id = excluded.operation_id,
    next_at = excluded.next_at,
    updated_at = excluded.updated_at;

-- name: price_move_get
-- What is planned for this holder by this change?
select change_id, user_id, subscription_id, billing_interval, from_version, currency, price_before, price_after,
       status, reason, renews_at, told_at, mail_key, operation_id, next_at, updated_at
from price_moves
where change_id = ?1
  and user_id = ?2;

-- name: price_move_page
-- Whom does a change name after this one, where they stand so?
select change_id, user_id, subscription_id, billing_interval, from_version, currency, price_before, price_after,
       status, reason, renews_at, told_at, mail_key, operation_id, next_at, updated_at
from price_moves
where change_id = ?1
  and user_id > ?2
  and (?3 = '' or status = ?3)
order by user_id
limit ?4;

-- name: price_move_due
-- Which moves are to be looked at by now, the longest due first? /*fanout*/
select change_id, user_id, subscription_id, billing_interval, from_version, currency, price_before, price_after,
       status, reason, renews_at, told_at, mail_key, operation_id, next_at, updated_at
from price_moves
where next_at <= ?1
order by next_at
limit ?2;

-- name: price_move_next
-- When is the next one to be looked at? /*fanout*/
select min(next_at)
from price_moves
where next_at is not null;

-- name: price_move_open
-- Which changes is this holder still to be moved by, the oldest first?
select change_id, user_id, subscription_id, billing_interval, from_version, currency, price_before, price_after,
       status, reason, renews_at, told_at, mail_key, operation_id, next_at, updated_at
from price_moves
where user_id = ?1
  and status in ('notified', 'undelivered', 'scheduled')
order by change_id
limit ?2;

-- name: price_move_sums
-- What does a change come to, by currency, interval, status and reason? /*fanout*/
select currency, billing_interval, status, reason, count(*), sum(price_before), sum(price_after)
from price_moves
where change_id = ?1
group by currency, billing_interval, status, reason
order by currency, billing_interval, status, reason
limit ?2;
