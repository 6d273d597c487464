-- name: subscription_in_force
-- Which subscription does this customer live under now?
select user_id, id, tier, plan_version, billing_interval, status, currency, current_period_start,
       current_period_end, usage_anchor, cancel_at_period_end, pending_tier, pending_interval,
       past_due_since, stripe_subscription_id, stripe_item_id, created_at, ended_at, access_until,
       stripe_schedule_id, coupon, trial_ends_at, pending_version
from subscriptions
where user_id = ?1
  and ended_at is null;

-- name: subscription_get
-- What is known of one subscription, in force or ended?
select user_id, id, tier, plan_version, billing_interval, status, currency, current_period_start,
       current_period_end, usage_anchor, cancel_at_period_end, pending_tier, pending_interval,
       past_due_since, stripe_subscription_id, stripe_item_id, created_at, ended_at, access_until,
       stripe_schedule_id, coupon, trial_ends_at, pending_version
from subscriptions
where user_id = ?1
  and id = ?2;

-- name: subscription_stretches
-- Which plans has this customer had, the newest first? The one in force before all that have ended: it may have begun in the millisecond in
-- which one of them did.
select user_id, id, tier, plan_version, billing_interval, status, currency, current_period_start,
       current_period_end, usage_anchor, cancel_at_period_end, pending_tier, pending_interval,
       past_due_since, stripe_subscription_id, stripe_item_id, created_at, ended_at, access_until,
       stripe_schedule_id, coupon, trial_ends_at, pending_version
from subscriptions
where user_id = ?1
order by ended_at is null desc, created_at desc, id desc
limit ?2;

-- name: subscription_anchor_at
-- From which instant are the usage periods counted that hold at this instant? Before the first
-- stretch, those of the first.
select coalesce(max(case when usage_anchor <= ?2 then usage_anchor end), min(usage_anchor))
from subscriptions
where user_id = ?1;

-- name: subscription_anchor_after
-- When does the next stretch begin, which begins a usage period of its own?
select min(usage_anchor)
from subscriptions
where user_id = ?1
  and usage_anchor > ?2;

-- name: subscription_each_counted
-- What of every subscription in force does the gate live by, in order of the customer, after this
-- one? /*fanout*/
select user_id, tier, plan_version, status, usage_anchor, past_due_since, access_until
from subscriptions
where ended_at is null
  and user_id > ?1
order by user_id
limit ?2;

-- name: subscription_counted
-- The same of one customer.
select user_id, tier, plan_version, status, usage_anchor, past_due_since, access_until
from subscriptions
where ended_at is null
  and user_id = ?1;

-- name: subscription_past_due
-- Which subscriptions owe money without a case, the longest first? /*fanout*/
select user_id, id, tier, plan_version, billing_interval, status, currency, current_period_start,
       current_period_end, usage_anchor, cancel_at_period_end, pending_tier, pending_interval,
       past_due_since, stripe_subscription_id, stripe_item_id, created_at, ended_at, access_until,
       stripe_schedule_id, coupon, trial_ends_at, pending_version
from subscriptions
where ended_at is null
  and past_due_since > ?1
  and access_until is null
order by past_due_since
limit ?2;

-- name: subscription_access_ends
-- For which subscriptions does a case end full access after this instant, the earliest first? /*fanout*/
select user_id, id, tier, plan_version, billing_interval, status, currency, current_period_start,
       current_period_end, usage_anchor, cancel_at_period_end, pending_tier, pending_interval,
       past_due_since, stripe_subscription_id, stripe_item_id, created_at, ended_at, access_until,
       stripe_schedule_id, coupon, trial_ends_at, pending_version
from subscriptions
where ended_at is null
  and access_until > ?1
order by access_until
limit ?2;

-- name: subscription_count_paid
-- How often has this customer had a paid plan?
select count(*)
from subscriptions
where user_id = ?1
  and stripe_subscription_id is not null;

-- name: subscription_insert
-- A stretch of a subscription begins.
insert into subscriptions (user_id, id, tier, plan_version, billing_interval, status, currency,
                           current_period_start, current_period_end, usage_anchor,
                           cancel_at_period_end, pending_tier, pending_interval, past_due_since,
                           stripe_subscription_id, stripe_item_id, created_at, ended_at,
                           access_until, stripe_schedule_id, coupon, trial_ends_at,
                           pending_version)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
        ?21, ?22, ?23);

-- name: subscription_replace
-- What is true of a subscription from now on.
update subscriptions
set tier = ?3,
    plan_version = ?4,
    billing_interval = ?5,
    status = ?6,
    currency = ?7,
    current_period_start = ?8,
    current_period_end = ?9,
    usage_anchor = ?10,
    cancel_at_period_end = ?11,
    pending_tier = ?12,
    pending_interval = ?13,
    past_due_since = ?14,
    stripe_subscription_id = ?15,
    stripe_item_id = ?16,
    created_at = ?17,
    ended_at = ?18,
    access_until = ?19,
    stripe_schedule_id = ?20,
    coupon = ?21,
    trial_ends_at = ?22,
    pending_version = ?23
where user_id = ?1
  and id = ?2;

-- name: subscription_ending
-- Whose period ends between these two instants? In order of their id, after this one. /*fanout*/
select user_id, id, tier, plan_version, billing_interval, status, currency, current_period_start,
       current_period_end, usage_anchor, cancel_at_period_end, pending_tier, pending_interval,
       past_due_since, stripe_subscription_id, stripe_item_id, created_at, ended_at, access_until,
       stripe_schedule_id, coupon, trial_ends_at, pending_version
from subscriptions
where ended_at is null
  and stripe_subscription_id is not null
  and current_period_end > ?1
  and current_period_end <= ?2
  and user_id > ?3
order by user_id
limit ?4;

-- name: subscription_of_tier
-- Who pays for this plan, in order of the customer, after this one? /*fanout*/
select user_id, id, tier, plan_version, billing_interval, status, currency, current_period_start,
       current_period_end, usage_anchor, cancel_at_period_end, pending_tier, pending_interval,
       past_due_since, stripe_subscription_id, stripe_item_id, created_at, ended_at, access_until,
       stripe_schedule_id, coupon, trial_ends_at, pending_version
from subscriptions
where ended_at is null
  and stripe_subscription_id is not null
  and tier = ?1
  and user_id > ?2
order by user_id
limit ?3;

-- name: subscription_holders
-- How many hold each version of each plan that is not a contract's, by interval? /*fanout*/
select tier, plan_version, billing_interval, count(*)
from subscriptions
where ended_at is null
  and plan_version <= ?1
group by tier, plan_version, billing_interval
limit ?2;
