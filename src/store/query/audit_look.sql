-- The whole audit log looked at once more, as a job.

-- name: audit_look_put
-- How a look stands now.
insert into audit_looks (id, status, row_cursor, newest_at, oldest_at, reached_at, looked_at, signed_rows, faults, findings,
                          checkpoint_size, checkpoint_note, created_by, created_at, finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
on conflict (id) do update
set status = excluded.status,
    row_cursor = excluded.row_cursor,
    reached_at = excluded.reached_at,
    looked_at = excluded.looked_at,
    signed_rows = excluded.signed_rows,
    faults = excluded.faults,
    findings = excluded.findings,
    finished_at = excluded.finished_at;

-- name: audit_look_get
-- Which look is this?
select id, status, row_cursor, newest_at, oldest_at, reached_at, looked_at, signed_rows, faults, findings, checkpoint_size,
       checkpoint_note, created_by, created_at, finished_at
from audit_looks
where id = ?1;

-- name: audit_look_running
-- Which look is under way?
select id, status, row_cursor, newest_at, oldest_at, reached_at, looked_at, signed_rows, faults, findings, checkpoint_size,
       checkpoint_note, created_by, created_at, finished_at
from audit_looks
where status = 'running'
limit 1;

-- name: audit_look_page
-- Which looks came before this one, the newest first?
select id, status, row_cursor, newest_at, oldest_at, reached_at, looked_at, signed_rows, faults, findings, checkpoint_size,
       checkpoint_note, created_by, created_at, finished_at
from audit_looks
where id < ?1
order by id desc
limit ?2;

-- name: audit_oldest_at
-- When was the first row of the audit log written? /*fanout*/
select at
from audit_rows
order by id
limit 1;
