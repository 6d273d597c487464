-- Addresses that people change: from what to what, and how that ended. The link in the mail to the new address
-- confirms, the one to the old address stops it. `session_id` is where it was asked for, which stays.
create table email_changes (
    person_id {text} not null,
    id {text} not null,
    session_id {text} not null,
    old_email {text} not null,
    new_email {text} not null,
    confirm_hash {text} not null,
    stop_hash {text} not null,
    asked_at {int} not null,
    expires_at {int} not null,
    done_at {int},
    stopped_at {int},
    primary key (person_id, id)
) {strict};
create unique index email_changes_confirm on email_changes (confirm_hash);
create unique index email_changes_stop on email_changes (stop_hash);
