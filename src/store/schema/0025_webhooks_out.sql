-- Who is told of billing events, and how each telling went.

-- `types` are words with blanks between: invoice.paid, dunning.*, or * for all. While a secret is
-- being rolled both sign. `failing_since` is when attempts began to fail without one that did not.
create table webhook_endpoints (
    id {text} not null primary key,
    url {text} not null,
    description {text} not null,
    types {text} not null,
    metadata {text} not null,
    secret {text} not null,
    secret_before {text},
    secret_before_until {int},
    status {text} not null,
    disabled_reason {text},
    disabled_at {int},
    failing_since {int},
    created_at {int} not null,
    updated_at {int} not null
) {strict};

-- One event for one endpoint, written with the event. `event_id` is the message's id for whoever
-- receives it, `body` what is sent every time. `attempts_before` were made before it was last
-- replayed: the waits between attempts begin anew then. An event of no customer has an empty user_id.
create table webhook_deliveries (
    id {text} not null primary key,
    endpoint_id {text} not null,
    event_id {text} not null,
    user_id {text} not null,
    type {text} not null,
    body {text} not null,
    status {text} not null,
    attempts {int} not null,
    attempts_before {int} not null,
    next_attempt_at {int},
    created_at {int} not null,
    finished_at {int},
    last_error {text}
) {strict};
create index webhook_deliveries_of_endpoint on webhook_deliveries (endpoint_id, id);
create index webhook_deliveries_waiting on webhook_deliveries (endpoint_id, next_attempt_at) where status = 'waiting';
create index webhook_deliveries_finished on webhook_deliveries (finished_at) where status <> 'waiting';

-- What came of each attempt; `response` is the beginning of what was answered.
create table webhook_attempts (
    id {text} not null primary key,
    user_id {text} not null,
    delivery_id {text} not null,
    number {int} not null,
    started_at {int} not null,
    duration_ms {int} not null,
    response_status {int},
    response {text},
    error {text}
) {strict};
create unique index webhook_attempts_of_delivery on webhook_attempts (delivery_id, number);
