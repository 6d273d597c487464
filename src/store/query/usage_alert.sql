-- name: usage_alert_insert
-- A customer wants to be told.
insert into usage_alerts (user_id, id, metric, basis, amount, currency, thresholds, action, recipients, request_key,
                          look_at, created_at, updated_at, seen_value, seen_cycle, seen_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16);

-- name: usage_alert_replace
-- From now on of other things, or others.
update usage_alerts
set metric = ?3,
    basis = ?4,
    amount = ?5,
    currency = ?6,
    thresholds = ?7,
    action = ?8,
    recipients = ?9,
    request_key = ?10,
    look_at = ?11,
    created_at = ?12,
    updated_at = ?13,
    seen_value = ?14,
    seen_cycle = ?15,
    seen_at = ?16
where user_id = ?1
  and id = ?2;

-- name: usage_alert_list
-- What does this customer want to be told of?
select user_id, id, metric, basis, amount, currency, thresholds, action, recipients, request_key,
       look_at, created_at, updated_at, seen_value, seen_cycle, seen_at
from usage_alerts
where user_id = ?1
order by id
limit ?2;

-- name: usage_alert_get
-- Which rule is this?
select user_id, id, metric, basis, amount, currency, thresholds, action, recipients, request_key,
       look_at, created_at, updated_at, seen_value, seen_cycle, seen_at
from usage_alerts
where user_id = ?1
  and id = ?2;

-- name: usage_alert_delete
-- Nobody is told any more.
delete from usage_alerts
where user_id = ?1
  and id = ?2;

-- name: usage_alert_due
-- Whose rules are to be looked at first, and when?
select user_id, look_at
from usage_alerts
order by look_at, user_id
limit 1;

-- name: usage_alert_touch
-- The customer's billing has changed: are their rules still right?
update usage_alerts
set look_at = ?2
where user_id = ?1
  and look_at > ?2;

-- name: usage_alert_watched
-- Which figures does anybody watch?
select user_id, metric
from usage_alerts
where metric is not null
  and (user_id > ?1 or (user_id = ?1 and metric > ?2))
group by user_id, metric
order by user_id, metric
limit ?3;

-- name: usage_alert_caps
-- Which of these customers let nothing through beyond what? /*fanout*/
select user_id, metric, amount
from usage_alerts
where user_id >= ?1
  and user_id <= ?2
  and action = 'block'
  and metric is not null
order by user_id, id
limit ?3;

-- name: usage_alert_firing_insert
-- A threshold was reached.
insert into usage_alert_firings (user_id, id, alert_id, metric, basis, threshold, value, base, currency, cycle_start,
                                 recipients, fired_at, rearmed_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- name: usage_alert_firing_told
-- Which thresholds of this rule and base were told and are not armed again, in this cycle or in any?
select user_id, id, alert_id, metric, basis, threshold, value, base, currency, cycle_start,
       recipients, fired_at, rearmed_at
from usage_alert_firings
where user_id = ?1
  and alert_id = ?2
  and base = ?3
  and rearmed_at is null
  and (cycle_start = ?4 or ?5 = 1)
order by id desc
limit ?6;

-- name: usage_alert_firing_rearm
-- From now on this threshold of the rule may be told again; 0: all of them.
update usage_alert_firings
set rearmed_at = ?4
where user_id = ?1
  and alert_id = ?2
  and (threshold = ?3 or ?3 = 0)
  and rearmed_at is null;

-- name: usage_alert_firing_page
-- What was the customer told, the newest first?
select user_id, id, alert_id, metric, basis, threshold, value, base, currency, cycle_start,
       recipients, fired_at, rearmed_at
from usage_alert_firings
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: usage_alert_hours
-- How did the use of one metric run between two instants, hour by hour, whatever region and resource?
select timestamp, sum(value)
from usage_records
where user_id = ?1
  and metric = ?2
  and period = cast('hour' as text)
  and timestamp >= ?3
  and timestamp < ?4
group by timestamp
order by timestamp
limit ?5;
