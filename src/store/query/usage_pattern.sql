-- How customers use what is metered, over all of them: sums, and what they are held against.

-- name: usage_hour_add
-- More was used in an hour, by customers of a zone.
insert into usage_hours (metric, zone, timestamp, value)
values (?1, ?2, ?3, ?4)
on conflict (metric, zone, timestamp) do update
set value = usage_hours.value + excluded.value;

-- name: usage_region_add
-- More was used on a day, in a region.
insert into usage_regions (metric, day, region, value)
values (?1, ?2, ?3, ?4)
on conflict (metric, day, region) do update
set value = usage_regions.value + excluded.value;

-- name: usage_reach_add
-- From this day on there are more or fewer of whom anything was counted.
insert into usage_reach (metric, region, span, day, delta)
values (?1, ?2, ?3, ?4, ?5)
on conflict (metric, region, span, day) do update
set delta = usage_reach.delta + excluded.delta;

-- name: usage_hour_before
-- In which hour between these was anything counted last? (See usage_series for the cast.)
select timestamp
from usage_records
where user_id = ?1
  and metric = ?2
  and period = cast('hour' as text)
  and timestamp >= ?3
  and timestamp < ?4
  and (?5 = '*' or region = ?5)
order by timestamp desc
limit 1;

-- name: usage_hour_after
-- And in which first?
select timestamp
from usage_records
where user_id = ?1
  and metric = ?2
  and period = cast('hour' as text)
  and timestamp >= ?3
  and timestamp < ?4
  and (?5 = '*' or region = ?5)
order by timestamp
limit 1;

-- name: usage_zone_put
-- From this instant on the customer lives in this zone.
insert into usage_zones (user_id, since, zone)
values (?1, ?2, ?3)
on conflict (user_id, since) do update
set zone = excluded.zone;

-- name: usage_zone_at
-- In which zone did the customer live then?
select zone
from usage_zones
where user_id = ?1
  and since <= ?2
order by since desc
limit 1;

-- name: usage_zone_next
-- Of which zone, behind this one in their order, was anything of the metric used? /*fanout*/
select zone
from usage_hours
where metric = ?1
  and zone > ?2
order by zone
limit 1;

-- name: usage_week
-- How much was used in each hour of the week, Monday's first being 0, by the clocks of a zone that lie so far ahead? /*fanout*/
select ((timestamp + ?5) / 3600000 + 72) % 168, sum(value)
from usage_hours
where metric = ?1
  and zone = ?2
  and timestamp >= ?3
  and timestamp < ?4
group by 1;

-- name: usage_hours_between
-- How much was used in each hour, by all? Hours without use are not there. /*fanout*/
select timestamp, value
from usage_hours
where metric = ?1
  and zone = '*'
  and timestamp >= ?2
  and timestamp < ?3
order by timestamp
limit ?4;

-- name: usage_regions_between
-- How much was used in each region on these days? /*fanout*/
select region, sum(value)
from usage_regions
where metric = ?1
  and day >= ?2
  and day <= ?3
group by region
order by region
limit ?4;

-- name: usage_reach_at
-- Of how many customers was anything counted in the days up to this one, by region? /*fanout*/
select region, sum(delta)
from usage_reach
where metric = ?1
  and span = ?2
  and day <= ?3
group by region
order by region
limit ?4;

-- name: usage_reach_of
-- The same in any region.
select sum(delta) /*fanout*/
from usage_reach
where metric = ?1
  and region = '*'
  and span = ?2
  and day <= ?3;

-- name: usage_reach_daily
-- How many customers were there on each of these days, added up?
select sum(delta) /*fanout*/
from usage_reach
where metric = ?1
  and region = '*'
  and span = 1
  and day >= ?2
  and day <= ?3;

-- name: usage_revenue_get
-- What was noted of this invoice?
select day, currency, amount
from usage_revenue
where user_id = ?1
  and invoice_id = ?2;

-- name: usage_revenue_put
-- What it bills for use.
insert into usage_revenue (user_id, invoice_id, day, currency, amount)
values (?1, ?2, ?3, ?4, ?5)
on conflict (user_id, invoice_id) do update
set day = excluded.day,
    currency = excluded.currency,
    amount = excluded.amount;

-- name: usage_revenue_day_add
-- A day has more or less of it.
insert into usage_revenue_days (day, currency, amount, invoices)
values (?1, ?2, ?3, ?4)
on conflict (day, currency) do update
set amount = usage_revenue_days.amount + excluded.amount,
    invoices = usage_revenue_days.invoices + excluded.invoices;

-- name: usage_revenue_between
-- What was billed for use on each of these days? /*fanout*/
select day, currency, amount
from usage_revenue_days
where day >= ?1
  and day <= ?2
order by day, currency
limit ?3;

-- name: usage_proof_users
-- Which customers come behind this one, in order? /*fanout*/
select user_id
from customers
where user_id > ?1
order by user_id
limit ?2;

-- name: usage_proof_hours
-- What do the totals of hours of this customer come to between two instants, by region?
select timestamp, region, sum(value)
from usage_records
where user_id = ?1
  and metric = ?2
  and period = cast('hour' as text)
  and timestamp >= ?3
  and timestamp < ?4
group by timestamp, region
order by timestamp, region
limit ?5;

-- name: usage_proof_add
-- That much more is to be there.
insert into usage_proofs (metric, name, timestamp, value)
values (?1, ?2, ?3, ?4)
on conflict (metric, name, timestamp) do update
set value = usage_proofs.value + excluded.value;

-- name: usage_proof_forget
-- Another proof begins.
delete from usage_proofs;

-- name: usage_proof_differing
-- How many sums of a day, which begins there, are not what was added up? /*fanout*/
select count(*)
from (select metric, name
      from (select metric, name, timestamp, value
            from usage_proofs
            where timestamp >= ?2
              and timestamp < ?3
            union all
            select metric, zone, timestamp, -value
            from usage_hours
            where timestamp >= ?2
              and timestamp < ?3
            union all
            select metric, 'region ' || region, ?2, -value
            from usage_regions
            where day = ?1
            union all
            select metric, 'reach', ?2, -sum(delta)
            from usage_reach
            where region = '*'
              and span = 28
              and day <= ?1
            group by metric) as entries
      group by metric, name, timestamp
      having sum(value) <> 0) as differing;
