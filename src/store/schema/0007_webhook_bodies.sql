-- Which events still say something, so that forgetting the old ones does not look at all of them.
create index webhook_events_said on webhook_events (finished_at) where body <> '';
