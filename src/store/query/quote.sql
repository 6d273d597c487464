-- name: quote_insert
-- A price that was shown and holds for a while.
insert into quotes (user_id, id, subscription_id, tier, billing_interval, proration_at, amount_due,
                    currency, valid_until, used_at, coupon)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: quote_get
-- Which price was shown under this id?
select user_id, id, subscription_id, tier, billing_interval, proration_at, amount_due, currency,
       valid_until, used_at, coupon
from quotes
where user_id = ?1
  and id = ?2;

-- name: quote_use
-- A quote is charged at most once.
update quotes
set used_at = ?3
where user_id = ?1
  and id = ?2
  and used_at is null;
