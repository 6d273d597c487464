-- What if another catalogue had been in force.

-- name: what_if_put
-- How a run stands now.
insert into what_ifs (id, status, holders, change_id, catalogue, months, span_from, span_until, user_cursor, looked_at, total,
                      lines, kept, created_by, created_at, finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
on conflict (id) do update
set status = excluded.status,
    user_cursor = excluded.user_cursor,
    looked_at = excluded.looked_at,
    lines = excluded.lines,
    kept = excluded.kept,
    finished_at = excluded.finished_at;

-- name: what_if_get
-- Which run is this?
select id, status, holders, change_id, catalogue, months, span_from, span_until, user_cursor, looked_at, total, lines, kept,
       created_by, created_at, finished_at
from what_ifs
where id = ?1;

-- name: what_if_running
-- Which run is under way?
select id, status, holders, change_id, catalogue, months, span_from, span_until, user_cursor, looked_at, total, lines, kept,
       created_by, created_at, finished_at
from what_ifs
where status = 'running'
limit 1;

-- name: what_if_page
-- Which runs came before this one, the newest first?
select id, status, holders, change_id, catalogue, months, span_from, span_until, user_cursor, looked_at, total, lines, kept,
       created_by, created_at, finished_at
from what_ifs
where id < ?1
order by id desc
limit ?2;

-- name: what_if_supersede
-- A newer one takes the place of what was done before: its customers go.
update what_ifs
set status = 'superseded',
    catalogue = ''
where status in ('done', 'cancelled')
  and id < ?1;

-- name: what_if_walk
-- Which customers come after this one? /*fanout*/
select user_id
from customers
where user_id > ?1
order by user_id
limit ?2;

-- name: what_if_total
-- How many customers are there? /*fanout*/
select count(*)
from customers;

-- name: what_if_customer_put
-- What it comes to for this customer.
insert into what_if_customers (user_id, run_id, tier, side, currency, billed_before, billed_after, monthly_before, monthly_after,
                               hits, lines, kept)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
on conflict (user_id, run_id) do nothing;

-- name: what_if_customers
-- For whom does it come to what, after this customer? An empty side is any; 1: only who would hit a limit. /*fanout*/
select user_id, run_id, tier, side, currency, billed_before, billed_after, monthly_before, monthly_after, hits, lines, kept
from what_if_customers
where run_id = ?1
  and user_id > ?2
  and (?3 = '' or side = ?3)
  and (?4 = 0 or hits <> '')
order by user_id
limit ?5;

-- name: what_if_sums
-- What does it come to by plan and side? /*fanout*/
select tier, side, currency, count(*), sum(billed_before), sum(billed_after), sum(monthly_before), sum(monthly_after),
       sum(case when hits <> '' then 1 else 0 end)
from what_if_customers
where run_id = ?1
group by tier, side, currency
order by tier, side, currency
limit ?2;

-- name: what_if_forget
-- What earlier runs came to is not kept. /*fanout*/
delete from what_if_customers
where run_id in (select id from what_ifs where status = 'superseded')
  and user_id in (select user_id
                  from what_if_customers
                  where run_id in (select id from what_ifs where status = 'superseded')
                  limit ?1);

-- name: what_if_usage
-- What was the most of each metric in the usage periods that began in this span?
select metric, max(value)
from usage_records
where user_id = ?1
  and period = 'period'
  and timestamp >= ?2
  and timestamp < ?3
group by metric;
