-- What a nightly sweep looks for is found by an index that has no more than that: what it left before is not looked at again,
-- and what it counts is in the index.
drop index mails_old;
create index mails_texts_old on mails (created_at, user_id) where text_body is not null;
create index mails_addresses_old on mails (created_at, user_id) where address <> '';
create index idempotency_keys_old on idempotency_keys (created_at);
create index approvals_keys_old on approvals (requested_at) where idempotency_key <> '';
-- Of a kind that is going, in turns: how much of it has gone.
alter table retention_plan_kinds add column gone {int} not null default 0;
