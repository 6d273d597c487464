-- name: dunning_get
-- How does this case stand?
select user_id, id, kind, status, invoice_id, subscription_id, stripe_dispute_id, retries,
       needs_new_method, needs_takeover, is_access_ended, has_warned_access, has_warned_end,
       opened_at, access_until, next_attempt_at, due_at, closed_at
from dunning_cases
where user_id = ?1
  and id = ?2;

-- name: dunning_named
-- Whose case is this? /*fanout*/
select user_id, id, kind, status, invoice_id, subscription_id, stripe_dispute_id, retries,
       needs_new_method, needs_takeover, is_access_ended, has_warned_access, has_warned_end,
       opened_at, access_until, next_attempt_at, due_at, closed_at
from dunning_cases
where id = ?1;

-- name: dunning_of_invoice
-- The newest case of a payment of this invoice that failed, whatever its status.
select user_id, id, kind, status, invoice_id, subscription_id, stripe_dispute_id, retries,
       needs_new_method, needs_takeover, is_access_ended, has_warned_access, has_warned_end,
       opened_at, access_until, next_attempt_at, due_at, closed_at
from dunning_cases
where user_id = ?1
  and invoice_id = ?2
  and kind in ('payment', 'late_failure', 'overdue')
order by opened_at desc, id desc
limit 1;

-- name: dunning_of_dispute
-- Which case is about this dispute?
select user_id, id, kind, status, invoice_id, subscription_id, stripe_dispute_id, retries,
       needs_new_method, needs_takeover, is_access_ended, has_warned_access, has_warned_end,
       opened_at, access_until, next_attempt_at, due_at, closed_at
from dunning_cases
where user_id = ?1
  and stripe_dispute_id = ?2
order by opened_at desc, id desc
limit 1;

-- name: dunning_live
-- Which cases of this customer go on, the oldest first?
select user_id, id, kind, status, invoice_id, subscription_id, stripe_dispute_id, retries,
       needs_new_method, needs_takeover, is_access_ended, has_warned_access, has_warned_end,
       opened_at, access_until, next_attempt_at, due_at, closed_at
from dunning_cases
where user_id = ?1
  and status in ('open', 'paused')
order by opened_at, id
limit ?2;

-- name: dunning_due
-- For which cases has something fallen due, the longest ago first? /*fanout*/
select id
from dunning_cases
where due_at <= ?1
order by due_at, id
limit ?2;

-- name: dunning_put_off
-- This case could not be done: not before then. /*fanout*/
update dunning_cases
set due_at = ?2
where id = ?1
  and due_at is not null;

-- name: dunning_due_next
-- When does the next thing fall due? /*fanout*/
select min(due_at)
from dunning_cases
where due_at is not null;

-- name: dunning_access_until
-- Until when do this subscription's cases leave full access? One that was given up still counts: the
-- subscription ends soon.
select min(access_until)
from dunning_cases
where user_id = ?1
  and subscription_id = ?2
  and status in ('open', 'paused', 'exhausted', 'written_off');

-- name: dunning_page
-- Which cases were opened before this instant and id, the newest first? An empty customer is any,
-- an empty status is any. /*fanout*/
select user_id, id, kind, status, invoice_id, subscription_id, stripe_dispute_id, retries,
       needs_new_method, needs_takeover, is_access_ended, has_warned_access, has_warned_end,
       opened_at, access_until, next_attempt_at, due_at, closed_at
from dunning_cases
where (?1 = '' or user_id = ?1)
  and (?2 = '' or status = ?2)
  and (opened_at < ?3 or (opened_at = ?3 and id < ?4))
order by opened_at desc, id desc
limit ?5;

-- name: dunning_page_of
-- The same of one customer, without a look at those of others.
select user_id, id, kind, status, invoice_id, subscription_id, stripe_dispute_id, retries,
       needs_new_method, needs_takeover, is_access_ended, has_warned_access, has_warned_end,
       opened_at, access_until, next_attempt_at, due_at, closed_at
from dunning_cases
where user_id = ?1
  and (?2 = '' or status = ?2)
  and (opened_at < ?3 or (opened_at = ?3 and id < ?4))
order by opened_at desc, id desc
limit ?5;

-- name: dunning_insert
-- A payment failed, or is disputed.
insert into dunning_cases (user_id, id, kind, status, invoice_id, subscription_id, stripe_dispute_id, retries,
       needs_new_method, needs_takeover, is_access_ended, has_warned_access, has_warned_end,
       opened_at, access_until, next_attempt_at, due_at, closed_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18);

-- name: dunning_replace
-- What is true of a case from now on.
update dunning_cases
set kind = ?3,
    status = ?4,
    invoice_id = ?5,
    subscription_id = ?6,
    stripe_dispute_id = ?7,
    retries = ?8,
    needs_new_method = ?9,
    needs_takeover = ?10,
    is_access_ended = ?11,
    has_warned_access = ?12,
    has_warned_end = ?13,
    opened_at = ?14,
    access_until = ?15,
    next_attempt_at = ?16,
    due_at = ?17,
    closed_at = ?18
where user_id = ?1
  and id = ?2;

-- name: dunning_action_get
-- Has an operator used this key for this customer, and for what?
select user_id, idempotency_key, case_id, action, request_hash, reason, created_at
from dunning_actions
where user_id = ?1
  and idempotency_key = ?2;

-- name: dunning_action_insert
-- An operator has moved a case.
insert into dunning_actions (user_id, idempotency_key, case_id, action, request_hash, reason,
                             created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7);
