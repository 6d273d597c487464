-- name: parked_insert
-- From now on nothing is charged to this customer.
insert into parked_customers (user_id, id, reason, stripe_invoice_id, currency, amount, usual,
                              parked_at, released_at, release_reason)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: parked_open
-- Is this customer parked, and why?
select user_id, id, reason, stripe_invoice_id, currency, amount, usual, parked_at, released_at,
       release_reason
from parked_customers
where user_id = ?1
  and released_at is null;

-- name: parked_for_invoice
-- Has this invoice parked its customer before?
select count(*)
from parked_customers
where user_id = ?1
  and stripe_invoice_id = ?2;

-- name: parked_release
-- A person has looked.
update parked_customers
set released_at = ?2,
    release_reason = ?3
where user_id = ?1
  and released_at is null;

-- name: parked_page
-- Which customers are parked, after this one? /*fanout*/
select user_id, id, reason, stripe_invoice_id, currency, amount, usual, parked_at, released_at,
       release_reason
from parked_customers
where released_at is null
  and user_id > ?1
order by user_id
limit ?2;

-- name: parked_count
-- How many are? /*fanout*/
select count(*)
from parked_customers
where released_at is null;

-- name: invoice_period_get
-- Which invoice bills this period of the subscription?
select user_id, subscription_id, period_number, stripe_invoice_id
from invoice_periods
where user_id = ?1
  and subscription_id = ?2
  and period_number = ?3;

-- name: invoice_period_put
-- This one does.
insert into invoice_periods (user_id, subscription_id, period_number, stripe_invoice_id)
values (?1, ?2, ?3, ?4)
on conflict (user_id, subscription_id, period_number) do update
set stripe_invoice_id = excluded.stripe_invoice_id;

-- name: invoice_usual
-- What did the last renewals of this subscription come to, the newest first?
select amount
from invoices
where user_id = ?1
  and subscription_id = ?2
  and stripe_invoice_id <> ?3
  and billing_reason in ('subscription_cycle', 'subscription_create')
  and status <> 'void'
order by created_at desc, id desc
limit ?4;

-- name: held_invoice_insert
-- This invoice is held at Stripe from now on.
insert into held_invoices (user_id, stripe_invoice_id, held_at)
values (?1, ?2, ?3);

-- name: held_invoice_get
-- Is it held, and since when?
select user_id, stripe_invoice_id, held_at
from held_invoices
where user_id = ?1
  and stripe_invoice_id = ?2;

-- name: held_invoice_list
-- What is held of this customer's?
select user_id, stripe_invoice_id, held_at
from held_invoices
where user_id = ?1
order by held_at, stripe_invoice_id
limit ?2;

-- name: held_invoice_delete
-- It goes on.
delete from held_invoices
where user_id = ?1
  and stripe_invoice_id = ?2;
