-- name: privacy_request_insert
-- Somebody asks for their data, or to be forgotten.
insert into privacy_requests (id, kind, subject, user_id, person_id, status, created_at, due_at,
                              finished_at, expires_at, size, sha256, decided_by, certificate,
                              remind_at, extended_at, reason)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17);

-- name: privacy_request_set
-- How it stands now.
update privacy_requests
set status = ?6,
    finished_at = ?9,
    expires_at = ?10,
    size = ?11,
    sha256 = ?12,
    decided_by = ?13,
    certificate = ?14,
    remind_at = ?15,
    extended_at = ?16,
    reason = ?17,
    kind = ?2,
    subject = ?3,
    user_id = ?4,
    person_id = ?5,
    created_at = ?7,
    due_at = ?8
where id = ?1;

-- name: privacy_request_get
-- What was asked?
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where id = ?1;

-- name: privacy_request_open
-- Is there one of this kind about them that has not been answered?
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where subject = ?1
  and kind = ?2
  and status in ('waiting', 'running')
order by id
limit 1;

-- name: privacy_request_done
-- By which request were they forgotten?
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where subject = ?1
  and kind = 'erasure'
  and status = 'done'
order by id desc
limit 1;

-- name: privacy_request_of
-- What was asked about them, the newest first?
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where subject = ?1
order by id desc
limit ?2;

-- name: privacy_request_waiting
-- What is to be answered, by whomever it was asked, the first due in front, behind this one? /*fanout*/
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where status in ('waiting', 'running')
  and (?1 = '' or status = ?1)
  and (due_at, id) > (?2, ?3)
order by due_at, id
limit ?4;

-- name: privacy_request_answered
-- What was answered, to whomever, the newest first, before this one? /*fanout*/
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where status not in ('waiting', 'running')
  and (?1 = '' or status = ?1)
  and id < ?2
order by id desc
limit ?3;

-- name: privacy_request_remind
-- Of which that still wait are the operators to be told by now? /*fanout*/
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where remind_at <= ?1
  and status in ('waiting', 'running')
order by remind_at, id
limit ?2;

-- name: privacy_request_remind_next
-- When is that next? /*fanout*/
select min(remind_at)
from privacy_requests
where remind_at is not null
  and status in ('waiting', 'running');

-- name: privacy_request_overdue
-- How many should have been answered by now? /*fanout*/
select count(*)
from privacy_requests
where status in ('waiting', 'running')
  and due_at <= ?1;

-- name: privacy_export_next
-- Which file is to be made next, or was being made? /*fanout*/
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where status = 'running'
  and kind = 'export'
order by due_at, id
limit 1;

-- name: privacy_export_old
-- Which files have been kept long enough? /*fanout*/
select id, kind, subject, user_id, person_id, status, created_at, due_at, finished_at, expires_at,
       size, sha256, decided_by, certificate, remind_at, extended_at, reason
from privacy_requests
where status = 'ready'
  and expires_at <= ?1
order by due_at, id
limit ?2;

-- name: export_piece_put
-- The next piece of a file.
insert into export_pieces (request_id, number, subject, body)
values (?1, ?2, ?3, ?4)
on conflict (request_id, number) do update
set subject = excluded.subject,
    body = excluded.body;

-- name: export_piece_get
-- One piece of a file.
select request_id, number, subject, body
from export_pieces
where request_id = ?1
  and number = ?2;

-- name: export_pieces_drop
-- A few pieces of a file that nobody may have any more; how many files there are is small. /*fanout*/
with recursive files (id) as (
    select min(request_id) from export_pieces
    union all
    select (select min(request_id) from export_pieces where request_id > files.id)
    from files
    where files.id is not null
),
gone (id) as (
    select files.id
    from files
    where files.id is not null
      and not exists (select 1
                      from privacy_requests
                      where privacy_requests.id = files.id
                        and privacy_requests.status in ('running', 'ready'))
    limit 1
)
delete from export_pieces
where (request_id, number) in (select request_id, number
                          from export_pieces
                          where request_id in (select id from gone)
                          limit ?1);

-- name: privacy_choices_put
-- What they allow from now on.
insert into privacy_choices (subject, analytics, experiments, feedback_mail, marketing, updated_at,
                             restricted_at, restricted_by)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
on conflict (subject) do update
set analytics = excluded.analytics,
    experiments = excluded.experiments,
    feedback_mail = excluded.feedback_mail,
    marketing = excluded.marketing,
    updated_at = excluded.updated_at,
    restricted_at = excluded.restricted_at,
    restricted_by = excluded.restricted_by;

-- name: privacy_choices_get
-- What do they allow?
select subject, analytics, experiments, feedback_mail, marketing, updated_at, restricted_at,
       restricted_by
from privacy_choices
where subject = ?1;

-- name: erased_put
-- This customer was forgotten.
insert into erased_customers (user_id, request_id, erased_at)
values (?1, ?2, ?3);

-- name: erased_get
-- Was this customer forgotten, and by which request?
select user_id, request_id, erased_at
from erased_customers
where user_id = ?1;

-- name: privacy_consent_insert
-- Something was allowed, or taken back.
insert into privacy_consents (id, subject, purpose, is_allowed, text_version, how, said_by, at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: privacy_consents_of
-- What have they said, the newest first?
select id, subject, purpose, is_allowed, text_version, how, said_by, at
from privacy_consents
where subject = ?1
order by id desc
limit ?2;
