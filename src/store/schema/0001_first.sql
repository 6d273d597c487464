-- The first schema. Rules (docs/decisions/schema.md): a customer's tables begin their key with
-- user_id; small directories are keyed by the value that must be unique everywhere; ids are made by
-- the program; money is minor units beside a currency; instants are milliseconds UTC; 0 and 1 are
-- the booleans. {int} {text} {blob} are the engine's words for its types, {strict} its way of
-- insisting on them.

-- --- the installation ---

create table settings (
    name {text} not null primary key,
    value {text} not null
) {strict};

-- What was ever sold, so that a version that has been sold can never change its content.
create table plan_versions (
    tier {text} not null,
    version {int} not null,
    content_hash {text} not null,
    content {text} not null,
    created_at {int} not null,
    primary key (tier, version)
) {strict};

-- --- directories: unique everywhere ---

create table api_keys (
    key_hash {text} not null primary key,
    id {text} not null,
    name {text} not null,
    prefix {text} not null,
    last4 {text} not null,
    scopes {text} not null,
    created_at {int} not null,
    expires_at {int},
    revoked_at {int}
) {strict};

create table sessions (
    token_hash {text} not null primary key,
    user_id {text} not null,
    created_at {int} not null,
    expires_at {int} not null
) {strict};

create table sign_in_links (
    token_hash {text} not null primary key,
    user_id {text} not null,
    return_path {text} not null,
    expires_at {int} not null,
    used_at {int}
) {strict};

create table stripe_objects (
    stripe_id {text} not null primary key,
    user_id {text} not null,
    local_id {text} not null
) {strict};

-- Stripe's names for what we sell: one price per plan version, interval and currency.
create table stripe_prices (
    lookup_key {text} not null primary key,
    stripe_price_id {text} not null,
    tier {text} not null,
    version {int} not null,
    billing_interval {text} not null
) {strict};

create table webhook_events (
    stripe_event_id {text} not null primary key,
    type {text} not null,
    object_id {text} not null,
    body {text} not null,
    received_at {int} not null,
    status {text} not null,
    attempts {int} not null,
    next_attempt_at {int},
    finished_at {int},
    last_error {text}
) {strict};
create index webhook_events_waiting on webhook_events (status, received_at);

-- --- a customer's own ---

create table customers (
    user_id {text} not null primary key,
    email {text} not null,
    name {text} not null,
    country {text} not null,
    currency {text} not null,
    stripe_customer_id {text},
    created_at {int} not null
) {strict};

-- One row a stretch of one kind of subscription; the one without ended_at is in force.
create table subscriptions (
    user_id {text} not null,
    id {text} not null,
    tier {text} not null,
    plan_version {int} not null,
    billing_interval {text} not null,
    status {text} not null,
    currency {text} not null,
    current_period_start {int} not null,
    current_period_end {int} not null,
    usage_anchor {int} not null,
    cancel_at_period_end {int} not null,
    pending_tier {text},
    pending_interval {text},
    past_due_since {int},
    stripe_subscription_id {text},
    stripe_item_id {text},
    created_at {int} not null,
    ended_at {int},
    primary key (user_id, id)
) {strict};
create unique index subscriptions_in_force on subscriptions (user_id) where ended_at is null;

create table payment_methods (
    user_id {text} not null,
    id {text} not null,
    stripe_payment_method_id {text} not null,
    type {text} not null,
    brand {text} not null,
    last4 {text} not null,
    expiry_month {int},
    expiry_year {int},
    is_default {int} not null,
    created_at {int} not null,
    detached_at {int},
    primary key (user_id, id)
) {strict};

create table invoices (
    user_id {text} not null,
    id {text} not null,
    subscription_id {text} not null,
    stripe_invoice_id {text} not null,
    number {text},
    status {text} not null,
    billing_reason {text} not null,
    currency {text} not null,
    amount {int} not null,
    amount_due {int} not null,
    amount_paid {int} not null,
    tax {int} not null,
    due_date {int},
    period_start {int} not null,
    period_end {int} not null,
    hosted_url {text} not null,
    pdf_url {text} not null,
    lines {text} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};
create index invoices_newest on invoices (user_id, created_at, id);

-- What happened to a customer's billing, for people and for proofs; never changed.
create table billing_events (
    user_id {text} not null,
    id {text} not null,
    type {text} not null,
    amount {int},
    currency {text},
    description {text} not null,
    metadata {text} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};

-- only: sqlite
create trigger billing_events_stay before update on billing_events
begin
    select raise(abort, 'billing events are never changed');
end;
create trigger billing_events_remain before delete on billing_events
begin
    select raise(abort, 'billing events are never deleted');
end;
create trigger plan_versions_stay before update on plan_versions
begin
    select raise(abort, 'a version that was offered is never changed');
end;
create trigger plan_versions_remain before delete on plan_versions
begin
    select raise(abort, 'a version that was offered is never deleted');
end;
-- end only

create table quotes (
    user_id {text} not null,
    id {text} not null,
    subscription_id {text} not null,
    tier {text} not null,
    billing_interval {text} not null,
    proration_at {int} not null,
    amount_due {int} not null,
    currency {text} not null,
    valid_until {int} not null,
    used_at {int},
    primary key (user_id, id)
) {strict};

-- --- the way of an effect ---

-- A change that needs the outside world: what was asked for, and how it ended.
create table operations (
    user_id {text} not null,
    id {text} not null,
    kind {text} not null,
    status {text} not null,
    request {text} not null,
    result_code {text},
    result {text},
    created_at {int} not null,
    finished_at {int},
    primary key (user_id, id)
) {strict};
-- One change of a customer's billing at a time.
create unique index operations_one_open on operations (user_id) where status = 'pending';

-- A client's Idempotency-Key and the operation it started.
create table idempotency_keys (
    user_id {text} not null,
    idempotency_key {text} not null,
    request_hash {text} not null,
    operation_id {text} not null,
    created_at {int} not null,
    primary key (user_id, idempotency_key)
) {strict};

-- One call to the outside: its id is the idempotency key that the other side sees.
create table outbox (
    user_id {text} not null,
    id {text} not null,
    operation_id {text} not null,
    kind {text} not null,
    payload {text} not null,
    status {text} not null,
    attempts {int} not null,
    next_attempt_at {int} not null,
    created_at {int} not null,
    finished_at {int},
    result_id {text},
    last_error {text},
    primary key (user_id, id)
) {strict};
create index outbox_due on outbox (status, next_attempt_at);

-- --- usage ---

-- Totals by hour (period 'hour', by region and resource) and by usage period ('period', both empty);
-- `timestamp` is the start. For gauges `value` is the level at the end.
create table usage_records (
    user_id {text} not null,
    metric {text} not null,
    period {text} not null,
    timestamp {int} not null,
    region {text} not null,
    resource {text} not null,
    value {int} not null,
    events {int} not null,
    updated_at {int} not null,
    primary key (user_id, metric, period, timestamp, region, resource)
) {strict};

-- Where a limit stands beside its total: the grace clock, and which notices went out this period.
create table limit_states (
    user_id {text} not null,
    metric {text} not null,
    period_start {int} not null,
    grace_ends_at {int},
    settled_since {int},
    notices {int} not null,
    primary key (user_id, metric)
) {strict};

-- received = counted + duplicate + rejected, for each source; nothing vanishes.
create table usage_sources (
    user_id {text} not null,
    metric {text} not null,
    source {text} not null,
    received {int} not null,
    counted {int} not null,
    duplicate {int} not null,
    rejected {int} not null,
    last_event_at {int} not null,
    primary key (user_id, metric, source)
) {strict};

-- What take(id) answered the first time, so that repeating it answers the same.
create table takes (
    user_id {text} not null,
    id {text} not null,
    metric {text} not null,
    amount {int} not null,
    released {int} not null,
    answer {text} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};

-- The events themselves, one packed row a group commit (gate/journal.h knows the packing).
create table usage_journal (
    batch {int} not null primary key,
    recorded_at {int} not null,
    events {int} not null,
    body {blob} not null
) {strict};
