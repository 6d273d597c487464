-- How customers use what is metered, for reports on all of them: sums of the totals of hours, kept up with them. Hours are by the zone
-- in which the customer then lived, '*' being all zones together; a customer's zone is that of the newest row that began by then.
-- `usage_reach` has differences: the sum up to a day says how many customers had anything counted in the `span` days that end with it;
-- of a span of one day, what each day has is by itself. Its region '*' is any.
create table usage_zones (
    user_id {text} not null,
    since {int} not null,
    zone {text} not null,
    primary key (user_id, since)
) {strict};
insert into usage_zones (user_id, since, zone)
select user_id, 0, time_zone
from customers
where time_zone <> '';

create table usage_hours (
    metric {text} not null,
    zone {text} not null,
    timestamp {int} not null,
    value {int} not null,
    primary key (metric, zone, timestamp)
) {strict}
-- only: sqlite
, without rowid
-- end only
;
insert into usage_hours (metric, zone, timestamp, value)
select metric, time_zone, timestamp, sum(value)
from usage_records
join customers on customers.user_id = usage_records.user_id
where period = 'hour'
  and metric in ('api_requests', 'bandwidth', 'build_minutes')
group by metric, time_zone, timestamp;
insert into usage_hours (metric, zone, timestamp, value)
select metric, '*', timestamp, sum(value)
from usage_hours
group by metric, timestamp;

create table usage_regions (
    metric {text} not null,
    day {int} not null,
    region {text} not null,
    value {int} not null,
    primary key (metric, day, region)
) {strict}
-- only: sqlite
, without rowid
-- end only
;
insert into usage_regions (metric, day, region, value)
select metric, timestamp / 86400000, region, sum(value)
from usage_records
where period = 'day'
group by metric, timestamp / 86400000, region;

create table usage_reach (
    metric {text} not null,
    region {text} not null,
    span {int} not null,
    day {int} not null,
    delta {int} not null,
    primary key (metric, region, span, day)
) {strict}
-- only: sqlite
, without rowid
-- end only
;
insert into usage_reach (metric, region, span, day, delta)
select metric, region, span, day, sum(delta)
from (select metric, '*' as region, 1 as span, timestamp / 86400000 as day, 1 as delta
      from usage_records
      where period = 'hour'
      group by user_id, metric, timestamp / 86400000
      union all
      select metric, region, 28, day, 1
      from (select user_id, metric, '*' as region, timestamp / 86400000 as day
            from usage_records
            where period = 'hour'
            group by user_id, metric, timestamp / 86400000
            union all
            select user_id, metric, region, timestamp / 86400000
            from usage_records
            where period = 'hour'
            group by user_id, metric, region, timestamp / 86400000) as used
      union all
      select metric, region, 28, case when next is null or next > day + 28 then day + 28 else next end, -1
      from (select user_id, metric, region, day,
                   lead(day) over (partition by user_id, metric, region order by day) as next
            from (select user_id, metric, '*' as region, timestamp / 86400000 as day
                  from usage_records
                  where period = 'hour'
                  group by user_id, metric, timestamp / 86400000
                  union all
                  select user_id, metric, region, timestamp / 86400000
                  from usage_records
                  where period = 'hour'
                  group by user_id, metric, region, timestamp / 86400000) as used) as ended) as steps
group by metric, region, span, day;

-- What was billed for use beyond what plans include: of each invoice, and by the day that it is of.
create table usage_revenue (
    user_id {text} not null,
    invoice_id {text} not null,
    day {int} not null,
    currency {text} not null,
    amount {int} not null,
    primary key (user_id, invoice_id)
) {strict};
create table usage_revenue_days (
    day {int} not null,
    currency {text} not null,
    amount {int} not null,
    invoices {int} not null,
    primary key (day, currency)
) {strict}
-- only: sqlite
, without rowid
-- end only
;

-- What the proof that runs each night has added up so far, of the days that it is about.
create table usage_proofs (
    metric {text} not null,
    name {text} not null,
    timestamp {int} not null,
    value {int} not null,
    primary key (metric, name, timestamp)
) {strict};
