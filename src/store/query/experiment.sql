-- name: experiment_put
-- How an experiment stands now.
insert into experiments (id, name, title, state, salt, layer, layer_salt, plan, plan_hash, monthly_units, created_by,
                         created_at, registered_at, started_at, paused_at, ended_at, decided_at, decided_arm)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
on conflict (id) do update
set name = excluded.name,
    title = excluded.title,
    state = excluded.state,
    layer = excluded.layer,
    layer_salt = excluded.layer_salt,
    plan = excluded.plan,
    plan_hash = excluded.plan_hash,
    monthly_units = excluded.monthly_units,
    registered_at = excluded.registered_at,
    started_at = excluded.started_at,
    paused_at = excluded.paused_at,
    ended_at = excluded.ended_at,
    decided_at = excluded.decided_at,
    decided_arm = excluded.decided_arm;

-- name: experiment_get
-- Which experiment is this?
select id, name, title, state, salt, layer, layer_salt, plan, plan_hash, monthly_units, created_by, created_at,
       registered_at, started_at, paused_at, ended_at, decided_at, decided_arm
from experiments
where id = ?1;

-- name: experiment_by_name
-- Which experiment has this name?
select id, name, title, state, salt, layer, layer_salt, plan, plan_hash, monthly_units, created_by, created_at,
       registered_at, started_at, paused_at, ended_at, decided_at, decided_arm
from experiments
where name = ?1;

-- name: experiment_page
-- Which experiments were drafted before this one, the newest first?
select id, name, title, state, salt, layer, layer_salt, plan, plan_hash, monthly_units, created_by, created_at,
       registered_at, started_at, paused_at, ended_at, decided_at, decided_arm
from experiments
where id < ?1
order by id desc
limit ?2;

-- name: experiment_showing
-- Which are registered, running or paused, the oldest first?
select id, name, title, state, salt, layer, layer_salt, plan, plan_hash, monthly_units, created_by, created_at,
       registered_at, started_at, paused_at, ended_at, decided_at, decided_arm
from experiments
where state in ('registered', 'running', 'paused')
order by id
limit ?1;

-- name: experiment_layer_salt
-- Under which salt does a layer draw its buckets?
select layer_salt
from experiments
where layer = ?1
order by id
limit 1;

-- name: experiment_log_insert
-- Something was done with an experiment.
insert into experiment_log (experiment_id, id, event, actor, reason, at)
values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: experiment_log_list
-- What was done with it, the oldest first?
select experiment_id, id, event, actor, reason, at
from experiment_log
where experiment_id = ?1
order by id
limit ?2;

-- name: experiment_unit_put
-- What a unit was shown.
insert into experiment_units (experiment_id, unit_id, user_id, arm, source, excluded, versions, page, country, device,
                              exposed_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
on conflict (experiment_id, unit_id) do update
set user_id = excluded.user_id,
    excluded = excluded.excluded;

-- name: experiment_unit_get
-- What was this unit shown? /*fanout*/
select experiment_id, unit_id, user_id, arm, source, excluded, versions, page, country, device, exposed_at
from experiment_units
where experiment_id = ?1
  and unit_id = ?2;

-- name: experiment_unit_of_customer
-- What was shown to this customer and is still given to them: by what has not ended before then, the newest first?
select u.experiment_id, u.unit_id, u.user_id, u.arm, u.source, u.excluded, u.versions, u.page, u.country, u.device,
       u.exposed_at
from experiment_units u
join experiments e on e.id = u.experiment_id
where u.user_id = ?1
  and u.user_id <> ''
  and (e.ended_at is null or e.ended_at > ?2)
order by u.exposed_at, u.unit_id
limit 1;

-- name: experiment_unit_of_visitor
-- The same of a visitor, whether they have an account by now or not. /*fanout*/
select u.experiment_id, u.unit_id, u.user_id, u.arm, u.source, u.excluded, u.versions, u.page, u.country, u.device,
       u.exposed_at
from experiment_units u
join experiments e on e.id = u.experiment_id
where u.unit_id = ?1
  and (e.ended_at is null or e.ended_at > ?2)
order by u.exposed_at
limit 1;

-- name: experiment_units_in
-- Which units of an experiment belong to this customer?
select experiment_id, unit_id, user_id, arm, source, excluded, versions, page, country, device, exposed_at
from experiment_units
where user_id = ?1
  and user_id <> ''
  and experiment_id = ?2
order by exposed_at, unit_id
limit ?3;

-- name: experiment_unit_page
-- Who was shown what, in order of the units, after this one? /*fanout*/
select experiment_id, unit_id, user_id, arm, source, excluded, versions, page, country, device, exposed_at
from experiment_units
where experiment_id = ?1
  and unit_id > ?2
  and (?3 = '' or (?3 = 'excluded' and excluded <> '') or (?3 = 'counted' and excluded = ''))
order by unit_id
limit ?4;

-- name: experiment_unit_page_of
-- What was this customer shown, in order of the units, after this one?
select experiment_id, unit_id, user_id, arm, source, excluded, versions, page, country, device, exposed_at
from experiment_units
where user_id = ?5
  and user_id <> ''
  and experiment_id = ?1
  and unit_id || '' > ?2
  and (?3 = '' or (?3 = 'excluded' and excluded <> '') or (?3 = 'counted' and excluded = ''))
order by unit_id || ''
limit ?4;

-- name: experiment_override_put
-- A unit is put into an arm by hand.
insert into experiment_overrides (experiment_id, unit_id, arm, set_by, set_at)
values (?1, ?2, ?3, ?4, ?5)
on conflict (experiment_id, unit_id) do update
set arm = excluded.arm,
    set_by = excluded.set_by,
    set_at = excluded.set_at;

-- name: experiment_override_get
-- Was this unit put into an arm by hand?
select experiment_id, unit_id, arm, set_by, set_at
from experiment_overrides
where experiment_id = ?1
  and unit_id = ?2;

-- name: experiment_left_out
-- How many units of each arm were shown something and are in no figure? /*fanout*/
select arm, count(*)
from experiment_units
where experiment_id = ?1
  and excluded <> ''
group by arm
order by arm
limit ?2;

-- name: experiment_counts_by_day
-- How many of those who count were there on each day, by arm? /*fanout*/
select cast(exposed_at / 86400000 as text), arm, count(*)
from experiment_units
where experiment_id = ?1
  and excluded = ''
group by exposed_at / 86400000, arm
order by exposed_at / 86400000, arm
limit ?2;

-- name: experiment_counts_by_country
-- The same by country. /*fanout*/
select country, arm, count(*)
from experiment_units
where experiment_id = ?1
  and excluded = ''
group by country, arm
order by country, arm
limit ?2;

-- name: experiment_counts_by_device
-- The same by kind of device. /*fanout*/
select device, arm, count(*)
from experiment_units
where experiment_id = ?1
  and excluded = ''
group by device, arm
order by device, arm
limit ?2;

-- name: experiment_outcomes
-- Of those who count and were first shown something in this time: on which day, and what had they paid for at the end of their window?
-- /*fanout*/
select u.exposed_at / 86400000, u.arm, s.tier, s.plan_version, s.billing_interval, count(*)
from experiment_units u
join subscriptions s on s.user_id = u.user_id
where u.experiment_id = ?1
  and u.excluded = ''
  and u.user_id <> ''
  and u.exposed_at >= ?3
  and u.exposed_at < ?4
  and s.stripe_subscription_id is not null
  and s.status not in ('incomplete', 'incomplete_expired')
  and s.created_at <= u.exposed_at + ?2
  and (s.ended_at is null or s.ended_at > u.exposed_at + ?2)
  and (s.trial_ends_at is null or s.trial_ends_at <= u.exposed_at + ?2)
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5
limit ?5;

-- name: experiment_guardrails
-- Of those who count and ever paid, by arm: who had money given back, whose payment failed, who left all paid plans within so long, who
-- went to a lower plan? /*fanout*/
with payers as (
    select distinct u.arm, u.user_id, u.exposed_at
    from experiment_units u
    join subscriptions s on s.user_id = u.user_id
    where u.experiment_id = ?1
      and u.excluded = ''
      and u.user_id <> ''
      and s.stripe_subscription_id is not null
)
select u.arm,
       sum(case when exists (select 1
                   from charges c
                   where c.user_id = u.user_id
                     and c.amount_refunded > 0
                     and c.created_at >= u.exposed_at)
           then 1 else 0 end),
       sum(case when exists (select 1
                   from payment_attempts p
                   where p.user_id = u.user_id
                     and p.status = 'failed'
                     and p.created_at >= u.exposed_at)
           then 1 else 0 end),
       sum(case when exists (select 1
                   from subscriptions s
                   where s.user_id = u.user_id
                     and s.stripe_subscription_id is not null
                     and s.ended_at >= u.exposed_at
                     and s.ended_at < u.exposed_at + ?2)
           then 1 else 0 end),
       sum(case when exists (select 1
                   from revenue_movements m
                   where m.user_id = u.user_id
                     and m.reason = 'downgrade'
                     and m.effective_at >= u.exposed_at)
           then 1 else 0 end)
from payers u
group by u.arm
order by u.arm
limit ?3;

-- name: experiment_contacts
-- How often did those who count write to us of their own accord since they were shown something, by arm? /*fanout*/
select u.arm, count(*)
from feedback f
join experiment_units u on u.user_id = f.user_id
where f.kind = 'text'
  and f.created_at >= ?2
  and f.cause = 'own'
  and u.user_id <> ''
  and u.experiment_id = ?1
  and length(u.excluded) = 0
  and f.created_at >= u.exposed_at
group by u.arm
order by u.arm
limit ?3;

-- name: experiment_units_forget
-- Visitors of experiments that ended before then, who never had an account. /*fanout*/
delete from experiment_units
where (experiment_id, unit_id) in (select u.experiment_id, u.unit_id
                                   from experiment_units u
                                   join experiments e on e.id = u.experiment_id
                                   where u.user_id = ''
                                     and e.ended_at is not null
                                     and e.ended_at < ?1
                                   limit ?2);
