-- Withdrawals from purchases (core/withdrawal.h).

-- name: withdrawal_insert
-- A consumer withdraws.
insert into withdrawals (id, user_id, subscription_id, status, name, statement, statement_hash, locale, tier,
       billing_interval, is_share, operation_id, currency, returned, bought_at, created_at, finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17);

-- name: withdrawal_move
-- How far has it come?
update withdrawals
set status = ?3,
    operation_id = ?4,
    returned = ?5,
    finished_at = ?6
where user_id = ?1
  and id = ?2;

-- name: withdrawal_page_of
-- From what has this customer withdrawn, the newest first?
select id, user_id, subscription_id, status, name, statement, statement_hash, locale, tier, billing_interval,
       is_share, operation_id, currency, returned, bought_at, created_at, finished_at
from withdrawals
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: withdrawal_page
-- Who has withdrawn, the newest first? /*fanout*/
select id, user_id, subscription_id, status, name, statement, statement_hash, locale, tier, billing_interval,
       is_share, operation_id, currency, returned, bought_at, created_at, finished_at
from withdrawals
where id < ?2
  and ?1 = ''
order by id desc
limit ?3;

-- name: withdrawal_by_operation
-- Which one is this operation for?
select id, user_id, subscription_id, status, name, statement, statement_hash, locale, tier, billing_interval,
       is_share, operation_id, currency, returned, bought_at, created_at, finished_at
from withdrawals
where user_id = ?1
  and operation_id = ?2
  and status in ('ending', 'paying_back');
