-- name: backup_record_insert
-- A backup was taken, or restored aside.
insert into backup_records (id, kind, recorded_by, recorded_at, taken_at, files, bytes, outcome)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: backup_record_page
-- Which backups were taken or tried before this one, the newest first?
select id, kind, recorded_by, recorded_at, taken_at, files, bytes, outcome
from backup_records
where id < ?1
order by id desc
limit ?2;

-- name: alert_handling_insert
-- Somebody has looked at it.
insert into alert_handlings (mail_id, handled_by, handled_at, note)
values (?1, ?2, ?3, ?4);

-- name: alert_handling_get
-- Who has looked at it?
select mail_id, handled_by, handled_at, note
from alert_handlings
where mail_id = ?1;
