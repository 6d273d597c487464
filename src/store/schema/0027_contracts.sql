-- Contracts: a plan at terms of its own, asked for, offered, accepted (core/contract.h).

-- `terms` is JSON in canonical form, empty while nobody has written any, and `terms_hash` the SHA-256 of
-- it together with id and purchase order: who accepts says which hash. `amends` is the contract that it takes
-- the place of, empty when it is the first one.
create table contracts (
    id {text} not null primary key,
    user_id {text} not null,
    number {int} not null,
    status {text} not null,
    terms {text} not null,
    terms_hash {text} not null,
    purchase_order {text} not null,
    note {text} not null,
    message {text} not null,
    requested_by {text} not null,
    written_by {text} not null,
    approval_id {text} not null,
    offer_days {int} not null,
    valid_until {int},
    accepted_by {text} not null,
    accepted_name {text} not null,
    accepted_at {int},
    starts_at {int},
    ends_at {int},
    amends {text} not null,
    operation_id {text} not null,
    decline_reason {text} not null,
    created_at {int} not null,
    updated_at {int} not null
) {strict};
create unique index contracts_by_number on contracts (number);
create index contracts_of_customer on contracts (user_id, id);
create index contracts_by_status on contracts (status, id);
create index contracts_expiring on contracts (valid_until) where status = 'offered';
