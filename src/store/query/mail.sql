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

-- name: mail_of_fact
-- Which mail told this customer this fact? Without its bodies.
select user_id, id, kind, dedupe_key, language, address, name, thread, facts, subject, null, null,
       status, attempts, next_attempt_at, created_at, sent_at, last_error
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

-- name: mail_suppression_get
-- Why does nothing go to this address?
select address_index, address, reason, created_at
from suppressed_addresses
where address_index = ?1;

-- name: mail_suppression_put
-- Nothing goes to this address any more.
insert into suppressed_addresses (address_index, address, reason, created_at)
values (?1, ?2, ?3, ?4)
on conflict (address_index) do nothing;

-- name: mail_suppression_delete
-- Mails go to this address again.
delete from suppressed_addresses
where address_index = ?1;

-- name: mail_suppression_page
-- To which addresses does nothing go, after this one? /*fanout*/
select address_index, address, reason, created_at
from suppressed_addresses
where address_index > ?1
order by address_index
limit ?2;

-- name: mail_suppression_plain
-- Which addresses are not sealed yet? /*fanout*/
select address, reason, created_at
from mail_suppressions
order by address
limit ?1;

-- name: mail_suppression_forget_plain
-- This one is.
delete from mail_suppressions
where address = ?1;

-- name: mail_optout_put
-- This customer wants none of these any more.
insert into mail_optouts (user_id, kind, created_at)
values (?1, ?2, ?3)
on conflict (user_id, kind) do nothing;

-- name: mail_optout_get
-- Does this customer want none of these?
select created_at
from mail_optouts
where user_id = ?1
  and kind = ?2;

-- name: mail_waiting
-- Which mails are to be sent by now, or were being sent? The longest due first. /*fanout*/
select user_id, id, kind, dedupe_key, language, address, name, thread, facts, subject, null, null,
       status, attempts, next_attempt_at, created_at, sent_at, last_error
from mails
where status in ('leased', 'queued')
  and next_attempt_at <= ?1
order by next_attempt_at
limit ?2;

-- name: mail_next_due
-- When is the next mail to be sent that is not due yet? /*fanout*/
select coalesce(min(next_attempt_at), 0)
from mails
where status = 'queued'
  and next_attempt_at > ?1;

-- name: mail_forget
-- What was written before this instant is forgotten; that it was written is not. /*fanout*/
update mails
set text_body = null,
    html_body = null,
    facts = '{}'
where (user_id, id) in (select user_id, id
                        from mails
                        where created_at < ?1
                          and text_body is not null
                          and user_id not in (select user_id from retention_holds where lifted_at is null)
                        limit ?2);
