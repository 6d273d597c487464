-- When something last came in from a source, whatever became of it: a source that fell silent is told
-- from one that has nothing to say. Before this step it was not noted; the time of the latest event
-- stands in for it.
alter table usage_sources add column last_heard_at {int} not null default 0;
update usage_sources set last_heard_at = last_event_at;
