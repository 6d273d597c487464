-- The evidence of who did what: each customer's chain of rows, the operators' one under the empty user_id
-- (core/audit.h). `row` is the JSON object that is hashed; the columns beside it are what it is found by.
create table audit_rows (
    user_id {text} not null,
    seq {int} not null,
    id {text} not null,
    at {int} not null,
    actor {text} not null,
    action {text} not null,
    object {text} not null,
    row {text} not null,
    leaf {text} not null,
    chain {text} not null,
    primary key (user_id, seq)
) {strict};
create unique index audit_rows_by_id on audit_rows (id);
create index audit_rows_by_actor on audit_rows (actor, id);
create index audit_rows_by_action on audit_rows (action, id);

-- What the log was told of chains, in the order in which it was: the leaves of the tree that is signed.
-- `edge` are the peaks of the chain's own tree, so that it can grow without its leaves.
create table audit_heads (
    position {int} not null,
    user_id {text} not null,
    seq {int} not null,
    chain {text} not null,
    root {text} not null,
    edge {text} not null,
    primary key (position)
) {strict};
create unique index audit_heads_by_user on audit_heads (user_id, seq);

-- What was signed. `size` counts heads; `edge` are the peaks of the tree of all of them.
create table audit_checkpoints (
    size {int} not null,
    at {int} not null,
    note {text} not null,
    edge {text} not null,
    primary key (size)
) {strict};

-- Chains of which the log was not told all yet, and how many rows that is.
create table audit_pending (
    user_id {text} not null,
    count {int} not null,
    primary key (user_id)
) {strict};

-- Checkpoints on their way to where nobody here can change them.
create table audit_shipments (
    size {int} not null,
    sink {text} not null,
    attempts {int} not null,
    next_attempt_at {int} not null,
    shipped_at {int},
    last_error {text},
    primary key (size, sink)
) {strict};
create index audit_shipments_waiting on audit_shipments (next_attempt_at, size) where shipped_at is null;

-- Where requests came from. Rows name it by a keyed hash, so that this can be forgotten and they stay whole.
create table audit_origins (
    user_id {text} not null,
    reference {text} not null,
    address {text} not null,
    user_agent {text} not null,
    first_at {int} not null,
    last_at {int} not null,
    primary key (user_id, reference)
) {strict};

-- only: sqlite
create trigger audit_rows_stay before update on audit_rows
begin select raise(abort, 'rows of the audit log are never changed'); end;
create trigger audit_rows_remain before delete on audit_rows
begin select raise(abort, 'rows of the audit log are never deleted'); end;
create trigger audit_heads_stay before update on audit_heads
begin select raise(abort, 'heads of the audit log are never changed'); end;
create trigger audit_heads_remain before delete on audit_heads
begin select raise(abort, 'heads of the audit log are never deleted'); end;
create trigger audit_checkpoints_stay before update on audit_checkpoints
begin select raise(abort, 'checkpoints are never changed'); end;
create trigger audit_checkpoints_remain before delete on audit_checkpoints
begin select raise(abort, 'checkpoints are never deleted'); end;
-- end only
