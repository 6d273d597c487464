-- name: mail_insert
-- A mail that tells a fact, unless it has been told.
insert into mails (user_id, id, kind, dedupe_key, language, address, name, thread, facts, subject,
                   text_body, html_body, status, attempts, next_attempt_at, created_at, sent_at,
                   last_error)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
on conflict (user_id, dedupe_key) do nothing;

-- name: mail_is_ordered
-- Has this fact been told to this customer, or is it about to be?
select created_at
from mails
where user_id = ?1
  and dedupe_key = ?2;

-- name: mail_page
-- What was written to a customer, or to all when it is empty; the newest first. /*fanout*/
select user_id, id, kind, dedupe_key, language, address, name, thread, facts, subject, null, null,
       status, attempts, next_attempt_at, created_at, sent_at, last_error
from mails
where (?1 = '' or user_id = ?1)
  and (?2 = '' or status = ?2)
  and id < ?3
order by id desc
limit ?4;

-- name: mail_get
-- One mail with its bodies. /*fanout*/
select user_id, id, kind, dedupe_key, language, address, name, thread, facts, subject, text_body,
       html_body, status, attempts, next_attempt_at, created_at, sent_at, last_error
from mails
where id = ?1;

-- name: mail_move
-- A mail goes on from one state to the next.
update mails
set status = ?4,
    attempts = ?5,
    next_attempt_at = ?6,
    sent_at = ?7,
    last_error = ?8
where user_id = ?1
  and id = ?2
  and status = ?3;
