-- Reviews of who has access: every operator and every API key of the platform as they stood when it was
-- opened, each looked at by somebody else.

-- `told` is how many reminders went out. At most one is open.
create table access_reviews (
    id {text} not null primary key,
    status {text} not null,
    opened_by {text} not null,
    opened_at {int} not null,
    due_at {int} not null,
    closed_at {int},
    told {int} not null
) {strict};
create unique index access_reviews_open on access_reviews (status) where status = 'open';

-- `held` is the role, or the scopes, that were seen. `decision` is empty until somebody has decided, and
-- 'overdue' when nobody had by the due date.
create table access_review_items (
    id {text} not null primary key,
    review_id {text} not null,
    kind {text} not null,
    subject {text} not null,
    held {text} not null,
    decision {text} not null,
    becomes {text} not null,
    reason {text} not null,
    decided_by {text} not null,
    decided_at {int}
) {strict};
create index access_review_items_of on access_review_items (review_id, id);
