-- Corrections of issued invoices (core/correction.h).

-- name: correction_insert
-- A correction is shown.
insert into corrections (id, user_id, invoice_id, status, new_invoice_id, credit_note_id, operation_id,
       details_hash, purchase_order, sends_invoice, currency, total_before, tax_before, total_after, tax_after,
       refunded, credited, due, balance, created_at, valid_until, finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22);

-- name: correction_move
-- How far has it come?
update corrections
set status = ?3,
    new_invoice_id = ?4,
    credit_note_id = ?5,
    operation_id = ?6,
    finished_at = ?7
where user_id = ?1
  and id = ?2;

-- name: correction_get
-- What was shown under this id?
select id, user_id, invoice_id, status, new_invoice_id, credit_note_id, operation_id, details_hash,
       purchase_order, sends_invoice, currency, total_before, tax_before, total_after, tax_after, refunded,
       credited, due, balance, created_at, valid_until, finished_at
from corrections
where user_id = ?1
  and id = ?2;

-- name: correction_by_operation
-- Which one is this operation for?
select id, user_id, invoice_id, status, new_invoice_id, credit_note_id, operation_id, details_hash,
       purchase_order, sends_invoice, currency, total_before, tax_before, total_after, tax_after, refunded,
       credited, due, balance, created_at, valid_until, finished_at
from corrections
where user_id = ?1
  and operation_id = ?2
  and operation_id <> '';

-- name: correction_from
-- By which one is this invoice corrected, or being so?
select id, user_id, invoice_id, status, new_invoice_id, credit_note_id, operation_id, details_hash,
       purchase_order, sends_invoice, currency, total_before, tax_before, total_after, tax_after, refunded,
       credited, due, balance, created_at, valid_until, finished_at
from corrections
where user_id = ?1
  and invoice_id = ?2
  and status in ('working', 'done');

-- name: correction_to
-- From which one did this invoice come?
select id, user_id, invoice_id, status, new_invoice_id, credit_note_id, operation_id, details_hash,
       purchase_order, sends_invoice, currency, total_before, tax_before, total_after, tax_after, refunded,
       credited, due, balance, created_at, valid_until, finished_at
from corrections
where user_id = ?1
  and new_invoice_id = ?2;

-- name: correction_page_of
-- Which invoices of this customer were corrected, the newest first?
select id, user_id, invoice_id, status, new_invoice_id, credit_note_id, operation_id, details_hash,
       purchase_order, sends_invoice, currency, total_before, tax_before, total_after, tax_after, refunded,
       credited, due, balance, created_at, valid_until, finished_at
from corrections
where user_id = ?1
  and id < ?2
  and status <> 'quoted'
order by id desc
limit ?3;

-- name: correction_page
-- Which invoices were corrected, the newest first? /*fanout*/
select id, user_id, invoice_id, status, new_invoice_id, credit_note_id, operation_id, details_hash,
       purchase_order, sends_invoice, currency, total_before, tax_before, total_after, tax_after, refunded,
       credited, due, balance, created_at, valid_until, finished_at
from corrections
where id < ?2
  and ?1 = ''
  and status <> 'quoted'
order by id desc
limit ?3;
