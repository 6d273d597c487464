-- What is written to people, and what they have told us about it.

-- The language of a customer's mails ("en", "de"); empty: not known.
alter table customers add column language {text} not null default '';

-- One mail: written by the transaction that decided it, sent later. `dedupe_key` names the fact that
-- it tells, so that a fact is told once. The bodies are forgotten after a while; the rest stays.
create table mails (
    user_id {text} not null,
    id {text} not null,
    kind {text} not null,
    dedupe_key {text} not null,
    language {text} not null,
    address {text} not null,
    name {text} not null,
    thread {text} not null,
    facts {text} not null,
    subject {text} not null,
    text_body {text},
    html_body {text},
    status {text} not null,
    attempts {int} not null,
    next_attempt_at {int} not null,
    created_at {int} not null,
    sent_at {int},
    last_error {text},
    primary key (user_id, id)
) {strict};
create unique index mails_once on mails (user_id, dedupe_key);
create index mails_due on mails (status, next_attempt_at);
create index mails_newest on mails (id);

-- What a customer does not want to be told of: `kind` is one that is optional.
create table mail_optouts (
    user_id {text} not null,
    kind {text} not null,
    created_at {int} not null,
    primary key (user_id, kind)
) {strict};

-- A directory: addresses that their own server refuses for good. Nothing is sent there.
create table mail_suppressions (
    address {text} not null primary key,
    reason {text} not null,
    created_at {int} not null
) {strict};

-- When the next grace ends is asked again and again.
create index limit_states_grace on limit_states (grace_ends_at);
