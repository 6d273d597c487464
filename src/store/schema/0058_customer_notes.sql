-- What operators note about a customer, in their own words. A note is never changed: what turns out otherwise is
-- another one.
create table customer_notes (
    user_id {text} not null,
    id {text} not null,
    author {text} not null,
    note {text} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};
