-- What customers ask about an invoice or dispute of it (core/invoice_question.h). `line` counts from 1, null: the whole invoice;
-- `person_id` is who asked, empty: the platform for them. `settlement` is set once settled; `reference` is the correction or
-- the credit note that put it right, else empty.
create table invoice_questions (
    user_id {text} not null,
    id {text} not null,
    invoice_id {text} not null,
    kind {text} not null,
    state {text} not null,
    settlement {text},
    reference {text} not null,
    line {int},
    person_id {text} not null,
    words {text} not null,
    answer {text} not null,
    answered_by {text} not null,
    answered_at {int},
    settled_at {int},
    request_key {text} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};
create unique index invoice_questions_by_id on invoice_questions (id);
create index invoice_questions_of_invoice on invoice_questions (user_id, invoice_id);
create unique index invoice_questions_once on invoice_questions (user_id, request_key) where request_key <> '';
create index invoice_questions_old on invoice_questions (created_at);
create index invoice_questions_by_person on invoice_questions (person_id) where person_id <> '';
