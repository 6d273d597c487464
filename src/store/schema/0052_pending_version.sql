-- A change that waits for the period's end bills the version of its day, also when another one is sold by then.

-- The version of pending_tier; 0: nothing waits, or it was made before this was kept.
alter table subscriptions add column pending_version {int} not null default 0;
