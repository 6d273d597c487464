-- What needs a second person, and what became of it.

-- name: approval_insert
-- Somebody asks for something.
insert into approvals (id, user_id, action, status, object_id, request, facts_before, facts_after,
                       quote_hash, amount, currency, reason, requested_by, requester_kind,
                       requested_at, expires_at, idempotency_key, decided_by, decided_at,
                       decision_reason, outcome, operation_id, delegated_to, delegated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
        ?22, ?23, ?24);

-- name: approval_decide
-- What has been decided, and by whom; once.
update approvals
set status = ?2,
    decided_by = ?3,
    decided_at = ?4,
    decision_reason = ?5,
    outcome = ?6,
    operation_id = ?7
where id = ?1
  and status = 'pending';

-- name: approval_hand_over
-- Who is to decide it, while it waits.
update approvals
set delegated_to = ?2,
    delegated_at = ?3
where id = ?1
  and status = 'pending';

-- name: approval_get
-- What is this about?
select id, user_id, action, status, object_id, request, facts_before, facts_after, quote_hash,
       amount, currency, reason, requested_by, requester_kind, requested_at, expires_at,
       idempotency_key, decided_by, decided_at, decision_reason, outcome, operation_id,
       delegated_to, delegated_at
from approvals
where id = ?1;

-- name: approval_by_key
-- What did this Idempotency-Key ask for?
select id, user_id, action, status, object_id, request, facts_before, facts_after, quote_hash,
       amount, currency, reason, requested_by, requester_kind, requested_at, expires_at,
       idempotency_key, decided_by, decided_at, decision_reason, outcome, operation_id,
       delegated_to, delegated_at
from approvals
where user_id = ?1
  and idempotency_key = ?2
  and idempotency_key <> '';

-- name: approval_waiting
-- Does the same thing wait already?
select id, user_id, action, status, object_id, request, facts_before, facts_after, quote_hash,
       amount, currency, reason, requested_by, requester_kind, requested_at, expires_at,
       idempotency_key, decided_by, decided_at, decision_reason, outcome, operation_id,
       delegated_to, delegated_at
from approvals
where action = ?1
  and user_id = ?2
  and object_id = ?3
  and status = 'pending';

-- name: approval_page
-- Which were asked for, the newest first? An empty status or customer is any. /*fanout*/
select id, user_id, action, status, object_id, request, facts_before, facts_after, quote_hash,
       amount, currency, reason, requested_by, requester_kind, requested_at, expires_at,
       idempotency_key, decided_by, decided_at, decision_reason, outcome, operation_id,
       delegated_to, delegated_at
from approvals
where id < ?3
  and (?1 = '' or status = ?1)
  and (?2 = '' or user_id = ?2)
order by id desc
limit ?4;

-- name: approval_expired
-- Whose time is over? /*fanout*/
select id, user_id, action, status, object_id, request, facts_before, facts_after, quote_hash,
       amount, currency, reason, requested_by, requester_kind, requested_at, expires_at,
       idempotency_key, decided_by, decided_at, decision_reason, outcome, operation_id,
       delegated_to, delegated_at
from approvals
where status = 'pending'
  and expires_at <= ?1
order by expires_at, id
limit ?2;

-- name: approval_expires_next
-- When is the next one's? /*fanout*/
select expires_at
from approvals
where status = 'pending'
order by expires_at
limit 1;

-- name: approval_forget_keys
-- What was decided long ago is not asked for again under its key. /*fanout*/
update approvals
set idempotency_key = ''
where id in (select id
             from approvals
             where status <> 'pending'
               and idempotency_key <> ''
               and requested_at < ?1
             limit ?2);
