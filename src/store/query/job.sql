-- Long work, as the rows of its nouns tell of it; and rows that scheduled jobs have set aside.

-- name: long_jobs
-- Which long pieces of work are under way, and which were the last of each kind? `total` is 0 when nobody knows it. /*fanout*/
select name, id, status, step, done, total, started_at, finished_at, last_error
from (select 'reconciliation' as name, id, status, phase as step, examined as done, 0 as total, started_at, finished_at, last_error
      from (select * from reconciliations order by id desc limit ?1) r
      union all
      select 'evidence', id, status, '', 0, 0, requested_at, finished_at, null
      from (select * from evidence_packs order by id desc limit ?1) e
      union all
      select 'export', id, status, '', 0, 0, created_at, finished_at, null
      from (select * from privacy_requests where kind = 'export' order by id desc limit ?1) x
      union all
      select 'retention', id, status, status, case status when 'running' then purged + skipped else looked_at end,
             case status when 'running' then customers else 0 end, created_at, finished_at, null
      from (select * from retention_plans order by id desc limit ?1) p
      union all
      select 'keys', id, status, kind, customers, (select count(*) from customers), started_at, finished_at, null
      from (select * from key_walks order by id desc limit ?1) k
      union all
      select 'prices', id, status, status, looked_at, 0, created_at, case status when 'done' then started_at else withdrawn_at end, null
      from (select * from price_changes order by id desc limit ?1) c
      union all
      select 'what_if', id, status, '', looked_at, total, created_at, finished_at, null
      from (select * from what_ifs order by id desc limit ?1) w
      union all
      select 'audit', id, status, '', looked_at, 0, created_at, finished_at, null
      from (select * from audit_looks order by id desc limit ?1) a
      union all
      select 'revenue_rebuild', id, status, '', done, total, created_at, finished_at, null
      from (select * from revenue_rebuilds order by id desc limit ?1) v) jobs
order by started_at desc, id desc;

-- name: set_aside_put
-- A job could not do this row, once more.
insert into set_aside (job, row_id, error, attempts, first_at, last_at, next_at)
values (?1, ?2, ?3, 1, ?4, ?4, ?5)
on conflict (job, row_id) do update set
    error = excluded.error,
    attempts = set_aside.attempts + 1,
    last_at = excluded.last_at,
    next_at = excluded.next_at;

-- name: set_aside_get
-- How often has this row been set aside?
select job, row_id, error, attempts, first_at, last_at, next_at
from set_aside
where job = ?1
  and row_id = ?2;

-- name: set_aside_page
-- Which rows are set aside, the last one first?
select job, row_id, error, attempts, first_at, last_at, next_at
from set_aside
where (last_at < ?1 or (last_at = ?1 and row_id < ?2))
order by last_at desc, row_id desc
limit ?3;

-- name: set_aside_drop
-- It was done.
delete from set_aside
where job = ?1
  and row_id = ?2;
