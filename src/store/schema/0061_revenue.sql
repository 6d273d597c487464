-- Recurring revenue as facts: a row for each change of what an account brings, in the transaction of the change. Amounts are sixths of
-- a minor unit, a year (core/revenue.h); days count from 1970, months from January 1970. Rows are never changed: a correction is
-- another row. `lost` is 1 when somebody who paid as the month began stops, -1 when they are back within it.
create table revenue_movements (
    user_id {text} not null,
    seq {int} not null,
    effective_at {int} not null,
    recorded_at {int} not null,
    day {int} not null,
    kind {text} not null,
    reason {text} not null,
    subscription_id {text} not null,
    tier_before {text} not null,
    interval_before {text} not null,
    country_before {text} not null,
    place_before {text} not null,
    tier {text} not null,
    plan_version {int} not null,
    billing_interval {text} not null,
    country {text} not null,
    place {text} not null,
    currency {text} not null,
    rate_number {int} not null,
    arr_before {int} not null,
    arr_after {int} not null,
    list_before {int} not null,
    list_after {int} not null,
    committed_before {int} not null,
    committed_after {int} not null,
    of_opening {int} not null,
    lost {int} not null,
    cohort {int},
    signed_up {int} not null,
    actor {text} not null,
    audit_seq {int} not null,
    primary key (user_id, seq)
) {strict};
create index revenue_movements_by_day on revenue_movements (day, user_id, seq);
create index revenue_movements_moved on revenue_movements (user_id, day, arr_before, arr_after, currency) where arr_before <> arr_after;
create index revenue_movements_trials on revenue_movements (day, place, arr_after) where place_before = 'trial';
create index revenue_movements_first on revenue_movements (signed_up, day) where kind = 'new';

-- only: sqlite
create trigger revenue_movements_stay before update on revenue_movements
begin select raise(abort, 'facts of revenue are never changed'); end;
create trigger revenue_movements_remain before delete on revenue_movements
begin select raise(abort, 'facts of revenue are never deleted'); end;
-- end only

-- How each account stands since its last row, which the next one begins with.
create table revenue_accounts (
    user_id {text} not null primary key,
    seq {int} not null,
    place {text} not null,
    tier {text} not null,
    plan_version {int} not null,
    billing_interval {text} not null,
    country {text} not null,
    currency {text} not null,
    subscription_id {text} not null,
    arr {int} not null,
    list {int} not null,
    committed {int} not null,
    coupon {text} not null,
    coupon_since {int} not null,
    cohort {int},
    signed_up {int} not null,
    month {int} not null,
    month_opening {int} not null,
    last_at {int} not null,
    due_at {int}
) {strict};
create index revenue_accounts_due on revenue_accounts (due_at) where due_at is not null;

-- Sums of the rows, kept up with them: of days, and of months. Differences; what stands is their sum from the beginning on.
create table revenue_days (
    day {int} not null,
    month {int} not null,
    kind {text} not null,
    reason {text} not null,
    of_opening {int} not null,
    tier {text} not null,
    billing_interval {text} not null,
    country {text} not null,
    currency {text} not null,
    rate_number {int} not null,
    count {int} not null,
    amount {int} not null,
    lost {int} not null,
    holding {int} not null,
    list {int} not null,
    committed {int} not null,
    at_risk {int} not null,
    paying {int} not null,
    accounts {int} not null,
    primary key (month, day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number)
) {strict}
-- only: sqlite
, without rowid
-- end only
;

create table revenue_months (
    month {int} not null,
    kind {text} not null,
    reason {text} not null,
    of_opening {int} not null,
    tier {text} not null,
    billing_interval {text} not null,
    country {text} not null,
    currency {text} not null,
    rate_number {int} not null,
    count {int} not null,
    amount {int} not null,
    lost {int} not null,
    holding {int} not null,
    list {int} not null,
    committed {int} not null,
    at_risk {int} not null,
    paying {int} not null,
    accounts {int} not null,
    primary key (month, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number)
) {strict}
-- only: sqlite
, without rowid
-- end only
;

-- The same by the month of the first payment, or of the sign-up, of whom they tell.
create table revenue_cohorts (
    basis {text} not null,
    cohort {int} not null,
    month {int} not null,
    currency {text} not null,
    rate_number {int} not null,
    amount {int} not null,
    paying {int} not null,
    accounts {int} not null,
    primary key (basis, cohort, month, currency, rate_number)
) {strict}
-- only: sqlite
, without rowid
-- end only
;
