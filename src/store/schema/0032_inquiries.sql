-- Inquiries: who is nobody's customer yet asks for a contract (app/inquiry.h).

-- `user_id` is the customer that it was answered for, empty until then and when it was closed. `fingerprint`
-- is a stand-in for all that was sent, by which the same is known again while it waits.
create table inquiries (
    id {text} not null primary key,
    user_id {text} not null,
    status {text} not null,
    fingerprint {text} not null,
    company {text} not null,
    name {text} not null,
    email {text} not null,
    country {text} not null,
    language {text} not null,
    message {text} not null,
    usage {text} not null,
    contract_id {text} not null,
    answered_by {text} not null,
    reason {text} not null,
    created_at {int} not null,
    answered_at {int}
) {strict};
create unique index inquiries_waiting on inquiries (fingerprint) where status = 'open';
create index inquiries_by_status on inquiries (status, id);
create index inquiries_of_customer on inquiries (user_id, id);
