-- name: erase_sessions
-- Nobody is signed in for this customer any more.
delete from sessions
where user_id = ?1;

-- name: erase_links
-- No link leads to their pages.
delete from sign_in_links
where user_id = ?1;

-- name: erase_invitations
-- Nobody is asked in.
delete from invitations
where user_id = ?1;

-- name: erase_inquiries
-- Nothing is left of how they first asked.
delete from inquiries
where user_id = ?1;

-- name: erase_members
-- Nobody acts for them.
delete from members
where user_id = ?1;

-- name: erase_mails_waiting
-- What was not sent yet is not sent.
update mails
set status = 'suppressed'
where user_id = ?1
  and status = 'queued';

-- name: erase_mail_bodies
-- Nothing is left of what was written to them but that it was.
update mails
set address = '',
    name = '',
    facts = '{}',
    subject = '',
    text_body = null,
    html_body = null,
    last_error = null
where user_id = ?1;

-- name: erase_webhook_attempts
-- What listeners answered when they were told of them.
delete from webhook_attempts
where user_id = ?1;

-- name: erase_webhook_deliveries
-- What they were told, or would be.
delete from webhook_deliveries
where user_id = ?1;

-- name: erase_webhook_bodies
-- What the payment provider told of them.
update webhook_events
set body = ''
where user_id = ?1;

-- name: erase_origins
-- Where their people came from.
delete from audit_origins
where user_id = ?1;

-- name: erase_reasons
-- Why things were done to them, as the audit log was told.
delete from audit_reasons
where user_id = ?1;

-- name: erase_adoption_signals
-- What they were warned of and refused, and the features that they asked for.
delete from adoption_signals
where user_id = ?1;

-- name: erase_origin
-- Where one of them came from.
delete from audit_origins
where user_id = ?1
  and reference = ?2;

-- name: erase_optouts
-- What they did not want to be told.
delete from mail_optouts
where user_id = ?1;

-- name: erase_methods
-- How they paid: what is left is that there was a way, and the provider's id of it.
update payment_methods
set brand = '',
    last4 = '',
    last4_mark = '',
    expiry_month = null,
    expiry_year = null
where user_id = ?1;

-- name: erase_preferences
-- In which language, and when, they were written to.
update customers
set language = '',
    time_zone = ''
where user_id = ?1;

-- name: erase_choices
-- What they allowed.
delete from privacy_choices
where subject = ?1;

-- name: erase_consents
-- And when they have said so.
delete from privacy_consents
where subject = ?1;

-- name: erase_export_requests
-- The files that were made for them, which are sealed under the key that goes; their pieces follow in turns.
update privacy_requests
set status = 'expired'
where subject = ?1
  and kind = 'export'
  and status in ('running', 'ready');

-- name: erase_person_sessions
-- This person is signed in nowhere.
delete from sessions
where person_id = ?1;

-- name: erase_person_sign_ins
-- Nobody knows where they came in.
delete from sign_ins
where person_id = ?1;

-- name: erase_person_email_changes
-- Which addresses they had, and wanted.
delete from email_changes
where person_id = ?1;

-- name: erase_person_links
-- No link signs them in.
delete from sign_in_links
where person_id = ?1;

-- name: erase_person_identities
-- No other house's word is taken for them.
delete from identities
where person_id = ?1;

-- name: erase_person_totp
-- What their codes were made from.
delete from totp_secrets
where person_id = ?1;

-- name: erase_person_passkeys
-- Their passkeys.
delete from passkeys
where person_id = ?1;

-- name: erase_person_appearance
-- How they want pages to look.
delete from appearances
where person_id = ?1;

-- name: erase_person_saved_views
-- What they called choices of lists, the shared ones too.
delete from saved_views
where person_id = ?1;

-- name: erase_person_codes
-- Their recovery codes.
delete from recovery_codes
where person_id = ?1;

-- name: erase_person_feedback
-- What this person said is not theirs any more: the words go, what they came to is the customer's.
update feedback
set person_id = '',
    comment = '',
    reply = '',
    may_reply = 0
where person_id = ?1;

-- name: erase_person_members
-- They act for nobody.
delete from members
where person_id = ?1;

-- name: erase_person
-- There is no such person.
delete from people
where id = ?1;

-- name: personal_mails
-- What was written to people, of a customer or of nobody's, before this one?
select user_id, id, kind, dedupe_key, language, address, name, thread, facts, subject, text_body,
       html_body, status, attempts, next_attempt_at, created_at, sent_at, last_error
from mails
where user_id = ?1
  and kind in ('invitation', 'password_reset', 'security_notice', 'approval_requested',
               'approval_decided', 'privacy_answer', 'erasure_done', 'email_confirm',
               'email_changing', 'feedback_reply', 'invoice_answer')
  and id < ?2
order by id desc
limit ?3;

-- name: mail_delete
-- This one is not kept.
delete from mails
where user_id = ?1
  and id = ?2;

-- name: erased_between
-- Who of these was forgotten?
select user_id, request_id, erased_at
from erased_customers
where user_id >= ?1
  and user_id <= ?2
order by user_id
limit ?3;

-- name: erased_keys
-- Whose own key was destroyed, after this one? /*fanout*/
select user_id, max(destroyed_at)
from data_keys
where purpose = 'pii'
  and destroyed_at is not null
  and user_id > ?1
group by user_id
order by user_id
limit ?2;

-- name: erase_personal_mails
-- What was written to single people is not kept in this copy. /*fanout*/
delete from mails
where kind in ('invitation', 'password_reset', 'security_notice', 'approval_requested',
               'approval_decided', 'privacy_answer', 'erasure_done', 'email_confirm',
               'email_changing', 'feedback_reply', 'invoice_answer');

-- name: suppressed_indexes
-- To which addresses does nothing go, after this one, by their stand-ins alone? /*fanout*/
select address_index
from suppressed_addresses
where address_index > ?1
order by address_index
limit ?2;

-- name: suppressed_index_put
-- The stand-in of one of them, without the address.
insert into suppressed_addresses (address_index, address, reason, created_at)
values (?1, '', '', 0)
on conflict (address_index) do nothing;

-- name: suppressed_index_has
-- Does nothing go to this one?
select address_index
from suppressed_addresses
where address_index = ?1;

-- name: erasure_person_id
-- Is this person in this copy?
select id
from people
where id = ?1;

-- name: erase_mails_under
-- What was written under a key that is destroyed.
delete from mails
where user_id = ?1;

-- name: erase_usage_alerts
-- Nobody is told what they use.
delete from usage_alerts
where user_id = ?1;

-- name: erase_usage_alert_firings
-- Nor what was told.
delete from usage_alert_firings
where user_id = ?1;

-- name: erase_feedback
-- What they said.
delete from feedback
where user_id = ?1;

-- name: erase_feedback_themes
-- What was heard in it.
delete from feedback_themes
where user_id = ?1;

-- name: erase_feedback_questions
-- What they were asked.
delete from feedback_questions
where user_id = ?1;

-- name: erase_invoice_questions
-- What they asked about invoices.
delete from invoice_questions
where user_id = ?1;

-- name: erase_person_invoice_questions
-- What this person asked: the words go, that it was asked is the customer's.
update invoice_questions
set person_id = '',
    words = '',
    answer = ''
where person_id = ?1;

-- name: erase_invoice_archives
-- Which files of their invoices were asked for; what was made of them goes in turns.
delete from invoice_archives
where user_id = ?1;

-- name: erase_experiment_units
-- What they were shown in experiments.
delete from experiment_units
where user_id = ?1;

-- name: erase_what_ifs
-- What another catalogue would have come to for them.
delete from what_if_customers
where user_id = ?1;

-- name: erase_owner
-- Who looked after them.
delete from customer_owners
where user_id = ?1;

-- name: erase_pause
-- Until when their subscription was paused.
delete from subscription_pauses
where user_id = ?1;

-- name: erase_person_owned
-- Whom they looked after.
delete from customer_owners
where person_id = ?1;
