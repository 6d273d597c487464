-- What reconciliation needs: money that was taken and given back, runs and what they found, the
-- customers that are parked; and how to find again which events failed.

-- Money taken, as Stripe has it.
create table charges (
    user_id {text} not null,
    id {text} not null,
    stripe_charge_id {text} not null,
    stripe_intent_id {text} not null,
    status {text} not null,
    currency {text} not null,
    amount {int} not null,
    amount_refunded {int} not null,
    is_disputed {int} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};

-- Money given back, as Stripe has it.
create table refunds (
    user_id {text} not null,
    id {text} not null,
    stripe_refund_id {text} not null,
    stripe_charge_id {text} not null,
    status {text} not null,
    currency {text} not null,
    amount {int} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};

-- --- reconciliation ---

-- One walk over everything, or over one customer; `phase` and `cursor` are where it stands, so that
-- a restart goes on there.
create table reconciliations (
    id {text} not null primary key,
    reason {text} not null,
    only_user_id {text},
    is_dry_run {int} not null,
    status {text} not null,
    phase {text} not null,
    page_cursor {text},
    events_since {int} not null,
    examined {int} not null,
    found {int} not null,
    repaired {int} not null,
    left_over {int} not null,
    last_error {text},
    started_at {int} not null,
    finished_at {int}
) {strict};
create unique index reconciliations_one_open on reconciliations (status) where status = 'running';

-- Which objects of Stripe's the walk has met; what is ours and was not met is asked for by name.
create table reconcile_seen (
    user_id {text} not null,
    stripe_id {text} not null,
    primary key (user_id, stripe_id)
) {strict};

-- Objects that the walk will read afresh, since a page said something else than the rows.
create table reconcile_suspects (
    user_id {text} not null,
    stripe_id {text} not null,
    object {text} not null,
    primary key (user_id, stripe_id)
) {strict};

-- What a walk has found: one row a difference, by the object and the kind.
create table differences (
    user_id {text} not null,
    id {text} not null,
    reconciliation_id {text} not null,
    kind {text} not null,
    stripe_id {text} not null,
    here {text} not null,
    there {text} not null,
    status {text} not null,
    found_at {int} not null,
    settled_at {int},
    primary key (user_id, id)
) {strict};
create index differences_open on differences (status, found_at);
create unique index differences_one_open on differences (user_id, stripe_id, kind)
    where status = 'open';

-- --- bounds ---

-- Customers whom nothing is charged until a person has looked.
create table parked_customers (
    user_id {text} not null,
    id {text} not null,
    reason {text} not null,
    stripe_invoice_id {text} not null,
    currency {text} not null,
    amount {int} not null,
    usual {int} not null,
    parked_at {int} not null,
    released_at {int},
    release_reason {text},
    primary key (user_id, id)
) {strict};
create unique index parked_customers_one_open on parked_customers (user_id)
    where released_at is null;

-- One invoice a subscription and period.
create table invoice_periods (
    user_id {text} not null,
    subscription_id {text} not null,
    period_number {int} not null,
    stripe_invoice_id {text} not null,
    primary key (user_id, subscription_id, period_number)
) {strict};

create index webhook_events_newest on webhook_events (received_at, stripe_event_id);
