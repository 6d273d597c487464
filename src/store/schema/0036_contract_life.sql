-- What becomes of contracts over time (core/contract_life.h).

-- A contract's versions share its number: an amendment or a renewal is the next one, `amends` is the one that it
-- takes the place of, and `follows` that one's hash. `told_until` is how far ahead the provider knows what it
-- bills, `next_at` when something is to be done, null when nothing is.
alter table contracts add column version {int} not null default 1;
alter table contracts add column follows {text} not null default '';
alter table contracts add column told_until {int};
alter table contracts add column reminded_at {int};
alter table contracts add column notice_by {text} not null default '';
alter table contracts add column notice_at {int};
alter table contracts add column next_at {int};
drop index contracts_by_number;
create unique index contracts_by_number on contracts (number, version);
create index contracts_by_operation on contracts (operation_id) where operation_id <> '';
create index contracts_due on contracts (next_at) where next_at is not null;
update contracts set next_at = starts_at where status = 'active';
