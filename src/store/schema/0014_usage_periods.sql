-- The totals of periods alone, so that the start, which reads them of every customer, need not pass
-- over those of hours. A total that changes does not touch it.
create index usage_records_periods on usage_records (user_id, metric, timestamp)
where period = 'period';
