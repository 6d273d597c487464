-- Inquiries: who is nobody's customer yet asks for a contract.

-- name: inquiry_insert
-- Somebody asks.
insert into inquiries (id, user_id, status, fingerprint, company, name, email, country, language, message, usage,
       contract_id, answered_by, reason, created_at, answered_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16);

-- name: inquiry_put
-- It was answered: whose it is decides under which key it is sealed from now on, so all is written anew. /*fanout*/
update inquiries
set user_id = ?2,
    status = ?3,
    fingerprint = ?4,
    company = ?5,
    name = ?6,
    email = ?7,
    country = ?8,
    language = ?9,
    message = ?10,
    usage = ?11,
    contract_id = ?12,
    answered_by = ?13,
    reason = ?14,
    answered_at = ?16
where id = ?1
  and created_at = ?15;

-- name: inquiry_get
-- What was asked? /*fanout*/
select id, user_id, status, fingerprint, company, name, email, country, language, message, usage,
       contract_id, answered_by, reason, created_at, answered_at
from inquiries
where id = ?1;

-- name: inquiry_waiting
-- Does the same wait for an answer already? /*fanout*/
select id, user_id, status, fingerprint, company, name, email, country, language, message, usage,
       contract_id, answered_by, reason, created_at, answered_at
from inquiries
where fingerprint = ?1
  and status = 'open';

-- name: inquiry_page
-- What was asked before this one, the newest first? An empty status is any. /*fanout*/
select id, user_id, status, fingerprint, company, name, email, country, language, message, usage,
       contract_id, answered_by, reason, created_at, answered_at
from inquiries
where id < ?2
  and (?1 = '' or status = ?1)
order by id desc
limit ?3;

-- name: inquiry_count_waiting
-- How many wait, of at most so many? /*fanout*/
select count(*)
from (select id
      from inquiries
      where status = 'open'
      limit ?1);

-- name: inquiry_count_since
-- How many came from this one on, of at most so many? /*fanout*/
select count(*)
from (select id
      from inquiries
      where id >= ?1
      limit ?2);

-- name: inquiry_forget
-- What was answered before the first instant, and what nobody has answered since the second, is not
-- kept. /*fanout*/
delete from inquiries
where answered_at < ?1
   or (status = 'open'
       and created_at < ?2);

-- name: inquiry_forget_mails
-- To whom it was written that they have asked is not kept either. /*fanout*/
delete from mails
where user_id = ''
  and kind = 'inquiry_received'
  and created_at < ?1;
