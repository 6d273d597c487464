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

-- name: lifecycle_counted
-- How many have which plan, are billed how, and stand where: all; those of which a case says that access lasts beyond this
-- instant, or does not; and without a case those that owe since after another instant, or longer? /*fanout*/
select tier, plan_version, billing_interval, status, cancel_at_period_end, count(*),
       sum(case when access_until > ?1 then 1 else 0 end),
       sum(case when access_until <= ?1 then 1 else 0 end),
       sum(case when access_until is null and past_due_since > ?2 then 1 else 0 end),
       sum(case when access_until is null and past_due_since <= ?2 then 1 else 0 end)
from subscriptions
where ended_at is null
  and stripe_subscription_id is not null
group by tier, plan_version, billing_interval, status, cancel_at_period_end
limit ?3;

-- name: lifecycle_overdue
-- Which may have been left behind by the clock: their period or trial ended before one instant, they owe since before
-- another, or their first payment is not there; in order of the customer, after this one? /*fanout*/
select s.user_id, s.id, s.tier, s.plan_version, s.billing_interval, s.status, s.cancel_at_period_end,
       case when s.pending_tier is null then 0 else 1 end, s.created_at, s.current_period_end, s.trial_ends_at,
       s.past_due_since, s.access_until, s.ended_at
from (select user_id
      from subscriptions
      where ended_at is null
        and stripe_subscription_id is not null
        and (?3 = '' or user_id > ?3)
        and ((current_period_end < ?1 and status in ('active', 'trialing'))
             or (trial_ends_at < ?1 and status = 'trialing')
             or (past_due_since < ?2 and status = 'past_due')
             or status = 'incomplete')
      order by user_id || ''
      limit ?4) w
  join subscriptions s on s.user_id = w.user_id and s.ended_at is null
order by s.user_id;

-- name: lifecycle_moves
-- What do the rows of the audit log say that did this between these ids, the newest first? /*fanout*/
select row
from audit_rows
where action = ?1
  and id >= ?2
  and id < ?3
order by id desc
limit ?4;

-- name: lifecycle_of_status
-- Which have this status, of those that end with their period or do not (1, 0; -1: either), and of those of which a
-- case of dunning says when access ends (1; 0: of all), in order of the customer, after this one? /*fanout*/
select user_id, id, tier, plan_version, billing_interval, status, cancel_at_period_end,
       case when pending_tier is null then 0 else 1 end, created_at, current_period_end, trial_ends_at,
       past_due_since, access_until, ended_at
from subscriptions
where ended_at is null
  and stripe_subscription_id is not null
  and status = ?1
  and user_id > ?2
  and (?3 < 0 or cancel_at_period_end = ?3)
  and (?4 = 0 or access_until is not null)
order by user_id
limit ?5;

-- name: lifecycle_count_ended
-- How many ended between these instants? /*fanout*/
select count(*)
from subscriptions
where ended_at is not null
  and stripe_subscription_id is not null
  and ended_at >= ?1
  and ended_at < ?2;

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
