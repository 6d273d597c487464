-- name: lease_get
-- What does this epoch of this node hold?
select user_id, metric, period_start, node, epoch, period_end, granted, granted_most, taken,
       released, returned, recorded, outstanding, rate, is_open, state, ends_at, recalled_at,
       updated_at
from leases
where user_id = ?1
  and metric = ?2
  and period_start = ?3
  and node = ?4
  and epoch = ?5;

-- name: lease_put
-- What it holds from now on.
insert into leases (user_id, metric, period_start, node, epoch, period_end, granted, granted_most,
                    taken, released, returned, recorded, outstanding, rate, is_open, state,
                    ends_at, recalled_at, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
on conflict (user_id, metric, period_start, node, epoch) do update
set period_end = excluded.period_end,
    granted = excluded.granted,
    granted_most = excluded.granted_most,
    taken = excluded.taken,
    released = excluded.released,
    returned = excluded.returned,
    recorded = excluded.recorded,
    outstanding = excluded.outstanding,
    rate = excluded.rate,
    is_open = excluded.is_open,
    state = excluded.state,
    ends_at = excluded.ends_at,
    recalled_at = excluded.recalled_at,
    updated_at = excluded.updated_at;

-- name: lease_peers
-- Who else uses this counter: how many, how fast, and when was the last recall?
select coalesce(sum(case when updated_at >= ?6 then 1 else 0 end), 0),
       coalesce(sum(case when updated_at >= ?6 then rate else 0 end), 0),
       coalesce(max(recalled_at), 0), coalesce(sum(outstanding), 0)
from leases
where user_id = ?1
  and metric = ?2
  and period_start = ?3
  and (node <> ?4 or epoch <> ?5)
  and (outstanding > 0 or updated_at >= ?6);

-- name: lease_recall
-- What is out of this counter is to come back; of a recall that runs already, that stands.
update leases
set recalled_at = ?3
where user_id = ?1
  and metric = ?2
  and outstanding > 0
  and state in ('open', 'held')
  and coalesce(recalled_at, 0) < ?4;

-- name: lease_recalled
-- Of which counters is this node to give back what it holds? /*fanout*/
select user_id, metric, period_start, node, epoch, period_end, granted, granted_most, taken,
       released, returned, recorded, outstanding, rate, is_open, state, ends_at, recalled_at,
       updated_at
from leases
where node = ?1
  and epoch = ?2
  and outstanding > 0
  and recalled_at is not null
limit ?3;

-- name: lease_end_epoch
-- Nothing of this epoch will be spent any more. /*fanout*/
update leases
set state = 'ending',
    ends_at = ?3
where node = ?1
  and epoch = ?2
  and outstanding > 0
  and state in ('open', 'held');

-- name: lease_due
-- Which leases have not been renewed in time, the oldest first? /*fanout*/
select user_id, metric, period_start, node, epoch, period_end, granted, granted_most, taken,
       released, returned, recorded, outstanding, rate, is_open, state, ends_at, recalled_at,
       updated_at
from leases
where outstanding > 0
  and state in ('open', 'ending')
  and ends_at <= ?1
order by ends_at
limit ?2;

-- name: lease_next_due
-- When will the next lease not have been renewed in time? /*fanout*/
select coalesce(min(ends_at), 0)
from leases
where outstanding > 0
  and state in ('open', 'ending');

-- name: lease_of_node
-- What does this node hold, of everybody or of one customer, of everything or of one metric?
-- /*fanout*/
select user_id, metric, period_start, node, epoch, period_end, granted, granted_most, taken,
       released, returned, recorded, outstanding, rate, is_open, state, ends_at, recalled_at,
       updated_at
from leases
where node = ?1
  and outstanding > 0
  and state in ('open', 'held')
  and (?2 = '' or user_id = ?2)
  and (?3 = '' or metric = ?3)
limit ?4;

-- name: lease_page
-- The leases that count, from one on, of everybody or of one customer, of all nodes or of one.
-- /*fanout*/
select user_id, metric, period_start, node, epoch, period_end, granted, granted_most, taken,
       released, returned, recorded, outstanding, rate, is_open, state, ends_at, recalled_at,
       updated_at
from leases
where (?1 = '' or user_id = ?1)
  and (?2 = '' or node = ?2)
  and (user_id, metric, period_start, node, epoch) > (?3, ?4, ?5, ?6, ?7)
  and state <> 'ended'
order by user_id, metric, period_start, node, epoch
limit ?8;

-- name: lease_total
-- How much of this counter is out in the period that starts here?
select coalesce(sum(outstanding), 0)
from leases
where user_id = ?1
  and metric = ?2
  and period_start = ?3
  and state in ('open', 'held', 'ending');

-- name: lease_totals
-- How much is out of the customers from this one to that one, by metric and period? /*fanout*/
select user_id, metric, period_start, sum(outstanding)
from leases
where user_id >= ?1
  and user_id <= ?2
  and outstanding > 0
  and state in ('open', 'held', 'ending')
group by user_id, metric, period_start
order by user_id, metric, period_start;

-- name: lease_figures
-- How many leases are open, how many held, how many called back, and how much is out? /*fanout*/
select metric,
       sum(case when state = 'open' then 1 else 0 end),
       sum(case when state = 'held' then 1 else 0 end),
       sum(case when recalled_at is not null then 1 else 0 end),
       sum(outstanding)
from leases
where outstanding > 0
  and state in ('open', 'held', 'ending')
group by metric;

-- name: lease_reclaimed_figures
-- Of what was reclaimed, for how much has no node accounted since? /*fanout*/
select metric, count(*), sum(granted_most - granted)
from leases
where granted < granted_most
group by metric;

-- name: lease_prune
-- Leases of periods that ended before this instant are forgotten. /*fanout*/
delete from leases
where period_end < ?1;

-- name: lease_node_get
-- Which is this node's newest epoch?
select node, epoch, is_ended, seen_at
from lease_nodes
where node = ?1;

-- name: lease_node_put
-- This one is.
insert into lease_nodes (node, epoch, is_ended, seen_at)
values (?1, ?2, ?3, ?4)
on conflict (node) do update
set epoch = excluded.epoch,
    is_ended = excluded.is_ended,
    seen_at = excluded.seen_at;
