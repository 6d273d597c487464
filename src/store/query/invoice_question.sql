-- What customers ask about an invoice, and what is answered.

-- name: invoice_question_insert
-- A customer asks.
insert into invoice_questions (user_id, id, invoice_id, kind, state, settlement, reference, line, person_id, words, answer, answered_by,
                               answered_at, settled_at, request_key, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16);

-- name: invoice_question_get
-- What is this? Only operators ask by the id alone. /*fanout*/
select user_id, id, invoice_id, kind, state, settlement, reference, line, person_id, words, answer, answered_by,
       answered_at, settled_at, request_key, created_at
from invoice_questions
where id = ?1;

-- name: invoice_question_by_key
-- Was this asked before, by the same request?
select user_id, id, invoice_id, kind, state, settlement, reference, line, person_id, words, answer, answered_by,
       answered_at, settled_at, request_key, created_at
from invoice_questions
where user_id = ?1
  and request_key = ?2;

-- name: invoice_question_put_state
-- Where it stands now, and what was answered.
update invoice_questions
set state = ?3,
    settlement = ?4,
    reference = ?5,
    answer = ?6,
    answered_by = ?7,
    answered_at = ?8,
    settled_at = ?9
where user_id = ?1
  and id = ?2;

-- name: invoice_question_of_invoice
-- What was asked about this invoice before this one, the newest first?
select user_id, id, invoice_id, kind, state, settlement, reference, line, person_id, words, answer, answered_by,
       answered_at, settled_at, request_key, created_at
from invoice_questions
where user_id = ?1
  and invoice_id = ?2
  and id < ?3
order by id desc
limit ?4;

-- name: invoice_question_page
-- What was asked before this one, the newest first? Empty words leave nothing out. /*fanout*/
select user_id, id, invoice_id, kind, state, settlement, reference, line, person_id, words, answer, answered_by,
       answered_at, settled_at, request_key, created_at
from invoice_questions
where id < ?1
  and (?2 = '' or kind = ?2)
  and (?3 = '' or state = ?3)
  and (?4 = '' or user_id = ?4)
order by id desc
limit ?5;

-- name: invoice_question_unsettled
-- How many about this invoice are not settled?
select count(*), min(created_at)
from invoice_questions
where user_id = ?1
  and invoice_id = ?2
  and state <> 'settled';

-- name: invoice_question_since
-- How many has this customer asked since, and when first of these?
select count(*), min(created_at)
from invoice_questions
where user_id = ?1
  and created_at > ?2;

-- name: invoice_question_forget
-- What was settled and asked before then is not kept. /*fanout*/
delete from invoice_questions
where id in (select id
             from invoice_questions
             where created_at < ?1
               and state = 'settled'
             limit ?2);
