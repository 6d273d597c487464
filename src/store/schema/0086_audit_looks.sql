-- The whole audit log looked at once more, row by row, the newest first: a look, and how far it is. `row_cursor` is the id of the
-- row that was looked at last; `oldest_at` and `newest_at` are the instants between which it goes. `findings` are the first rows
-- that are not sound, with what is wrong, a line each. The checkpoint is the last one when the look began: its size, and the note.
create table audit_looks (
    id {text} not null primary key,
    status {text} not null,
    row_cursor {text} not null,
    newest_at {int} not null,
    oldest_at {int} not null,
    reached_at {int} not null,
    looked_at {int} not null,
    signed_rows {int} not null,
    faults {int} not null,
    findings {text} not null,
    checkpoint_size {int} not null,
    checkpoint_note {text} not null,
    created_by {text} not null,
    created_at {int} not null,
    finished_at {int}
) {strict};
create index audit_looks_running on audit_looks (status) where status = 'running';
