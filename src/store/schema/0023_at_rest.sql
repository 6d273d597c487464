-- Data keys, wrapped: a customer's own, and the installation's, whose user_id is empty. What they seal
-- are the columns that store/sealed.c lists.
create table data_keys (
    user_id {text} not null,
    purpose {text} not null,
    version {int} not null,
    wrapped {text} not null,
    kek_id {text} not null,
    created_at {int} not null,
    retired_at {int},
    destroyed_at {int},
    primary key (user_id, purpose, version)
) {strict}
-- only: sqlite
, without rowid
-- end only
;
create index data_keys_retired on data_keys (retired_at) where retired_at is not null;

-- One walk over all rows: `seal` seals what is not sealed under the newest keys, `rewrap` wraps keys
-- under the newest key-encryption key. The cursors are where it stands, so that a restart goes on there.
create table key_walks (
    id {text} not null primary key,
    kind {text} not null,
    status {text} not null,
    user_cursor {text} not null,
    table_cursor {int} not null,
    row_cursor {text} not null,
    customers {int} not null,
    written {int} not null,
    started_at {int} not null,
    finished_at {int}
) {strict};
create unique index key_walks_one_running on key_walks (status) where status = 'running';

-- Whose event it is, once that is known: under their key it is sealed.
alter table webhook_events add column user_id {text} not null default '';

-- A directory: addresses that their own server refuses for good, by an index that tells nothing of them. It
-- takes the place of mail_suppressions, whose rows the next start moves.
create table suppressed_addresses (
    address_index {text} not null primary key,
    address {text} not null,
    reason {text} not null,
    created_at {int} not null
) {strict};

-- What happened is never changed; under which key its words are sealed may be.
-- only: sqlite
drop trigger billing_events_stay;
create trigger billing_events_stay
before update of user_id, id, type, amount, currency, created_at on billing_events
begin
    select raise(abort, 'billing events are never changed');
end;
-- end only
