-- name: charge_get
-- What is known of one charge?
select user_id, id, stripe_charge_id, stripe_intent_id, status, currency, amount, amount_refunded,
       is_disputed, created_at
from charges
where user_id = ?1
  and id = ?2;

-- name: charge_put
-- What Stripe says of money taken.
insert into charges (user_id, id, stripe_charge_id, stripe_intent_id, status, currency, amount,
                     amount_refunded, is_disputed, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
on conflict (user_id, id) do update
set status = excluded.status,
    amount = excluded.amount,
    amount_refunded = excluded.amount_refunded,
    is_disputed = excluded.is_disputed;

-- name: refund_get
-- What is known of one refund?
select user_id, id, stripe_refund_id, stripe_charge_id, status, currency, amount, created_at
from refunds
where user_id = ?1
  and id = ?2;

-- name: refund_put
-- What Stripe says of money given back.
insert into refunds (user_id, id, stripe_refund_id, stripe_charge_id, status, currency, amount,
                     created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
on conflict (user_id, id) do update
set status = excluded.status,
    amount = excluded.amount;
