-- What of a total came late, and in how many events: after its hour was past and somebody may have looked. Of totals
-- that began before this was kept it is not known, and stays so: null.
alter table usage_records add column adjusted {int};
alter table usage_records add column adjusted_events {int};
