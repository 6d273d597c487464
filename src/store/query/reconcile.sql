-- name: reconciliation_insert
-- A walk begins.
insert into reconciliations (id, reason, only_user_id, is_dry_run, status, phase, page_cursor,
                             events_since, examined, found, repaired, left_over, last_error,
                             started_at, finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15);

-- name: reconciliation_replace
-- Where a walk stands now.
update reconciliations
set reason = ?2,
    only_user_id = ?3,
    is_dry_run = ?4,
    status = ?5,
    phase = ?6,
    page_cursor = ?7,
    events_since = ?8,
    examined = ?9,
    found = ?10,
    repaired = ?11,
    left_over = ?12,
    last_error = ?13,
    started_at = ?14,
    finished_at = ?15
where id = ?1;

-- name: reconciliation_get
-- How does this walk stand?
select id, reason, only_user_id, is_dry_run, status, phase, page_cursor, events_since, examined,
       found, repaired, left_over, last_error, started_at, finished_at
from reconciliations
where id = ?1;

-- name: reconciliation_open
-- Which walk is under way?
select id, reason, only_user_id, is_dry_run, status, phase, page_cursor, events_since, examined,
       found, repaired, left_over, last_error, started_at, finished_at
from reconciliations
where status = 'running';

-- name: reconciliation_page
-- Which walks came before this one, the newest first?
select id, reason, only_user_id, is_dry_run, status, phase, page_cursor, events_since, examined,
       found, repaired, left_over, last_error, started_at, finished_at
from reconciliations
where id < ?1
order by id desc
limit ?2;

-- name: reconciliation_last_started
-- When did the last walk over everything begin, or the last that came to its end?
select max(started_at)
from reconciliations
where (?1 = 0 or status = 'done')
  and only_user_id is null
  and is_dry_run = 0;

-- name: reconcile_has_any
-- Does the provider know anything of ours, that a walk could meet?
select exists (select 1 from stripe_objects);

-- name: reconcile_see
-- The walk has met this object.
insert into reconcile_seen (user_id, stripe_id)
values (?1, ?2)
on conflict (user_id, stripe_id) do nothing;

-- name: reconcile_forget_seen
-- A new walk has met nothing yet. /*fanout*/
delete from reconcile_seen;

-- name: reconcile_suspect
-- This object is to be read afresh.
insert into reconcile_suspects (user_id, stripe_id, object)
values (?1, ?2, ?3)
on conflict (user_id, stripe_id) do nothing;

-- name: reconcile_next_suspect
-- Which object is to be read afresh? /*fanout*/
select user_id, stripe_id, object
from reconcile_suspects
order by user_id, stripe_id
limit 1;

-- name: reconcile_clear_suspect
-- It has been.
delete from reconcile_suspects
where user_id = ?1
  and stripe_id = ?2;

-- name: reconcile_forget_suspects
-- A new walk suspects nothing yet. /*fanout*/
delete from reconcile_suspects;

-- name: reconcile_unseen_customers
-- Which customers that the provider should know has the walk not met? /*fanout*/
select c.user_id, c.user_id, c.stripe_customer_id
from customers c
where c.stripe_customer_id is not null
  and (c.user_id > ?1 or (c.user_id = ?1 and c.user_id > ?2))
  and (?3 = '' or c.user_id = ?3)
  and not exists (select 1 from reconcile_seen s
                  where s.user_id = c.user_id and s.stripe_id = c.stripe_customer_id)
order by c.user_id
limit ?4;

-- name: reconcile_unseen_subscriptions
-- Which subscriptions of the provider's has the walk not met? /*fanout*/
select t.user_id, t.id, t.stripe_subscription_id
from subscriptions t
where t.stripe_subscription_id is not null
  and (t.user_id > ?1 or (t.user_id = ?1 and t.id > ?2))
  and (?3 = '' or t.user_id = ?3)
  and not exists (select 1 from reconcile_seen s
                  where s.user_id = t.user_id and s.stripe_id = t.stripe_subscription_id)
order by t.user_id, t.id
limit ?4;

-- name: reconcile_unseen_invoices
-- Which invoices has the walk not met? /*fanout*/
select t.user_id, t.id, t.stripe_invoice_id
from invoices t
where (t.user_id > ?1 or (t.user_id = ?1 and t.id > ?2))
  and (?3 = '' or t.user_id = ?3)
  and not exists (select 1 from reconcile_seen s
                  where s.user_id = t.user_id and s.stripe_id = t.stripe_invoice_id)
order by t.user_id, t.id
limit ?4;

-- name: reconcile_unseen_charges
-- Which charges has the walk not met? /*fanout*/
select t.user_id, t.id, t.stripe_charge_id
from charges t
where (t.user_id > ?1 or (t.user_id = ?1 and t.id > ?2))
  and (?3 = '' or t.user_id = ?3)
  and not exists (select 1 from reconcile_seen s
                  where s.user_id = t.user_id and s.stripe_id = t.stripe_charge_id)
order by t.user_id, t.id
limit ?4;

-- name: reconcile_unseen_refunds
-- Which refunds has the walk not met? /*fanout*/
select t.user_id, t.id, t.stripe_refund_id
from refunds t
where (t.user_id > ?1 or (t.user_id = ?1 and t.id > ?2))
  and (?3 = '' or t.user_id = ?3)
  and not exists (select 1 from reconcile_seen s
                  where s.user_id = t.user_id and s.stripe_id = t.stripe_refund_id)
order by t.user_id, t.id
limit ?4;

-- name: difference_insert
-- Something differs.
insert into differences (user_id, id, reconciliation_id, kind, stripe_id, here, there, status,
                         found_at, settled_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: difference_open
-- Is this difference known, and not settled?
select user_id, id, reconciliation_id, kind, stripe_id, here, there, status, found_at, settled_at
from differences
where user_id = ?1
  and stripe_id = ?2
  and kind = ?3
  and status = 'open';

-- name: difference_replace
-- What has become of a difference.
update differences
set reconciliation_id = ?3,
    kind = ?4,
    stripe_id = ?5,
    here = ?6,
    there = ?7,
    status = ?8,
    found_at = ?9,
    settled_at = ?10
where user_id = ?1
  and id = ?2;

-- name: difference_settle_others
-- What the walk has not found again is settled. /*fanout*/
update differences
set status = 'settled',
    settled_at = ?3
where status = 'open'
  and reconciliation_id <> ?1
  and (?2 = '' or user_id = ?2);

-- name: difference_count
-- How many differences of a walk stand so? /*fanout*/
select count(*)
from differences
where reconciliation_id = ?1
  and status = ?2;

-- name: difference_page
-- Which differences came before this one, the newest first, of this status, walk and customer
-- (empty: any)? /*fanout*/
select user_id, id, reconciliation_id, kind, stripe_id, here, there, status, found_at, settled_at
from differences
where id < ?1
  and (?2 = '' or status = ?2)
  and (?3 = '' or reconciliation_id = ?3)
  and (?4 = '' or user_id = ?4)
order by id desc
limit ?5;
