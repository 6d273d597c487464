-- Up to which batch of the journal a total is complete: totals follow the journal, and after a crash what
-- is missing is added from it. Before this step they were written with their batch; a total is then
-- complete as of all that was there.
alter table usage_records add column batch {int} not null default 0;
alter table usage_sources add column batch {int} not null default 0;
