-- Where a customer's mornings are: a name of the tz database; empty: not known, UTC.
alter table customers add column time_zone {text} not null default '';
