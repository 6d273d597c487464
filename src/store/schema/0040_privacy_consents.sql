-- Since when nothing is done with somebody's data for these purposes, whatever they allow (null: it is), and by
-- whom it was said.
alter table privacy_choices add column restricted_at {int};
alter table privacy_choices add column restricted_by {text} not null default '';

-- What was allowed or taken back, each time, and never changed: which words were shown, how it was said, by whom.
create table privacy_consents (
    id {text} not null primary key,
    subject {text} not null,
    purpose {text} not null,
    is_allowed {int} not null,
    text_version {text} not null,
    how {text} not null,
    said_by {text} not null,
    at {int} not null
) {strict};
create index privacy_consents_of_subject on privacy_consents (subject, id);
