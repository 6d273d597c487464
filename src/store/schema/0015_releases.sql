-- Releases that were given a name: repeated, because no answer was heard, one gives back once.
create table releases (
    user_id {text} not null,
    id {text} not null,
    metric {text} not null,
    amount {int} not null,
    take_id {text} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};
