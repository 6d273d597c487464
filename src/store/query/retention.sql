-- name: retention_hold_insert
-- Nothing of this customer goes.
insert into retention_holds (id, user_id, reason, until, created_by, created_at, lifted_at,
                             lifted_by)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: retention_hold_of
-- Is this customer held?
select id, user_id, reason, until, created_by, created_at, lifted_at, lifted_by
from retention_holds
where user_id = ?1
  and lifted_at is null;

-- name: retention_hold_page
-- Who was held before this one, the newest first? /*fanout*/
select id, user_id, reason, until, created_by, created_at, lifted_at, lifted_by
from retention_holds
where id < ?1
  and (?2 = 0 or lifted_at is null)
order by id desc
limit ?3;

-- name: retention_hold_lift
-- From now on what is old may go.
update retention_holds
set lifted_at = ?2,
    lifted_by = ?3
where user_id = ?1
  and lifted_at is null;

-- name: retention_holds_end
-- Those whose time is over. /*fanout*/
update retention_holds
set lifted_at = until
where lifted_at is null
  and until <= ?1;

-- name: retention_plan_put
-- How a plan stands now.
insert into retention_plans (id, status, hash, user_cursor, created_by, created_at, counted_at,
                             started_at, finished_at, looked_at, customers, purged, skipped)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
on conflict (id) do update
set status = excluded.status,
    hash = excluded.hash,
    user_cursor = excluded.user_cursor,
    counted_at = excluded.counted_at,
    started_at = excluded.started_at,
    finished_at = excluded.finished_at,
    looked_at = excluded.looked_at,
    customers = excluded.customers,
    purged = excluded.purged,
    skipped = excluded.skipped;

-- name: retention_plan_get
-- Which plan is this?
select id, status, hash, user_cursor, created_by, created_at, counted_at, started_at, finished_at,
       looked_at, customers, purged, skipped
from retention_plans
where id = ?1;

-- name: retention_plan_working
-- Which plan is being counted or carried out?
select id, status, hash, user_cursor, created_by, created_at, counted_at, started_at, finished_at,
       looked_at, customers, purged, skipped
from retention_plans
where status in ('counting', 'running')
order by id
limit 1;

-- name: retention_plan_newest
-- Which plan was made last?
select id, status, hash, user_cursor, created_by, created_at, counted_at, started_at, finished_at,
       looked_at, customers, purged, skipped
from retention_plans
order by id desc
limit 1;

-- name: retention_plan_supersede
-- A newer one takes the place of what was only counted.
update retention_plans
set status = 'superseded'
where status = 'ready';

-- name: retention_plan_forget_customers
-- Whom plans named that will not be carried out. /*fanout*/
delete from retention_plan_customers
where plan_id in (select id from retention_plans
                  where status = 'superseded' or (status = 'cancelled' and started_at is null));

-- name: retention_kind_put
-- What a plan says of a kind.
insert into retention_plan_kinds (plan_id, kind, before, counted, oldest, purged, gone)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
on conflict (plan_id, kind) do update
set purged = excluded.purged,
    gone = excluded.gone;

-- name: retention_kind_list
-- What does a plan say of each kind?
select plan_id, kind, before, counted, oldest, purged, gone
from retention_plan_kinds
where plan_id = ?1
order by kind;

-- name: retention_customer_put
-- What a plan says of a customer.
insert into retention_plan_customers (plan_id, user_id, last_at, due_at, invoices, is_erased, status,
                                      reason)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
on conflict (plan_id, user_id) do update
set status = excluded.status,
    reason = excluded.reason;

-- name: retention_customer_page
-- Which customers does a plan name after this one? /*fanout*/
select plan_id, user_id, last_at, due_at, invoices, is_erased, status, reason
from retention_plan_customers
where plan_id = ?1
  and user_id > ?2
order by user_id
limit ?3;

-- name: retention_gone_until
-- When did this customer's books go last? It is known by the key, which older backups are given, too.
select user_id, destroyed_at
from data_keys
where user_id = ?1
  and purpose = 'legal'
  and destroyed_at is not null
order by version desc
limit 1;

-- name: retention_walk
-- Which customers come after this one, and since when are they known? /*fanout*/
select user_id, created_at
from customers
where user_id > ?1
order by user_id
limit ?2;

-- name: retention_books_of
-- How new are a customer's books?
select (select coalesce(max(created_at), 0) from invoices where user_id = ?1),
       (select count(*) from invoices where user_id = ?1),
       (select coalesce(max(created_at), 0) from credit_notes where user_id = ?1),
       (select coalesce(max(created_at), 0) from charges where user_id = ?1),
       (select coalesce(max(updated_at), 0) from contracts where user_id = ?1),
       (select coalesce(max(coalesce(ends_at, 0)), 0) from contracts where user_id = ?1),
       (select coalesce(max(created_at), 0) from billing_events where user_id = ?1);

-- name: count_csp_reports
-- How many were told last before then? /*fanout*/
select count(*), min(last_at)
from csp_reports
where last_at < ?1;

-- name: count_data_keys
-- How many earlier keys are not needed any more, and since when? /*fanout*/
select count(*), min(retired_at)
from data_keys
where retired_at < ?1;

-- name: count_feedback
-- How many pieces were said before then? /*fanout*/
select count(*), min(created_at)
from (select created_at
      from feedback
      where created_at < ?1
      union all
      select created_at
      from invoice_questions
      where created_at < ?1
        and state = 'settled') said;

-- name: count_exports
-- How many files have been kept long enough? /*fanout*/
select count(*), min(finished_at)
from privacy_requests
where status = 'ready'
  and expires_at <= ?1;

-- name: count_idempotency_keys
-- How many keys of requests are old? /*fanout*/
select count(*), min(created_at)
from idempotency_keys
where created_at < ?1;

-- name: count_invitations
-- How many invitations led nowhere, long ago? /*fanout*/
select count(*), min(created_at)
from invitations
where accepted_at is null
  and coalesce(withdrawn_at, expires_at) < ?1
  and user_id not in (select user_id from retention_holds where lifted_at is null);

-- name: invitation_forget
-- Who was asked in long ago and did not come. /*fanout*/
delete from invitations
where token_hash in (select token_hash
                     from invitations
                     where accepted_at is null
                       and coalesce(withdrawn_at, expires_at) < ?1
                       and user_id not in (select user_id from retention_holds where lifted_at is null)
                     limit ?2);

-- name: count_mail_texts
-- Of how many mails is the text still here? /*fanout*/
select count(*), min(created_at)
from mails
where created_at < ?1
  and text_body is not null
  and user_id not in (select user_id from retention_holds where lifted_at is null);

-- name: count_mails
-- Of how many mails is it still here to whom they went? /*fanout*/
select count(*), min(created_at)
from mails
where created_at < ?1
  and address <> ''
  and user_id not in (select user_id from retention_holds where lifted_at is null);

-- name: mail_forget_address
-- To whom a mail went is kept for a while only; that it went, for ever. /*fanout*/
update mails
set address = '',
    name = '',
    facts = '{}',
    subject = '',
    text_body = null,
    html_body = null,
    last_error = null
where (user_id, id) in (select user_id, id
                        from mails
                        where created_at < ?1
                          and address <> ''
                          and status not in ('queued', 'leased')
                          and user_id not in (select user_id from retention_holds where lifted_at is null)
                        limit ?2);

-- name: count_origins
-- How many places did people come from that were not seen lately? /*fanout*/
select count(*), min(last_at)
from audit_origins
where last_at < ?1
  and user_id not in (select user_id from retention_holds where lifted_at is null);

-- name: origin_forget
-- Where people came from, long ago. /*fanout*/
delete from audit_origins
where (user_id, reference) in (select user_id, reference
                               from audit_origins
                               where last_at < ?1
                                 and user_id not in (select user_id from retention_holds where lifted_at is null)
                               limit ?2);

-- name: count_privacy_requests
-- How many requests were answered long ago, but for those that say why books are kept? /*fanout*/
select count(*), min(finished_at)
from privacy_requests
where finished_at < ?1
  and kind <> 'erasure'
  and status not in ('ready', 'running', 'waiting')
  and user_id not in (select user_id from retention_holds where lifted_at is null);

-- name: privacy_request_forget
-- They go; who was erased stays so. /*fanout*/
delete from privacy_requests
where id in (select id
             from privacy_requests
             where finished_at < ?1
               and kind <> 'erasure'
               and status not in ('ready', 'running', 'waiting')
               and user_id not in (select user_id from retention_holds where lifted_at is null)
             limit ?2);

-- name: count_webhooks_in
-- Of how many events is it still here what they said? /*fanout*/
select count(*), min(finished_at)
from webhook_events
where finished_at < ?1
  and body <> ''
  and status in ('applied', 'ignored')
  and user_id not in (select user_id from retention_holds where lifted_at is null);

-- name: count_webhooks_out
-- How many deliveries were finished long ago? /*fanout*/
select count(*), min(finished_at)
from webhook_deliveries
where status <> 'waiting'
  and finished_at < ?1
  and user_id not in (select user_id from retention_holds where lifted_at is null);
