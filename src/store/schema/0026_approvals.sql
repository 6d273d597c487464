-- What one person asked for and another one has to agree to.

-- `request` is what will be done, `facts_before` what it rests on and `facts_after` what it makes of
-- that: JSON in canonical form. `quote_hash` is over all three and the action: when it is approved they are
-- worked out again, and if the hash differs nothing is done. `object_id` is what it is about. One of no
-- customer has an empty user_id, one that was asked for without an Idempotency-Key an empty key.
create table approvals (
    id {text} not null primary key,
    user_id {text} not null,
    action {text} not null,
    status {text} not null,
    object_id {text} not null,
    request {text} not null,
    facts_before {text} not null,
    facts_after {text} not null,
    quote_hash {text} not null,
    amount {int},
    currency {text},
    reason {text} not null,
    requested_by {text} not null,
    requester_kind {text} not null,
    requested_at {int} not null,
    expires_at {int} not null,
    idempotency_key {text} not null,
    decided_by {text},
    decided_at {int},
    decision_reason {text} not null,
    outcome {text},
    operation_id {text}
) {strict};
create unique index approvals_waiting on approvals (action, user_id, object_id) where status = 'pending';
create unique index approvals_by_key on approvals (user_id, idempotency_key) where idempotency_key <> '';
create index approvals_expiring on approvals (expires_at) where status = 'pending';
create index approvals_by_status on approvals (status, id);
create index approvals_of_customer on approvals (user_id, id);
