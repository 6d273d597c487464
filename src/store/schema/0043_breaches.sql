-- Breaches of personal data (GDPR, 33 and 34): since when it is known, by when who is to be told, and who was.

-- `categories` are words with blanks between. `remind_at` is when the operators are told next how much of
-- the 72 hours is left; empty once it is closed or they are over.
create table breaches (
    id {text} not null primary key,
    title {text} not null,
    description {text} not null,
    categories {text} not null,
    known_at {int} not null,
    due_at {int} not null,
    remind_at {int},
    created_by {text} not null,
    created_at {int} not null,
    closed_by {text} not null,
    closed_at {int},
    authority_told_at {int},
    authority_reference {text} not null,
    people_told_at {int},
    conclusion {text} not null
) {strict};
create index breaches_reminding on breaches (remind_at) where remind_at is not null;
