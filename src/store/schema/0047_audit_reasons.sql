-- Why it was done, in the words of whoever asked: rows of the audit log have a keyed hash of it, so that the words
-- can be forgotten and the rows stay whole.
create table audit_reasons (
    user_id {text} not null,
    row_id {text} not null,
    reason {text} not null,
    primary key (user_id, row_id)
) {strict};
