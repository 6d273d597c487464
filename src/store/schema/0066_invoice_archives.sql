-- A year's invoices as one file that somebody asked for. `person_id` is who, and who is told; it is empty of a
-- machine. `papers` is how many are in the file, `missing` how many the provider did not give.
create table invoice_archives (
    user_id {text} not null,
    id {text} not null,
    year {int} not null,
    status {text} not null,
    person_id {text} not null,
    requested_at {int} not null,
    finished_at {int},
    expires_at {int},
    size {int} not null,
    sha256 {text} not null,
    papers {int} not null,
    missing {int} not null,
    primary key (user_id, id)
) {strict};
create index invoice_archives_waiting on invoice_archives (status, id);
create index invoice_archives_by_id on invoice_archives (id);

-- The file in pieces, under the customer's key.
create table invoice_archive_pieces (
    archive_id {text} not null,
    number {int} not null,
    user_id {text} not null,
    body {text} not null,
    primary key (archive_id, number)
) {strict};
