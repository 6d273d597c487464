-- name: plan_version_get
-- What did this version of a plan say when it was first offered?
select content_hash
from plan_versions
where tier = ?1
  and version = ?2;

-- name: plan_version_insert
-- A version of a plan that is offered for the first time.
insert into plan_versions (tier, version, content_hash, content, created_at)
values (?1, ?2, ?3, ?4, ?5);

-- name: plan_version_same
-- Which version of a tier, above this one, has this content?
select tier, version, content_hash, content, created_at
from plan_versions
where tier = ?1
  and version > ?2
  and content_hash = ?3
limit 1;

-- name: plan_version_list
-- Which versions of a tier have a number above this one?
select tier, version, content_hash, content, created_at
from plan_versions
where tier = ?1
  and version > ?2
order by version
limit ?3;

-- name: plan_version_since
-- Since when is this version of a plan offered?
select created_at
from plan_versions
where tier = ?1
  and version = ?2;

-- name: plan_price_get
-- Under which id does Stripe sell this?
select stripe_price_id
from stripe_prices
where lookup_key = ?1;

-- name: plan_price_sold
-- What does Stripe sell under this id?
select lookup_key, stripe_price_id, tier, version, billing_interval
from stripe_prices
where stripe_price_id = ?1;

-- name: plan_price_insert
-- Stripe sells this under this id.
insert into stripe_prices (lookup_key, stripe_price_id, tier, version, billing_interval)
values (?1, ?2, ?3, ?4, ?5)
on conflict (lookup_key) do nothing;
