-- What is kept for a time, what is held beyond it, and plans of what goes (core/retention.h).

-- A customer of whom nothing goes: why, and until when. One at a time: ended by somebody, or when its
-- time is over.
create table retention_holds (
    id {text} not null primary key,
    user_id {text} not null,
    reason {text} not null,
    until {int} not null,
    created_by {text} not null,
    created_at {int} not null,
    lifted_at {int},
    lifted_by {text} not null
) {strict};
create unique index retention_holds_of_customer on retention_holds (user_id) where lifted_at is null;

-- A count of what may go. It stands as counting, ready, running, done or superseded; `user_cursor` is
-- how far that has come, and `hash` is over everything that was counted, each line over the one before.
create table retention_plans (
    id {text} not null primary key,
    status {text} not null,
    hash {text} not null,
    user_cursor {text} not null,
    created_by {text} not null,
    created_at {int} not null,
    counted_at {int},
    started_at {int},
    finished_at {int},
    looked_at {int} not null,
    customers {int} not null,
    purged {int} not null,
    skipped {int} not null
) {strict};
create index retention_plans_by_status on retention_plans (status, id);

-- Of one plan: rows of a kind from before an instant.
create table retention_plan_kinds (
    plan_id {text} not null,
    kind {text} not null,
    before {int} not null,
    counted {int} not null,
    oldest {int},
    purged {int},
    primary key (plan_id, kind)
) {strict};

-- Of one plan: a customer whose key of the books may go, and what became of it.
create table retention_plan_customers (
    plan_id {text} not null,
    user_id {text} not null,
    last_at {int} not null,
    due_at {int} not null,
    invoices {int} not null,
    is_erased {int} not null,
    status {text} not null,
    reason {text} not null,
    primary key (plan_id, user_id)
) {strict};

-- What the sweeps ask for.
create index mails_old on mails (created_at);
create index audit_origins_old on audit_origins (last_at);
