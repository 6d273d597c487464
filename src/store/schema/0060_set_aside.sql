-- Rows that a scheduled job could not do for a reason of their own: they are set aside, so that they hold nobody up, and tried again
-- later. A row goes when it was done. `error` is the store's word and tells nothing of what the row says.

create table set_aside (
    job {text} not null,
    row_id {text} not null,
    error {text} not null,
    attempts {int} not null,
    first_at {int} not null,
    last_at {int} not null,
    next_at {int} not null,
    primary key (job, row_id)
) {strict};
create index set_aside_newest on set_aside (last_at, row_id);
