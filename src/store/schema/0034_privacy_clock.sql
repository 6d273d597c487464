-- When operators are told again that a request waits; when it was given two months more, and why that, or
-- why it was refused (sealed; null: neither).
alter table privacy_requests add column remind_at {int};
alter table privacy_requests add column extended_at {int};
alter table privacy_requests add column reason {text};
create index privacy_requests_remind on privacy_requests (remind_at);

-- What waits already: a fortnight before it is due.
update privacy_requests
set remind_at = due_at - 1209600000
where status in ('waiting', 'running');
