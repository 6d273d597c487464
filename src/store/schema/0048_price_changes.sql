-- Price changes: holders of older versions of a plan are moved to the one that is sold (core/price_change.h).

-- What was planned, and how far it has come: counting, ready, telling, done, withdrawing or withdrawn.
-- `from_versions` are numbers with blanks between them; `hash` is over everything that was counted.
create table price_changes (
    id {text} not null primary key,
    tier {text} not null,
    from_versions {text} not null,
    to_version {int} not null,
    effective_from {int} not null,
    monthly_days {int} not null,
    yearly_days {int} not null,
    status {text} not null,
    hash {text} not null,
    user_cursor {text} not null,
    created_by {text} not null,
    created_at {int} not null,
    counted_at {int},
    started_at {int},
    withdrawn_at {int},
    looked_at {int} not null,
    moves {int} not null,
    left_out {int} not null
) {strict};
create index price_changes_working on price_changes (id) where status in ('counting', 'telling', 'withdrawing');

-- Of one change: a holder, what they pay before and after, and what became of it. `mail_key` is the mail that told
-- them; empty once somebody vouches that they were told. `next_at`: when it is looked at.
create table price_moves (
    change_id {text} not null,
    user_id {text} not null,
    subscription_id {text} not null,
    billing_interval {text} not null,
    from_version {int} not null,
    currency {text} not null,
    price_before {int} not null,
    price_after {int} not null,
    status {text} not null,
    reason {text} not null,
    renews_at {int},
    told_at {int},
    mail_key {text} not null,
    operation_id {text} not null,
    next_at {int},
    updated_at {int} not null,
    primary key (change_id, user_id)
) {strict};
create index price_moves_due on price_moves (next_at) where next_at is not null;
create index price_moves_of_customer on price_moves (user_id, change_id)
    where status in ('notified', 'undelivered', 'scheduled');
