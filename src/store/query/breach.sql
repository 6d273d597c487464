-- name: breach_put
-- What is known of a breach, and who was told.
insert into breaches (id, title, description, categories, known_at, due_at, remind_at, created_by,
                      created_at, closed_by, closed_at, authority_told_at, authority_reference,
                      people_told_at, conclusion)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
on conflict (id) do update
set title = excluded.title,
    description = excluded.description,
    remind_at = excluded.remind_at,
    closed_by = excluded.closed_by,
    closed_at = excluded.closed_at,
    authority_told_at = excluded.authority_told_at,
    authority_reference = excluded.authority_reference,
    people_told_at = excluded.people_told_at,
    conclusion = excluded.conclusion;

-- name: breach_get
-- Which breach is this?
select id, title, description, categories, known_at, due_at, remind_at, created_by, created_at,
       closed_by, closed_at, authority_told_at, authority_reference, people_told_at, conclusion
from breaches
where id = ?1;

-- name: breach_page
-- Which breaches were there before this one, the newest first?
select id, title, description, categories, known_at, due_at, remind_at, created_by, created_at,
       closed_by, closed_at, authority_told_at, authority_reference, people_told_at, conclusion
from breaches
where id < ?1
order by id desc
limit ?2;

-- name: breach_reminding
-- Of which are the operators to be told, the most pressing first?
select id, title, description, categories, known_at, due_at, remind_at, created_by, created_at,
       closed_by, closed_at, authority_told_at, authority_reference, people_told_at, conclusion
from breaches
where remind_at is not null
order by remind_at
limit ?1;

-- name: affected_all
-- Whose data was here in that time? /*fanout*/
select user_id
from customers
where user_id > ?1
  and created_at <= ?4
  and ?2 <> '-'
  and ?3 <= ?4
order by user_id
limit ?5;

-- name: affected_by_actor
-- For whom did this key, person or session act in that time? /*fanout*/
select distinct user_id
from audit_rows
where user_id > ?1
  and actor = ?2
  and at >= ?3
  and at <= ?4
order by user_id
limit ?5;

-- name: affected_by_kek
-- Whose keys are wrapped under this one? /*fanout*/
select distinct user_id
from data_keys
where user_id > ?1
  and kek_id = ?2
  and purpose in ('legal', 'pii')
  and user_id not like 'person %'
  and ?3 <= ?4
order by user_id
limit ?5;

-- name: affected_in_invoices
-- Who had invoices in that time? /*fanout*/
select distinct user_id
from invoices
where user_id > ?1
  and created_at <= ?4
  and ?2 <> '-'
  and ?3 <= ?4
order by user_id
limit ?5;

-- name: affected_in_mails
-- Who was written to by then? /*fanout*/
select distinct user_id
from mails
where user_id > ?1
  and created_at <= ?4
  and ?2 <> '-'
  and ?3 <= ?4
order by user_id
limit ?5;

-- name: affected_in_payment_methods
-- Who had a way to pay by then? /*fanout*/
select distinct user_id
from payment_methods
where user_id > ?1
  and created_at <= ?4
  and ?2 <> '-'
  and ?3 <= ?4
order by user_id
limit ?5;

-- name: affected_in_origins
-- Of whom was it kept in that time from where they came? /*fanout*/
select distinct user_id
from audit_origins
where user_id > ?1
  and first_at <= ?4
  and last_at >= ?3
  and ?2 <> '-'
order by user_id
limit ?5;
