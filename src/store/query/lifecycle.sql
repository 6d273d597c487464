-- Paid subscriptions by where they stand in their lives (core/lifecycle.h).

-- name: lifecycle_in_force
-- Which paid subscriptions are in force, in order of the customer, after this one? /*fanout*/
select user_id, id, tier, plan_version, billing_interval, status, cancel_at_period_end,
       case when pending_tier is null then 0 else 1 end, created_at, current_period_end, trial_ends_at,
       past_due_since, access_until, ended_at
from subscriptions
where ended_at is null
  and stripe_subscription_id is not null
  and user_id > ?1
order by user_id
limit ?2;

-- name: lifecycle_ended
-- Which ended between these instants, in order of the customer and of the end, after this one? /*fanout*/
select user_id, id, tier, plan_version, billing_interval, status, cancel_at_period_end,
       case when pending_tier is null then 0 else 1 end, created_at, current_period_end, trial_ends_at,
       past_due_since, access_until, ended_at
from subscriptions
where ended_at is not null
  and stripe_subscription_id is not null
  and ended_at >= ?1
  and ended_at < ?2
  and id > ?3
order by id
limit ?4;
