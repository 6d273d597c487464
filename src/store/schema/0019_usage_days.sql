-- Totals of counters by day (period 'day', by region and resource): the sums of their hours, so that a month
-- need not be read by the hour.
insert into usage_records (user_id, metric, period, timestamp, region, resource, value, events,
                           updated_at, batch)
select user_id, metric, 'day', timestamp - (timestamp % 86400000 + 86400000) % 86400000, region,
       resource, sum(value), sum(events), max(updated_at), max(batch)
from usage_records
where period = 'hour'
  and metric in ('api_requests', 'bandwidth', 'build_minutes')
group by user_id, metric, timestamp - (timestamp % 86400000 + 86400000) % 86400000, region, resource;
