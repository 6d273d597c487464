-- Contracts (core/contract.h).

-- name: contract_insert
-- Somebody asks for one, or writes one.
insert into contracts (id, user_id, number, status, terms, terms_hash, purchase_order, note, message, requested_by,
       written_by, approval_id, offer_days, valid_until, accepted_by, accepted_name, accepted_at,
       starts_at, ends_at, amends, operation_id, decline_reason, created_at, updated_at, version, follows,
       told_until, reminded_at, notice_by, notice_at, next_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
        ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31);

-- name: contract_put
-- The whole of it as it is now; whose it is, its number, what it follows and when it was made stay.
update contracts
set status = ?4,
    terms = ?5,
    terms_hash = ?6,
    purchase_order = ?7,
    note = ?8,
    message = ?9,
    requested_by = ?10,
    written_by = ?11,
    approval_id = ?12,
    offer_days = ?13,
    valid_until = ?14,
    accepted_by = ?15,
    accepted_name = ?16,
    accepted_at = ?17,
    starts_at = ?18,
    ends_at = ?19,
    amends = ?20,
    operation_id = ?21,
    decline_reason = ?22,
    updated_at = ?24,
    told_until = ?27,
    reminded_at = ?28,
    notice_by = ?29,
    notice_at = ?30,
    next_at = ?31
where id = ?1
  and user_id = ?2
  and number = ?3
  and version = ?25
  and follows = ?26
  and created_at = ?23;

-- name: contract_get
-- What is this contract?
select id, user_id, number, status, terms, terms_hash, purchase_order, note, message, requested_by,
       written_by, approval_id, offer_days, valid_until, accepted_by, accepted_name, accepted_at,
       starts_at, ends_at, amends, operation_id, decline_reason, created_at, updated_at, version, follows,
       told_until, reminded_at, notice_by, notice_at, next_at
from contracts
where id = ?1;

-- name: contract_by_operation
-- Which contract has begun this operation, or told what follows by it?
select id, user_id, number, status, terms, terms_hash, purchase_order, note, message, requested_by,
       written_by, approval_id, offer_days, valid_until, accepted_by, accepted_name, accepted_at,
       starts_at, ends_at, amends, operation_id, decline_reason, created_at, updated_at, version, follows,
       told_until, reminded_at, notice_by, notice_at, next_at
from contracts
where operation_id = ?1
  and operation_id <> ''
  and status in ('accepted', 'active');

-- name: contract_page
-- Which are there, the newest first? An empty status or customer is any. /*fanout*/
select id, user_id, number, status, terms, terms_hash, purchase_order, note, message, requested_by,
       written_by, approval_id, offer_days, valid_until, accepted_by, accepted_name, accepted_at,
       starts_at, ends_at, amends, operation_id, decline_reason, created_at, updated_at, version, follows,
       told_until, reminded_at, notice_by, notice_at, next_at
from contracts
where id < ?3
  and (?1 = '' or status = ?1)
  and (?2 = '' or user_id = ?2)
order by id desc
limit ?4;

-- name: contract_last_number
-- Which number was given last? /*fanout*/
select number
from contracts
order by number desc
limit 1;

-- name: contract_expired
-- Whose offer's time is over? /*fanout*/
select id, user_id, number, status, terms, terms_hash, purchase_order, note, message, requested_by,
       written_by, approval_id, offer_days, valid_until, accepted_by, accepted_name, accepted_at,
       starts_at, ends_at, amends, operation_id, decline_reason, created_at, updated_at, version, follows,
       told_until, reminded_at, notice_by, notice_at, next_at
from contracts
where status = 'offered'
  and valid_until <= ?1
order by valid_until, id
limit ?2;

-- name: contract_expires_next
-- When is the next one's? /*fanout*/
select valid_until
from contracts
where status = 'offered'
order by valid_until
limit 1;

-- name: contract_last_version
-- Which version of a contract was written last? /*fanout*/
select version
from contracts
where number = ?1
order by version desc
limit 1;

-- name: contract_open_amendment
-- Which amendment of this contract is worked on, offered or accepted?
select id, user_id, number, status, terms, terms_hash, purchase_order, note, message, requested_by,
       written_by, approval_id, offer_days, valid_until, accepted_by, accepted_name, accepted_at,
       starts_at, ends_at, amends, operation_id, decline_reason, created_at, updated_at, version, follows,
       told_until, reminded_at, notice_by, notice_at, next_at
from contracts
where user_id = ?1
  and amends = ?2
  and status in ('draft', 'pending', 'offered', 'accepted')
limit 1;

-- name: contract_due
-- For which ones is something to be done? /*fanout*/
select id
from contracts
where next_at <= ?1
order by next_at, id
limit ?2;

-- name: contract_put_off
-- This one could not be done: not before then. /*fanout*/
update contracts
set next_at = ?2
where id = ?1
  and next_at is not null;

-- name: contract_due_next
-- When is that of the next one? /*fanout*/
select next_at
from contracts
where next_at is not null
order by next_at
limit 1;
