-- Backups that were taken, and drills: backups that were restored aside to see that they can be.
-- `outcome` is 'good', or why not.
create table backup_records (
    id {text} not null primary key,
    kind {text} not null,
    recorded_by {text} not null,
    recorded_at {int} not null,
    taken_at {int} not null,
    files {int} not null,
    bytes {int} not null,
    outcome {text} not null
) {strict};

-- That somebody has looked at what operators were told of.
create table alert_handlings (
    mail_id {text} not null primary key,
    handled_by {text} not null,
    handled_at {int} not null,
    note {text} not null
) {strict};
