-- Stand-ins (HMAC under a key of the keyring) by which operators find a customer: of the last digits of a card or account, and of the domain
-- of a member's mail address. Equal texts have equal ones, and none tells its text. Empty: there is none; null: not made yet
-- (maintenance makes them).
alter table payment_methods add column last4_mark {text};
alter table people add column domain_mark {text};
create index payment_methods_by_last4 on payment_methods (last4_mark, user_id);
create index payment_methods_unmarked on payment_methods (id) where last4_mark is null;
create index people_by_domain on people (domain_mark);
create index people_unmarked on people (id) where domain_mark is null;
