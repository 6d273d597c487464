-- name: payment_attempt_in_flight
-- Is there an attempt to collect this invoice whose end is not known?
select user_id, id, invoice_id, origin, status, outbox_id, charge_id, decline_code, created_at,
       settled_at
from payment_attempts
where user_id = ?1
  and invoice_id = ?2
  and status in ('pending', 'unknown', 'processing');

-- name: payment_attempt_of_call
-- Which attempt was made by this call?
select user_id, id, invoice_id, origin, status, outbox_id, charge_id, decline_code, created_at,
       settled_at
from payment_attempts
where user_id = ?1
  and outbox_id = ?2;

-- name: payment_attempt_list
-- How was this invoice tried to be collected, the first attempt first?
select user_id, id, invoice_id, origin, status, outbox_id, charge_id, decline_code, created_at,
       settled_at
from payment_attempts
where user_id = ?1
  and invoice_id = ?2
order by created_at, id
limit ?3;

-- name: payment_attempt_count
-- How often was this invoice tried to be collected?
select count(*)
from payment_attempts
where user_id = ?1
  and invoice_id = ?2;

-- name: payment_attempt_insert
-- An attempt to collect begins, or is heard of.
insert into payment_attempts (user_id, id, invoice_id, origin, status, outbox_id, charge_id, decline_code, created_at,
       settled_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: payment_attempt_replace
-- What is known of an attempt from now on.
update payment_attempts
set invoice_id = ?3,
    origin = ?4,
    status = ?5,
    outbox_id = ?6,
    charge_id = ?7,
    decline_code = ?8,
    created_at = ?9,
    settled_at = ?10
where user_id = ?1
  and id = ?2;
