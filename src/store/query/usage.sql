-- name: usage_add
-- Add to a total of an hour or a period, which is complete up to this batch of the journal from now on. What came late
-- is not known of a total that was there before it was kept: null stays null.
insert into usage_records (user_id, metric, period, timestamp, region, resource, value, events,
                           updated_at, batch, adjusted, adjusted_events)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
on conflict (user_id, metric, period, timestamp, region, resource) do update
set value = usage_records.value + excluded.value,
    events = usage_records.events + excluded.events,
    updated_at = excluded.updated_at,
    batch = excluded.batch,
    adjusted = usage_records.adjusted + excluded.adjusted,
    adjusted_events = usage_records.adjusted_events + excluded.adjusted_events;

-- name: usage_set
-- Set the level of a gauge in an hour or a period.
insert into usage_records (user_id, metric, period, timestamp, region, resource, value, events,
                           updated_at, batch, adjusted, adjusted_events)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
on conflict (user_id, metric, period, timestamp, region, resource) do update
set value = excluded.value,
    events = usage_records.events + excluded.events,
    updated_at = excluded.updated_at,
    batch = excluded.batch,
    adjusted = usage_records.adjusted + excluded.adjusted,
    adjusted_events = usage_records.adjusted_events + excluded.adjusted_events;

-- name: usage_batch
-- Up to which batch of the journal is this total complete? (See usage_series for the cast.)
select batch
from usage_records
where user_id = ?1
  and metric = ?2
  and period = cast(?3 as text)
  and timestamp = ?4
  and region = ?5
  and resource = ?6;

-- name: usage_total
-- What has this customer used of this metric in the period that starts here?
select value, updated_at
from usage_records
where user_id = ?1
  and metric = ?2
  and period = 'period'
  and timestamp = ?3
  and region = ''
  and resource = '';

-- name: usage_level
-- At which level does this gauge stand, by its newest period, and up to which batch of the journal?
select value, timestamp, batch
from usage_records
where user_id = ?1
  and metric = ?2
  and period = 'period'
  and region = ''
  and resource = ''
order by timestamp desc
limit 1;

-- name: usage_newest
-- When was the newest period's total of this metric last changed?
select updated_at, timestamp
from usage_records
where user_id = ?1
  and metric = ?2
  and period = 'period'
  and region = ''
  and resource = ''
order by timestamp desc
limit 1;

-- name: usage_move_period
-- The totals of the period that starts here are those of a period that starts there.
update usage_records
set timestamp = ?3
where user_id = ?1
  and period = 'period'
  and timestamp = ?2;

-- name: usage_series
-- How did the use of one metric run between two instants, by hour, by day or by period? The cast keeps
-- SQLite from asking at each binding whether the partial index of periods would do: it would prepare anew.
select timestamp, region, resource, value, events, coalesce(adjusted, 0), coalesce(adjusted_events, 0)
from usage_records
where user_id = ?1
  and metric = ?2
  and period = cast(?3 as text)
  and timestamp >= ?4
  and timestamp < ?5
order by timestamp, region, resource
limit ?6;

-- name: usage_sum
-- How much of this counter was used on the days between two instants? (See usage_series for the cast.)
select coalesce(sum(value), 0)
from usage_records
where user_id = ?1
  and metric = ?2
  and period = cast(?3 as text)
  and timestamp >= ?4
  and timestamp < ?5;

-- name: usage_days
-- What was counted of one metric on each day of UTC between two instants, from its hours; and when that last
-- changed? (See usage_series for the cast.)
select timestamp - timestamp % 86400000, sum(value), max(value), sum(events), max(updated_at)
from usage_records
where user_id = ?1
  and metric = ?2
  and period = cast('hour' as text)
  and timestamp >= ?3
  and timestamp < ?4
group by timestamp - timestamp % 86400000
order by 1
limit ?5;

-- name: usage_each_period
-- The totals of periods of all customers from this one to that one, the older first. /*fanout*/
select user_id, metric, timestamp, value
from usage_records
where period = 'period'
  and user_id >= ?1
  and user_id <= ?2
order by user_id, metric, timestamp;

-- name: usage_each_between
-- The totals of all customers from this one to that one as they lie. /*fanout*/
select period, user_id, metric, timestamp, value
from usage_records
where user_id >= ?1
  and user_id <= ?2
order by user_id, metric, period, timestamp;

-- name: usage_each_total
-- Which totals of hours, days and periods are there? /*fanout*/
select user_id, metric, period, timestamp, region, resource, value, events,
       coalesce(adjusted, 0), coalesce(adjusted_events, -1)
from usage_records
order by user_id, metric, period, timestamp, region, resource;

-- name: usage_put
-- A total of an hour, a day or a period is this, whatever it was.
insert into usage_records (user_id, metric, period, timestamp, region, resource, value, events,
                           updated_at, batch, adjusted, adjusted_events)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
on conflict (user_id, metric, period, timestamp, region, resource) do update
set value = excluded.value,
    events = excluded.events,
    updated_at = excluded.updated_at,
    batch = excluded.batch,
    adjusted = excluded.adjusted,
    adjusted_events = excluded.adjusted_events;

-- name: usage_limit_state_between
-- Where do the limits of all customers from this one to that one stand? /*fanout*/
select user_id, metric, period_start, grace_ends_at, settled_since, notices, limit_amount, armings,
       warning_at, reached_at, grace_ending_at, blocked_at
from limit_states
where user_id >= ?1
  and user_id <= ?2
order by user_id;

-- name: usage_limit_state_each
-- Where do this customer's limits stand?
select user_id, metric, period_start, grace_ends_at, settled_since, notices, limit_amount, armings,
       warning_at, reached_at, grace_ending_at, blocked_at
from limit_states
where user_id = ?1;

-- name: usage_limit_state_get
-- Where does this limit stand?
select user_id, metric, period_start, grace_ends_at, settled_since, notices, limit_amount, armings,
       warning_at, reached_at, grace_ending_at, blocked_at
from limit_states
where user_id = ?1
  and metric = ?2;

-- name: usage_limit_state_next_end
-- When does the next grace end after this instant? /*fanout*/
select coalesce(min(grace_ends_at), 0)
from limit_states
where grace_ends_at > ?1;

-- name: usage_limit_state_ending
-- Whose graces end from this limit's on until that instant, the first of them first? /*fanout*/
select user_id, metric, period_start, grace_ends_at, settled_since, notices, limit_amount, armings,
       warning_at, reached_at, grace_ending_at, blocked_at
from limit_states
where grace_ends_at >= ?1
  and grace_ends_at <= ?2
  and (grace_ends_at > ?1 or user_id > ?3 or (user_id = ?3 and metric > ?4))
order by grace_ends_at, user_id, metric
limit ?5;

-- name: usage_limit_state_put
-- Where a limit stands from now on.
insert into limit_states (user_id, metric, period_start, grace_ends_at, settled_since, notices,
                          limit_amount, armings, warning_at, reached_at, grace_ending_at,
                          blocked_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
on conflict (user_id, metric) do update
set period_start = excluded.period_start,
    grace_ends_at = excluded.grace_ends_at,
    settled_since = excluded.settled_since,
    notices = excluded.notices,
    limit_amount = excluded.limit_amount,
    armings = excluded.armings,
    warning_at = excluded.warning_at,
    reached_at = excluded.reached_at,
    grace_ending_at = excluded.grace_ending_at,
    blocked_at = excluded.blocked_at;

-- name: usage_source_add
-- Account for what a source has sent.
insert into usage_sources (user_id, metric, source, received, counted, duplicate, rejected,
                           last_event_at, last_heard_at, batch)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
on conflict (user_id, metric, source) do update
set received = usage_sources.received + excluded.received,
    counted = usage_sources.counted + excluded.counted,
    duplicate = usage_sources.duplicate + excluded.duplicate,
    rejected = usage_sources.rejected + excluded.rejected,
    last_event_at = case
        when excluded.last_event_at > usage_sources.last_event_at then excluded.last_event_at
        else usage_sources.last_event_at
    end,
    last_heard_at = excluded.last_heard_at,
    batch = excluded.batch;

-- name: usage_source_batch
-- Up to which batch of the journal is this account complete?
select batch
from usage_sources
where user_id = ?1
  and metric = ?2
  and source = ?3;

-- name: usage_source_each
-- What has each source of this customer sent, and what became of it?
select user_id, metric, source, received, counted, duplicate, rejected, last_event_at,
       last_heard_at, batch
from usage_sources
where user_id = ?1
order by metric, source
limit ?2;

-- name: usage_source_all
-- How much was counted of each source? /*fanout*/
select user_id, metric, source, counted
from usage_sources
order by user_id, metric, source;

-- name: usage_source_put
-- So much was counted of this source, whatever its account said; the rest of the account stays.
insert into usage_sources (user_id, metric, source, received, counted, duplicate, rejected,
                           last_event_at, last_heard_at, batch)
values (?1, ?2, ?3, ?4, ?4, 0, 0, ?5, ?6, ?7)
on conflict (user_id, metric, source) do update
set received = excluded.counted + usage_sources.duplicate + usage_sources.rejected,
    counted = excluded.counted,
    batch = excluded.batch;

-- name: usage_heard_each
-- When was something last heard of each metric of this customer, from whatever source?
select metric, max(last_heard_at)
from usage_sources
where user_id = ?1
group by metric;

-- name: take_get
-- What was answered to this take, or given back of it?
select user_id, id, metric, amount, released, answer, created_at
from takes
where user_id = ?1
  and id = ?2;

-- name: take_put
-- A part of what was taken is given back, never more than was taken. One id at two instants is two takes: the
-- first is forgotten.
insert into takes (user_id, id, metric, amount, released, answer, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
on conflict (user_id, id) do update
set metric = excluded.metric,
    amount = excluded.amount,
    released = excluded.released
               + case when takes.created_at = excluded.created_at then takes.released else 0 end,
    answer = excluded.answer,
    created_at = excluded.created_at
where takes.created_at <> excluded.created_at
   or takes.released + excluded.released <= takes.amount;

-- name: take_has_answers
-- Are there takes of before the journal carried their answers?
select count(*)
from (select 1 from takes where answer <> '' limit 1) answered;

-- name: take_prune
-- Takes older than this are forgotten, those that hold their own answer sooner. /*fanout*/
delete from takes
where created_at < ?1
   or (created_at < ?2 and answer <> '');

-- name: journal_insert
-- The events of one group commit.
insert into usage_journal (batch, recorded_at, events, body)
values (?1, ?2, ?3, ?4);

-- name: journal_get
-- The events of one group commit, as they were written.
select body
from usage_journal
where batch = ?1;

-- name: journal_each
-- All batches from this one on, in order.
select batch, body, recorded_at
from usage_journal
where batch >= ?1
order by batch;

-- name: journal_forget
-- Batches recorded before this instant are forgotten.
delete from usage_journal
where recorded_at < ?1;

-- name: journal_ends
-- Which batches are the first and the last that are kept?
select coalesce((select min(batch) from usage_journal), 0),
       coalesce((select max(batch) from usage_journal), 0);

-- name: journal_events
-- How many events are kept?
select coalesce(sum(events), 0)
from usage_journal;
