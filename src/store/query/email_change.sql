-- name: email_change_insert
-- Somebody asks for another address.
insert into email_changes (person_id, id, session_id, old_email, new_email, confirm_hash,
                           stop_hash, asked_at, expires_at, done_at, stopped_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: email_change_list
-- Which addresses has this person asked for, the newest first?
select person_id, id, session_id, old_email, new_email, confirm_hash, stop_hash,
       asked_at, expires_at, done_at, stopped_at
from email_changes
where person_id = ?1
order by id desc
limit ?2;

-- name: email_change_by_confirm
-- What does the link in the new mailbox confirm?
select person_id, id, session_id, old_email, new_email, confirm_hash, stop_hash,
       asked_at, expires_at, done_at, stopped_at
from email_changes
where confirm_hash = ?1;

-- name: email_change_by_stop
-- What does the link in the old mailbox stop?
select person_id, id, session_id, old_email, new_email, confirm_hash, stop_hash,
       asked_at, expires_at, done_at, stopped_at
from email_changes
where stop_hash = ?1;

-- name: email_change_done
-- The new address is theirs.
update email_changes
set done_at = ?3
where person_id = ?1
  and id = ?2
  and done_at is null
  and stopped_at is null;

-- name: email_change_withdraw
-- What this person has asked for and not confirmed is void.
update email_changes
set stopped_at = ?2
where person_id = ?1
  and done_at is null
  and stopped_at is null;

-- name: email_change_stop_all
-- No link of this person's changes or stops anything any more.
update email_changes
set stopped_at = ?2
where person_id = ?1
  and stopped_at is null;
