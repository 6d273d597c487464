-- What operators enter beside the facts of revenue.

-- name: revenue_rate_list
-- What was each currency worth, from when on?
select number, currency, at, micros, entered_by
from revenue_rates
order by number
limit ?1;

-- name: revenue_rate_insert
-- From then on it is worth so much.
insert into revenue_rates (number, currency, at, micros, entered_by)
values (?1, ?2, ?3, ?4, ?5);

-- name: revenue_spend_list
-- What was spent in each month, as it was known then?
select month, entered_at, minor, entered_by
from revenue_spend
where entered_at <= ?1
  and not exists (select 1
                  from revenue_spend as later
                  where later.month = revenue_spend.month
                    and later.entered_at > revenue_spend.entered_at
                    and later.entered_at <= ?1)
order by month
limit ?2;

-- name: revenue_spend_put
-- So much was spent; a second entry of one moment takes the place of the first.
insert into revenue_spend (month, entered_at, minor, entered_by)
values (?1, ?2, ?3, ?4)
on conflict (month, entered_at) do update
set minor = excluded.minor,
    entered_by = excluded.entered_by;

-- name: revenue_target_list
-- What was aimed at, as it stood then?
select name, entered_at, value, reason, entered_by
from revenue_targets
where entered_at <= ?1
  and not exists (select 1
                  from revenue_targets as later
                  where later.name = revenue_targets.name
                    and later.entered_at > revenue_targets.entered_at
                    and later.entered_at <= ?1)
order by name
limit ?2;

-- name: revenue_target_put
-- This is aimed at from now on.
insert into revenue_targets (name, entered_at, value, reason, entered_by)
values (?1, ?2, ?3, ?4, ?5)
on conflict (name, entered_at) do update
set value = excluded.value,
    reason = excluded.reason,
    entered_by = excluded.entered_by;
