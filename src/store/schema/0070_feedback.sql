-- What customers say (core/feedback.h): why they leave, whether they recommend the service, and free words. `person_id` is
-- who said it, empty: the platform for them. `score` is of kind nps alone, `reason` of kind cancel. Plan, band and what the
-- customer brings in a month are those of the moment; `month` is "2026-03". `themes` are those of feedback_themes, with
-- blanks between.
create table feedback (
    user_id {text} not null,
    id {text} not null,
    kind {text} not null,
    cause {text} not null,
    status {text} not null,
    person_id {text} not null,
    score {int},
    reason {text},
    comment {text} not null,
    page {text} not null,
    may_reply {int} not null,
    tier {text} not null,
    band {text} not null,
    monthly {int} not null,
    currency {text} not null,
    month {text} not null,
    themes {text} not null,
    reply {text} not null,
    replied_by {text} not null,
    replied_at {int},
    closed_at {int},
    request_key {text} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};
create unique index feedback_by_id on feedback (id);
create index feedback_of_kind on feedback (kind, created_at);
create unique index feedback_once on feedback (user_id, request_key) where request_key <> '';
create index feedback_old on feedback (created_at);
create index feedback_by_person on feedback (person_id) where person_id <> '';
-- What operators hear in it: a row for each theme of a piece.
create table feedback_themes (
    user_id {text} not null,
    feedback_id {text} not null,
    theme {text} not null,
    created_at {int} not null,
    primary key (user_id, feedback_id, theme)
) {strict};
create index feedback_themes_by_theme on feedback_themes (theme, user_id);
create index feedback_themes_old on feedback_themes (created_at);
-- What led to a question to this customer, when it was first put, and when it was answered or put aside.
create table feedback_questions (
    user_id {text} not null,
    id {text} not null,
    cause {text} not null,
    asked_by {text} not null,
    occasion_at {int} not null,
    asked_at {int},
    ended_at {int},
    primary key (user_id, id)
) {strict};
create index feedback_questions_old on feedback_questions (occasion_at);
