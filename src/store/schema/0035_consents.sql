-- What people have agreed to, word for word, before a plan was bought or changed. Kept as long as the
-- invoices that rest on it, and never changed: only how the words are sealed may be.

-- `operation_id` is what they agreed to it for; `words_hash` the SHA-256 of the words.
create table consents (
    id {text} not null primary key,
    user_id {text} not null,
    subscription_id {text} not null,
    kind {text} not null,
    operation_id {text} not null,
    operation {text} not null,
    actor_kind {text} not null,
    actor {text} not null,
    locale {text} not null,
    words {text} not null,
    words_hash {text} not null,
    tier {text} not null,
    plan_version {int} not null,
    billing_interval {text} not null,
    amount {int} not null,
    currency {text} not null,
    renews_at {int} not null,
    created_at {int} not null
) {strict};
create index consents_of_customer on consents (user_id, id);

-- only: sqlite
create trigger consents_stay before update of id, user_id, subscription_id, kind, operation_id, operation, actor_kind, actor,
  locale, words_hash, tier, plan_version, billing_interval, amount, currency, renews_at, created_at on consents
begin select raise(abort, 'what was agreed to is never changed'); end;
create trigger consents_remain before delete on consents
begin select raise(abort, 'what was agreed to is never deleted'); end;
-- end only
