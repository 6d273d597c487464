-- Totals lie in the order of their key, which is most of a row: as a table beside an index of all of its key
-- each is stored twice, written twice, and looked up once more for every row of a month that is read.
create table usage_totals (
    user_id {text} not null,
    metric {text} not null,
    period {text} not null,
    timestamp {int} not null,
    region {text} not null,
    resource {text} not null,
    value {int} not null,
    events {int} not null,
    updated_at {int} not null,
    batch {int} not null default 0,
    primary key (user_id, metric, period, timestamp, region, resource)
) {strict}
-- only: sqlite
, without rowid
-- end only
;

insert into usage_totals (user_id, metric, period, timestamp, region, resource, value, events,
                          updated_at, batch)
select user_id, metric, period, timestamp, region, resource, value, events, updated_at, batch
from usage_records
order by user_id, metric, period, timestamp, region, resource;

drop table usage_records;
alter table usage_totals rename to usage_records;

create index usage_records_periods on usage_records (user_id, metric, timestamp) where period = 'period';
