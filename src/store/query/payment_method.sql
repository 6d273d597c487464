-- name: payment_method_list
-- How can this customer pay, the newest first?
select user_id, id, stripe_payment_method_id, type, brand, last4, expiry_month, expiry_year,
       is_default, created_at, detached_at
from payment_methods
where user_id = ?1
  and detached_at is null
order by created_at desc, id desc
limit ?2;

-- name: payment_method_get
-- Is this a payment method of this customer, attached or not?
select user_id, id, stripe_payment_method_id, type, brand, last4, expiry_month, expiry_year,
       is_default, created_at, detached_at
from payment_methods
where user_id = ?1
  and id = ?2;

-- name: payment_method_put
-- What Stripe says of a payment method.
insert into payment_methods (user_id, id, stripe_payment_method_id, type, brand, last4,
                             expiry_month, expiry_year, is_default, created_at, detached_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
on conflict (user_id, id) do update
set type = excluded.type,
    brand = excluded.brand,
    last4 = excluded.last4,
    expiry_month = excluded.expiry_month,
    expiry_year = excluded.expiry_year,
    detached_at = excluded.detached_at;

-- name: payment_method_set_default
-- This one, and no other, is charged by default.
update payment_methods
set is_default = case when id = ?2 then 1 else 0 end
where user_id = ?1;

-- name: payment_method_expiring
-- Which cards that are charged expire in this month or the next (months counted from year 0)? In
-- order of their customers' ids, after this one. /*fanout*/
select user_id, id, stripe_payment_method_id, type, brand, last4, expiry_month, expiry_year,
       is_default, created_at, detached_at
from payment_methods
where is_default = 1
  and detached_at is null
  and expiry_year * 12 + expiry_month >= ?1
  and expiry_year * 12 + expiry_month <= ?1 + 1
  and user_id > ?2
order by user_id
limit ?3;
