-- What is kept of a customer, or of a person, as files for them: a page of each kind of row after the
-- id `?2`. `?3` is how many rows, `?4` the person who asked. Column by column as store/export.c says.

-- name: export_customer
-- Who is this customer?
select user_id, email, name, address, tax_ids, country, currency, language, time_zone, created_at
from customers
where user_id = ?1
  and user_id > ?2
  and ?4 = ?4
order by user_id
limit ?3;

-- name: export_subscriptions
-- Which plans have they had?
select id, tier, plan_version, billing_interval, status, currency, current_period_start,
       current_period_end, cancel_at_period_end, coupon, created_at, ended_at, trial_ends_at
from subscriptions
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_contracts
-- Which contracts have they asked for, been offered, accepted? Terms are shown once they were offered.
select id, number, status, message, case when valid_until is null then null else terms_hash end,
       case when valid_until is null then null else purchase_order end, accepted_name, accepted_at,
       starts_at, ends_at, created_at
from contracts
where user_id = ?1
  and id > ?2
  and ?4 = ?4
  and (requested_by <> '' or valid_until is not null)
order by id
limit ?3;

-- name: export_inquiries
-- What did they ask for before they were a customer?
select id, company, name, email, country, language, message, usage, created_at, answered_at
from inquiries
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_consents
-- What have they agreed to, word for word?
select id, kind, operation_id, operation, locale, words, words_hash, tier, plan_version, billing_interval, amount,
       currency, renews_at, created_at
from consents
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_experiments
-- What were they shown in experiments?
select experiment_id, arm, versions, page, exposed_at
from experiment_units
where user_id = ?1
  and experiment_id > ?2
  and ?4 = ?4
order by experiment_id, unit_id
limit ?3;

-- name: export_withdrawals
-- From what have they withdrawn?
select id, status, subscription_id, name, statement, statement_hash, currency, returned, created_at, finished_at
from withdrawals
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_operations
-- What have they asked for that the payment provider did?
select id, kind, status, request, result_code, created_at, finished_at
from operations
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_invoices
-- Which invoices have they had?
select id, number, status, billing_reason, currency, amount, amount_due, amount_paid, tax,
       period_start, period_end, due_date, hosted_url, pdf_url, lines, created_at
from invoices
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_credit_notes
-- Which invoices were corrected?
select id, number, invoice_id, status, reason, currency, amount, pdf_url, created_at
from credit_notes
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_notes
-- What was noted about them?
select id, note, created_at
from customer_notes
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_feedback
-- What did they say?
select id, kind, cause, status, person_id, score, reason, comment, page, tier, monthly, currency, themes, reply, created_at,
       replied_at
from feedback
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_feedback_questions
-- What led to a question to them?
select id, cause, occasion_at, asked_at, ended_at
from feedback_questions
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_invoice_questions
-- What did they ask about invoices?
select id, invoice_id, kind, state, settlement, reference, line, person_id, words, answer, created_at, answered_at, settled_at
from invoice_questions
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_corrections
-- Which invoices were billed anew?
select id, status, invoice_id, new_invoice_id, credit_note_id, purchase_order, currency, total_before,
       total_after, created_at, finished_at
from corrections
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_payments
-- What have they paid?
select id, status, currency, amount, amount_refunded, is_disputed, created_at
from charges
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_refunds
-- What have they been given back?
select id, status, currency, amount, created_at
from refunds
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_payment_methods
-- How have they paid?
select id, type, brand, last4, expiry_month, expiry_year, is_default, created_at, detached_at
from payment_methods
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_usage
-- What have they used, by day and by period?
select metric || '/' || period || '/' || cast(timestamp as text) || '/' || region || '/' ||
       resource as place,
       metric, period, timestamp, region, resource, value, events, adjusted, adjusted_events
from usage_records
where user_id = ?1
  and period in ('day', 'period')
  and metric || '/' || period || '/' || cast(timestamp as text) || '/' || region || '/' ||
      resource > ?2
  and ?4 = ?4
order by place
limit ?3;

-- name: export_history
-- What has happened to their billing?
select id, type, amount, currency, description, metadata, created_at
from billing_events
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_mails
-- What was written to them?
select id, kind, language, address, subject, status, created_at, sent_at
from mails
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_members
-- Who acts for them? Of others than who asks only the role.
select m.person_id, m.role, m.created_at,
       case when m.person_id = ?4 then p.email else '' end,
       case when m.person_id = ?4 then p.name else '' end
from members m
join people p on p.id = m.person_id
where m.user_id = ?1
  and m.person_id > ?2
order by m.person_id
limit ?3;

-- name: export_sessions
-- Where is who asks signed in, for this customer?
select id, kind, address, user_agent, created_at, seen_at, expires_at
from sessions
where user_id = ?1
  and person_id = ?4
  and id > ?2
order by id
limit ?3;

-- name: export_audit
-- Who did what to their billing? Of others than who asks only what they are.
select a.id, a.at, a.row, case when a.actor = ?4 then a.actor else '' end, a.action, a.object, a.row,
       coalesce(r.reason, '')
from audit_rows a
left join audit_reasons r on r.user_id = a.user_id and r.row_id = a.id
where a.user_id = ?1
  and a.id > ?2
order by a.id
limit ?3;

-- name: export_choices
-- What do they allow?
select subject, analytics, experiments, feedback_mail, marketing, updated_at, restricted_at
from privacy_choices
where subject = ?1
  and subject > ?2
  and ?4 = ?4
order by subject
limit ?3;

-- name: export_privacy_consents
-- What have they allowed or taken back, and when?
select id, purpose, is_allowed, text_version, how, at
from privacy_consents
where subject = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_own_choices
-- What does this person allow?
select subject, analytics, experiments, feedback_mail, marketing, updated_at, restricted_at
from privacy_choices
where subject = 'person ' || ?4
  and subject > ?2
  and ?1 = ?1
order by subject
limit ?3;

-- name: export_own_consents
-- What has this person allowed or taken back, and when?
select id, purpose, is_allowed, text_version, how, at
from privacy_consents
where subject = 'person ' || ?4
  and id > ?2
  and ?1 = ?1
order by id
limit ?3;

-- name: export_person
-- Who is this person?
select id, email, name, language, operator_role, password_changed_at, created_at
from people
where id = ?4
  and id > ?2
  and ?1 = ?1
order by id
limit ?3;

-- name: export_memberships
-- For whom do they act?
select user_id, role, created_at
from members
where person_id = ?4
  and user_id > ?2
  and ?1 = ?1
order by user_id
limit ?3;

-- name: export_all_sessions
-- Where are they signed in?
select id, kind, address, user_agent, created_at, seen_at, expires_at
from sessions
where person_id = ?4
  and id > ?2
  and ?1 = ?1
order by id
limit ?3;

-- name: export_sign_ins
-- Where did they sign in, or try to?
select id, at, method, outcome, address, user_agent
from sign_ins
where person_id = ?4
  and id > ?2
  and ?1 = ?1
order by id
limit ?3;

-- name: export_email_changes
-- Which addresses have they asked for, instead of which?
select id, old_email, new_email, asked_at, done_at, stopped_at
from email_changes
where person_id = ?4
  and id > ?2
  and ?1 = ?1
order by id
limit ?3;

-- name: export_passkeys
-- Which passkeys have they?
select id, name, created_at, used_at
from passkeys
where person_id = ?4
  and id > ?2
  and ?1 = ?1
order by id
limit ?3;

-- name: export_acts
-- What have they done?
select id, at, user_id, action, object, row
from audit_rows
where actor = ?4
  and id > ?2
  and ?1 = ?1
order by id
limit ?3;

-- name: export_usage_alerts
-- What does this customer want to be told of?
select id, metric, basis, amount, currency, thresholds, action, recipients, created_at
from usage_alerts
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_usage_alert_firings
-- What was this customer told?
select id, alert_id, metric, threshold, value, base, currency, fired_at
from usage_alert_firings
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_adoption_signals
-- What did this customer reach for?
select day || '.' || kind || '.' || name, kind, name, day * 86400000
from adoption_signals
where user_id = ?1
  and day || '.' || kind || '.' || name > ?2
  and ?4 = ?4
order by 1
limit ?3;

-- name: export_invoice_archives
-- Which files of their invoices did this customer have made?
select id, year, status, requested_at, finished_at, size, sha256
from invoice_archives
where user_id = ?1
  and id > ?2
  and ?4 = ?4
order by id
limit ?3;

-- name: export_saved_views
-- Which choices of lists does this person keep?
select id, list, name, query, created_at
from saved_views
where person_id = ?4
  and id > ?2
  and ?1 = ?1
order by id
limit ?3;

-- name: export_appearance
-- How does this person want pages to look?
select person_id, scheme, language, locale, time_zone, first_weekday
from appearances
where person_id = ?4
  and person_id > ?2
  and ?1 = ?1
order by person_id
limit ?3;
