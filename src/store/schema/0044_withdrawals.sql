-- Withdrawals from purchases (core/withdrawal.h).

-- `statement` is what was confirmed, word for word, and `statement_hash` the SHA-256 of it. `operation_id` is
-- what is under way for it: the end of the subscription, then the credit of one invoice after the other.
-- `is_share` tells that the time until then is paid for.
create table withdrawals (
    id {text} not null primary key,
    user_id {text} not null,
    subscription_id {text} not null,
    status {text} not null,
    name {text} not null,
    statement {text} not null,
    statement_hash {text} not null,
    locale {text} not null,
    tier {text} not null,
    billing_interval {text} not null,
    is_share {int} not null,
    operation_id {text} not null,
    currency {text} not null,
    returned {int} not null,
    bought_at {int} not null,
    created_at {int} not null,
    finished_at {int}
) {strict};
create index withdrawals_of_customer on withdrawals (user_id, id);
create unique index withdrawals_once on withdrawals (subscription_id) where status <> 'refused';
create index withdrawals_by_operation on withdrawals (operation_id);
