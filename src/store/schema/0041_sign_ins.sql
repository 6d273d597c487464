-- Where a person signed in, or tried to: `address` is the network alone (203.0.113.0/24), and `outcome` one of
-- done, pending (the second factor is still to come), wrong and locked. Kept for 90 days.
create table sign_ins (
    person_id {text} not null,
    id {text} not null,
    at {int} not null,
    method {text} not null,
    outcome {text} not null,
    address {text} not null,
    user_agent {text} not null,
    primary key (person_id, id)
) {strict};
