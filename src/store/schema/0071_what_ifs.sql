-- What if another catalogue had been in force (core/what_if.h): a run, and what it comes to so far. `catalogue` is the candidate's text,
-- empty where a price change is tried. Amounts are minor units of one currency, without tax. `looked_at` of `total` customers.
create table what_ifs (
    id {text} not null primary key,
    status {text} not null,
    holders {text} not null,
    change_id {text} not null,
    catalogue {text} not null,
    months {int} not null,
    span_from {int} not null,
    span_until {int} not null,
    user_cursor {text} not null,
    looked_at {int} not null,
    total {int} not null,
    lines {int} not null,
    kept {int} not null,
    created_by {text} not null,
    created_at {int} not null,
    finished_at {int}
) {strict};
create index what_ifs_running on what_ifs (status) where status = 'running';
-- What it comes to for a customer who was billed, has a plan or would hit a limit. Of the newest run alone.
create table what_if_customers (
    user_id {text} not null,
    run_id {text} not null,
    tier {text} not null,
    side {text} not null,
    currency {text} not null,
    billed_before {int} not null,
    billed_after {int} not null,
    monthly_before {int} not null,
    monthly_after {int} not null,
    hits {text} not null,
    lines {int} not null,
    kept {int} not null,
    primary key (user_id, run_id)
) {strict};
create index what_if_customers_of_run on what_if_customers (run_id, user_id);
create index what_if_customers_by_side on what_if_customers (run_id, side, user_id);
