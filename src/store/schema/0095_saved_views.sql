-- What an operator calls a choice of a list, to find it again: the filters of its address. `person_id` is empty for
-- one that a machine's key keeps. Shared ones are seen by all who operate.
create table saved_views (
    id {text} not null primary key,
    person_id {text} not null,
    list {text} not null,
    name {text} not null,
    query {text} not null,
    is_shared {int} not null,
    created_at {int} not null,
    updated_at {int} not null
) {strict};
create unique index saved_views_by_name on saved_views (person_id, list, name);
create index saved_views_shared on saved_views (list, id) where is_shared = 1;
