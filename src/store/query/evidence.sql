-- Packs of evidence, and the pages of rows that they are made of: after the id `?1`, `?3` rows of a period.
-- What is asked by ids has `?1` and the end `?2` as ids, else `?2` and `?4` are the end and the beginning.

-- name: evidence_pack_insert
-- Somebody asks for the evidence of a period.
insert into evidence_packs (id, from_at, to_at, status, requested_by, requester_kind, requested_at,
                            finished_at, expires_at, size, sha256)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: evidence_pack_set
-- How it stands now.
update evidence_packs
set from_at = ?2,
    to_at = ?3,
    status = ?4,
    requested_by = ?5,
    requester_kind = ?6,
    requested_at = ?7,
    finished_at = ?8,
    expires_at = ?9,
    size = ?10,
    sha256 = ?11
where id = ?1;

-- name: evidence_pack_get
-- What became of this one?
select id, from_at, to_at, status, requested_by, requester_kind, requested_at, finished_at, expires_at,
       size, sha256
from evidence_packs
where id = ?1;

-- name: evidence_pack_page
-- Which have been asked for before this one, the newest first?
select id, from_at, to_at, status, requested_by, requester_kind, requested_at, finished_at, expires_at,
       size, sha256
from evidence_packs
where id < ?1
  and (?2 = '' or status = ?2)
order by id desc
limit ?3;

-- name: evidence_pack_next
-- Which is to be made next, or was being made?
select id, from_at, to_at, status, requested_by, requester_kind, requested_at, finished_at, expires_at,
       size, sha256
from evidence_packs
where status = 'running'
order by id
limit 1;

-- name: evidence_pack_like
-- Is the same period being made for the same person?
select id, from_at, to_at, status, requested_by, requester_kind, requested_at, finished_at, expires_at,
       size, sha256
from evidence_packs
where status = 'running'
  and from_at = ?1
  and to_at = ?2
  and requested_by = ?3
limit 1;

-- name: evidence_pack_count
-- How many are being made, or are kept?
select count(*)
from evidence_packs
where status in ('running', 'ready');

-- name: evidence_pack_old
-- Which have been kept long enough?
select id, from_at, to_at, status, requested_by, requester_kind, requested_at, finished_at, expires_at,
       size, sha256
from evidence_packs
where status = 'ready'
  and expires_at <= ?1
order by id
limit ?2;

-- name: evidence_piece_put
-- The next piece of a pack.
insert into evidence_pieces (pack_id, number, body)
values (?1, ?2, ?3)
on conflict (pack_id, number) do update
set body = excluded.body;

-- name: evidence_piece_get
-- One piece of a pack.
select pack_id, number, body
from evidence_pieces
where pack_id = ?1
  and number = ?2;

-- name: evidence_pieces_drop
-- A few pieces of a file that nobody may have any more; how many files there are is small. /*fanout*/
with recursive files (id) as (
    select min(pack_id) from evidence_pieces
    union all
    select (select min(pack_id) from evidence_pieces where pack_id > files.id)
    from files
    where files.id is not null
),
gone (id) as (
    select files.id
    from files
    where files.id is not null
      and not exists (select 1
                      from evidence_packs
                      where evidence_packs.id = files.id
                        and evidence_packs.status in ('running', 'ready'))
    limit 1
)
delete from evidence_pieces
where (pack_id, number) in (select pack_id, number
                          from evidence_pieces
                          where pack_id in (select id from gone)
                          limit ?1);

-- name: program_start_insert
-- The server starts.
insert into program_starts (id, at, version, build, configuration)
values (?1, ?2, ?3, ?4, ?5);

-- name: evidence_acts
-- When was this done, by whom, and what came of it?
select a.id, a.at, a.actor, a.row, a.row, a.user_id, a.row, a.action, a.object, a.row,
       coalesce(r.reason, ''), a.row, a.row, a.row, a.row
from audit_rows a
left join audit_reasons r on r.user_id = a.user_id and r.row_id = a.id
where a.action = ?4
  and a.id > ?1
  and a.id < ?2
order by a.id
limit ?3;

-- name: evidence_audit
-- What does the audit log say, row by row? /*fanout*/
select id, at, user_id, seq, actor, row, action, object, row, row, leaf, chain
from audit_rows
where id > ?1
  and id < ?2
order by id
limit ?3;

-- name: evidence_people
-- Who may sign in now, as what, and what proves them? /*fanout*/
select p.id, case when p.operator_role is not null then 'operator' else 'member' end, p.operator_role,
       (select count(*) from members m where m.person_id = p.id),
       case when p.operator_role is not null then p.name else '' end,
       case when p.password_hash <> '' then 1 else 0 end,
       (select count(*) from totp_secrets t where t.person_id = p.id and t.confirmed_at is not null),
       (select count(*) from passkeys k where k.person_id = p.id),
       (select count(*) from recovery_codes r where r.person_id = p.id and r.used_at is null),
       (select count(*) from identities i where i.person_id = p.id),
       p.created_at, p.disabled_at
from people p
where p.id > ?1
  and (p.operator_role is not null
       or exists (select 1 from members m where m.person_id = p.id))
order by p.id
limit ?2;

-- name: evidence_keys
-- Which API keys could open anything in the period?
select id, prefix, last4, scopes, created_at, expires_at, revoked_at, last_used_at
from api_keys
where id > ?1
  and created_at < ?2
  and (revoked_at is null or revoked_at >= ?4)
  and (expires_at is null or expires_at >= ?4)
order by id
limit ?3;

-- name: evidence_csp_reports
-- What did the pages' policy stop in the period?
select id, directive, blocked, page, first_at, last_at, count
from csp_reports
where id > ?1
  and first_at < ?2
  and last_at >= ?4
order by id
limit ?3;

-- name: evidence_approvals
-- What was asked of a second person, or decided, in the period? /*fanout*/
select id, action, status, user_id, object_id, request, facts_before, facts_after, amount, currency,
       reason, requested_by, requested_at, decided_by, decided_at, decision_reason
from approvals
where id > ?1
  and requested_at < ?2
  and (requested_at >= ?4 or decided_at >= ?4)
order by id
limit ?3;

-- name: evidence_plans
-- Which plans came into force at which terms in the period?
select tier || '/' || cast(version as text) as place, tier, version, content_hash, content, created_at
from plan_versions
where tier || '/' || cast(version as text) > ?1
  and created_at < ?2
  and created_at >= ?4
order by place
limit ?3;

-- name: evidence_reviews
-- Who was looked at in reviews of access that were open in the period, and what was decided?
select i.id, i.review_id, r.opened_at, r.due_at, r.closed_at, i.kind, i.subject, i.held, i.decision,
       i.becomes, i.reason, i.decided_by, i.decided_at
from access_review_items i
join access_reviews r on r.id = i.review_id
where i.id > ?1
  and r.opened_at < ?2
  and (r.closed_at is null or r.closed_at >= ?4)
order by i.id
limit ?3;

-- name: evidence_starts
-- Which program ran, set up how: at the beginning of the period, and from each start in it?
select id, at, version, build, configuration
from program_starts
where id > ?1
  and at < ?2
  and at >= coalesce((select max(before.at) from program_starts before where before.at < ?4), ?4)
order by id
limit ?3;

-- name: evidence_mails
-- What was written in the period? Of it the alerts to operators are kept, with who looked at them. /*fanout*/
select m.id, m.kind, m.user_id, m.status, m.created_at, m.sent_at, h.handled_by, h.handled_at, h.note
from mails m
left join alert_handlings h on h.mail_id = m.id
where m.id > ?1
  and m.id < ?2
order by m.id
limit ?3;

-- name: evidence_backups
-- Which backups were taken, and which were restored aside?
select id, kind, taken_at, files, bytes, outcome, recorded_at, recorded_by
from backup_records
where id > ?1
  and id < ?2
order by id
limit ?3;

-- name: evidence_reconciliations
-- When was everything compared with the payment provider, and what was found?
select id, reason, only_user_id, is_dry_run, status, examined, found, repaired, left_over, started_at,
       finished_at
from reconciliations
where id > ?1
  and id < ?2
order by id
limit ?3;

-- name: evidence_differences
-- What differed from the payment provider in the period, and how does it stand? /*fanout*/
select id, reconciliation_id, user_id, kind, stripe_id, here, there, status, found_at, settled_at
from differences
where id > ?1
  and found_at < ?2
  and (found_at >= ?4 or settled_at >= ?4 or settled_at is null)
order by id
limit ?3;

-- name: evidence_usage
-- Is every record of usage that was received accounted for, by customer? /*fanout*/
select user_id, sum(received), sum(counted), sum(duplicate), sum(rejected),
       case when sum(received) = sum(counted) + sum(duplicate) + sum(rejected) then 1 else 0 end
from usage_sources
where user_id > ?1
group by user_id
order by user_id
limit ?2;

-- name: evidence_privacy
-- What did people ask of their data, and what was answered? /*fanout*/
select id, kind, user_id, person_id, status, created_at, due_at, finished_at, decided_by, sha256,
       certificate
from privacy_requests
where id > ?1
  and created_at < ?2
  and (created_at >= ?4 or finished_at >= ?4 or finished_at is null)
order by id
limit ?3;

-- name: evidence_retention
-- Which plans of what goes were made or carried out, and what of each kind went?
select k.plan_id || '/' || k.kind as place, k.plan_id, p.status, p.hash, p.created_by, p.created_at,
       p.started_at, p.finished_at, k.kind, k.before, k.counted, k.purged
from retention_plan_kinds k
join retention_plans p on p.id = k.plan_id
where k.plan_id || '/' || k.kind > ?1
  and p.created_at < ?2
  and (p.created_at >= ?4 or p.finished_at >= ?4)
order by place
limit ?3;

-- name: evidence_retention_customers
-- Whose key of the books was to go by such a plan, and what became of it? /*fanout*/
select c.plan_id || '/' || c.user_id as place, c.plan_id, c.user_id, c.due_at, c.invoices, c.status,
       c.reason, p.finished_at
from retention_plan_customers c
join retention_plans p on p.id = c.plan_id
where c.plan_id || '/' || c.user_id > ?1
  and p.created_at < ?2
  and (p.created_at >= ?4 or p.finished_at >= ?4)
order by place
limit ?3;

-- name: evidence_holds
-- Of which customers was nothing to go, on whose word? /*fanout*/
select id, user_id, reason, until, created_by, created_at, lifted_at, lifted_by
from retention_holds
where id > ?1
  and created_at < ?2
  and (lifted_at is null or lifted_at >= ?4)
order by id
limit ?3;

-- name: evidence_erased
-- Who was forgotten in the period? /*fanout*/
select user_id, request_id, erased_at
from erased_customers
where user_id > ?1
  and erased_at < ?2
  and erased_at >= ?4
order by user_id
limit ?3;

-- name: evidence_packs
-- Who has asked for the evidence of which period?
select id, from_at, to_at, status, requested_by, requester_kind, requested_at, finished_at, sha256
from evidence_packs
where id > ?1
  and id < ?2
order by id
limit ?3;
