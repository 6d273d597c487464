-- What an auditor is given of a period, and what only a row can tell of it.

-- `requested_by` is who asked, as the audit log names them, and is part of the pack.
create table evidence_packs (
    id {text} not null primary key,
    from_at {int} not null,
    to_at {int} not null,
    status {text} not null,
    requested_by {text} not null,
    requester_kind {text} not null,
    requested_at {int} not null,
    finished_at {int},
    expires_at {int},
    size {int} not null,
    sha256 {text} not null
) {strict};
create index evidence_packs_waiting on evidence_packs (status, id);

-- A pack in pieces, under the installation's key.
create table evidence_pieces (
    pack_id {text} not null,
    number {int} not null,
    body {text} not null,
    primary key (pack_id, number)
) {strict};

-- Each start of the server: which program it was, and how it was set up; no secret, as JSON.
create table program_starts (
    id {text} not null primary key,
    at {int} not null,
    version {text} not null,
    build {text} not null,
    configuration {text} not null
) {strict};
