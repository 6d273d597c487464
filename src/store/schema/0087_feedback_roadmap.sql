-- To what of the roadmap a theme of feedback leads: where it stands there, and where more is said of it.
create table feedback_roadmap (
    theme {text} not null primary key,
    title {text} not null,
    url {text} not null,
    status {text} not null,
    linked_by {text} not null,
    linked_at {int} not null
) {strict};
