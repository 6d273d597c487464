-- Pauses of subscriptions that were asked for here (core/pause.h). `resumes_at` is when it goes on by itself, and
-- `next_at` when that is tried next; null: by hand alone. One that is over has no row.
create table subscription_pauses (
    user_id {text} not null primary key,
    subscription_id {text} not null,
    paused_at {int} not null,
    resumes_at {int},
    next_at {int}
) {strict};
create index subscription_pauses_due on subscription_pauses (next_at) where next_at is not null;
