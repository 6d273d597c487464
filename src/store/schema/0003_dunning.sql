-- What happens after a failed payment, and every attempt to collect.

-- One row a case. `due_at` is when something falls due for it by itself; null while it waits for an
-- answer, or when nothing will.
create table dunning_cases (
    user_id {text} not null,
    id {text} not null,
    kind {text} not null,
    status {text} not null,
    invoice_id {text} not null,
    subscription_id {text} not null,
    stripe_dispute_id {text},
    retries {int} not null,
    needs_new_method {int} not null,
    needs_takeover {int} not null,
    is_access_ended {int} not null,
    has_warned_access {int} not null,
    has_warned_end {int} not null,
    opened_at {int} not null,
    access_until {int},
    next_attempt_at {int},
    due_at {int},
    closed_at {int},
    primary key (user_id, id)
) {strict};
-- One live case of a failed payment an invoice; of disputes there may be several.
create unique index dunning_cases_one_live
    on dunning_cases (user_id, invoice_id, kind, coalesce(stripe_dispute_id, ''))
    where status in ('open', 'paused');
create index dunning_cases_due on dunning_cases (due_at) where due_at is not null;
create index dunning_cases_newest on dunning_cases (opened_at, id);
create index dunning_cases_named on dunning_cases (id);

-- One row an attempt to collect an invoice, whoever made it: the provider, the schedule, the
-- customer, an operator. `charge_id` is the provider's charge of it, which tells two failures apart.
create table payment_attempts (
    user_id {text} not null,
    id {text} not null,
    invoice_id {text} not null,
    origin {text} not null,
    status {text} not null,
    outbox_id {text},
    charge_id {text},
    decline_code {text},
    created_at {int} not null,
    settled_at {int},
    primary key (user_id, id)
) {strict};
-- No second attempt until the first is known.
create unique index payment_attempts_one_in_flight on payment_attempts (user_id, invoice_id)
    where status in ('pending', 'unknown', 'processing');
create index payment_attempts_of_invoice on payment_attempts (user_id, invoice_id, created_at);

-- What operators did to cases, each once.
create table dunning_actions (
    user_id {text} not null,
    idempotency_key {text} not null,
    case_id {text} not null,
    action {text} not null,
    request_hash {text} not null,
    reason {text} not null,
    created_at {int} not null,
    primary key (user_id, idempotency_key)
) {strict};

-- Until when a case leaves full access, whatever Stripe's status says; null without a case.
alter table subscriptions add column access_until {int};
create index subscriptions_owing on subscriptions (past_due_since)
    where ended_at is null and past_due_since is not null;
create index subscriptions_access_until on subscriptions (access_until)
    where ended_at is null and access_until is not null;
