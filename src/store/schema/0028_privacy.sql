-- What people ask of what is kept of them.

-- `subject` is whose data it is about: a customer's id, or "person " and a person's, as in data_keys.
-- `user_id` is that customer; empty when it is a person. `person_id` is who asked, empty when a key
-- did. Whoever asked is to be answered by `due_at`. The texts at the end are JSON.
create table privacy_requests (
    id {text} not null primary key,
    kind {text} not null,
    subject {text} not null,
    user_id {text} not null,
    person_id {text} not null,
    status {text} not null,
    created_at {int} not null,
    due_at {int} not null,
    finished_at {int},
    expires_at {int},
    size {int} not null,
    sha256 {text} not null,
    decided_by {text} not null,
    certificate {text} not null
) {strict};
create index privacy_requests_of_subject on privacy_requests (subject, id);
create index privacy_requests_waiting on privacy_requests (status, due_at);

-- A file that was made for somebody, in pieces, under the key of whose data they are.
create table export_pieces (
    request_id {text} not null,
    number {int} not null,
    subject {text} not null,
    body {text} not null,
    primary key (request_id, number)
) {strict};

-- What a customer, or a person, allows beyond what the contract needs. No row: nothing.
create table privacy_choices (
    subject {text} not null primary key,
    analytics {int} not null,
    experiments {int} not null,
    feedback_mail {int} not null,
    marketing {int} not null,
    updated_at {int} not null
) {strict};

-- Customers who were forgotten: nothing is done for them any more.
create table erased_customers (
    user_id {text} not null primary key,
    request_id {text} not null,
    erased_at {int} not null
) {strict};
