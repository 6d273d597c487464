-- Everything that is sealed, as it lies in the tables: for the walks of store/key_walk.c. The tables are in
-- the order, and the columns in that of store/sealed.c. Directories are asked with an empty customer, once.

-- name: key_walk_insert
-- A walk begins.
insert into key_walks (id, kind, status, user_cursor, table_cursor, row_cursor, customers, written,
                       started_at, finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: key_walk_running
-- Which walk is under way?
select id, kind, status, user_cursor, table_cursor, row_cursor, customers, written, started_at,
       finished_at
from key_walks
where status = 'running';

-- name: key_walk_newest
-- Which walk began last?
select id, kind, status, user_cursor, table_cursor, row_cursor, customers, written, started_at,
       finished_at
from key_walks
order by id desc
limit 1;

-- name: key_walk_replace
-- Where a walk stands now.
update key_walks
set kind = ?2,
    status = ?3,
    user_cursor = ?4,
    table_cursor = ?5,
    row_cursor = ?6,
    customers = ?7,
    written = ?8,
    started_at = ?9,
    finished_at = ?10
where id = ?1;

-- name: walk_settings
-- Which rows follow this one, whoever's they are? /*fanout*/
select '', name, value
from settings
where ?1 = ''
  and name > ?2
order by name
limit ?3;

-- name: walk_settings_put
-- The same row, sealed anew.
update settings
set value = ?3
where ?1 = ''
  and name = ?2;

-- name: walk_breaches
-- Which rows follow this one, whoever's they are? /*fanout*/
select '', id, title, description, authority_reference, conclusion
from breaches
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_breaches_put
-- The same row, sealed anew.
update breaches
set title = ?3,
    description = ?4,
    authority_reference = ?5,
    conclusion = ?6
where ?1 = ''
  and id = ?2;

-- name: walk_alert_handlings
-- Which rows follow this one, whoever's they are? /*fanout*/
select '', mail_id, note
from alert_handlings
where ?1 = ''
  and mail_id > ?2
order by mail_id
limit ?3;

-- name: walk_alert_handlings_put
-- The same row, sealed anew.
update alert_handlings
set note = ?3
where ?1 = ''
  and mail_id = ?2;

-- name: walk_access_review_items
-- Which rows follow this one, whoever's they are? /*fanout*/
select '', id, reason
from access_review_items
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_access_review_items_put
-- The same row, sealed anew.
update access_review_items
set reason = ?3
where ?1 = ''
  and id = ?2;

-- name: walk_api_keys
-- Which rows follow this one, whoever's they are? /*fanout*/
select '', key_hash, name, ip_allowlist
from api_keys
where ?1 = ''
  and key_hash > ?2
order by key_hash
limit ?3;

-- name: walk_api_keys_put
-- The same row, sealed anew.
update api_keys
set name = ?3,
    ip_allowlist = ?4
where ?1 = ''
  and key_hash = ?2;

-- name: walk_suppressed
-- Which rows follow this one, whoever's they are? /*fanout*/
select '', address_index, address, reason
from suppressed_addresses
where ?1 = ''
  and address_index > ?2
order by address_index
limit ?3;

-- name: walk_suppressed_put
-- The same row, sealed anew.
update suppressed_addresses
set address = ?3,
    reason = ?4
where ?1 = ''
  and address_index = ?2;

-- name: walk_sign_in_links
-- Which rows follow this one, whoever's they are? /*fanout*/
select user_id, token_hash, return_path, reason
from sign_in_links
where ?1 = ''
  and token_hash > ?2
order by token_hash
limit ?3;

-- name: walk_sign_in_links_put
-- The same row, sealed anew.
update sign_in_links
set return_path = ?3,
    reason = ?4
where user_id = ?1
  and token_hash = ?2;

-- name: walk_webhook_events
-- Which rows follow this one, whoever's they are? /*fanout*/
select user_id, stripe_event_id, body, last_error
from webhook_events
where ?1 = ''
  and stripe_event_id > ?2
order by stripe_event_id
limit ?3;

-- name: walk_webhook_events_put
-- The same row, sealed anew.
update webhook_events
set body = ?3,
    last_error = ?4
where user_id = ?1
  and stripe_event_id = ?2;

-- name: walk_webhook_endpoints
-- Which rows follow this one? /*fanout*/
select '', id, url, secret, secret_before
from webhook_endpoints
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_webhook_endpoints_put
-- The same row, sealed anew.
update webhook_endpoints
set url = ?3,
    secret = ?4,
    secret_before = ?5
where ?1 = ''
  and id = ?2;

-- name: walk_webhook_deliveries
-- Which rows follow this one, whoever's they are? /*fanout*/
select user_id, id, body
from webhook_deliveries
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_webhook_deliveries_put
-- The same row, sealed anew.
update webhook_deliveries
set body = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_webhook_attempts
-- Which rows follow this one, whoever's they are? /*fanout*/
select user_id, id, response
from webhook_attempts
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_webhook_attempts_put
-- The same row, sealed anew.
update webhook_attempts
set response = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_customers
-- Which rows of this customer's follow this one?
select user_id, user_id, email, name, address, tax_ids
from customers
where user_id = ?1
  and user_id > ?2
order by user_id
limit ?3;

-- name: walk_customers_put
-- The same row, sealed anew.
update customers
set email = ?3,
    name = ?4,
    address = ?5,
    tax_ids = ?6
where user_id = ?1
  and user_id = ?2;

-- name: walk_mails
-- Which rows of this customer's follow this one?
select user_id, id, address, name, facts, subject, text_body, html_body, last_error
from mails
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_mails_put
-- The same row, sealed anew.
update mails
set address = ?3,
    name = ?4,
    facts = ?5,
    subject = ?6,
    text_body = ?7,
    html_body = ?8,
    last_error = ?9
where user_id = ?1
  and id = ?2;

-- name: walk_audit_origins
-- Which rows of this customer's, or of nobody's, follow this one?
select user_id, reference, address, user_agent
from audit_origins
where user_id = ?1
  and reference > ?2
order by reference
limit ?3;

-- name: walk_audit_origins_put
-- The same row, sealed anew.
update audit_origins
set address = ?3,
    user_agent = ?4
where user_id = ?1
  and reference = ?2;

-- name: walk_audit_reasons
-- Which rows of this customer's, or of nobody's, follow this one?
select user_id, row_id, reason
from audit_reasons
where user_id = ?1
  and row_id > ?2
order by row_id
limit ?3;

-- name: walk_audit_reasons_put
-- The same row, sealed anew.
update audit_reasons
set reason = ?3
where user_id = ?1
  and row_id = ?2;

-- name: walk_operations
-- Which rows of this customer's follow this one?
select user_id, id, request, result
from operations
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_operations_put
-- The same row, sealed anew.
update operations
set request = ?3,
    result = ?4
where user_id = ?1
  and id = ?2;

-- name: walk_outbox
-- Which rows of this customer's follow this one?
select user_id, id, payload, last_error
from outbox
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_outbox_put
-- The same row, sealed anew.
update outbox
set payload = ?3,
    last_error = ?4
where user_id = ?1
  and id = ?2;

-- name: walk_bank_transfers
-- Which rows of this customer's follow this one?
select user_id, user_id, addresses
from bank_transfers
where user_id = ?1
  and user_id > ?2
order by user_id
limit ?3;

-- name: walk_bank_transfers_put
-- The same row, sealed anew.
update bank_transfers
set addresses = ?3
where user_id = ?1
  and user_id = ?2;

-- name: walk_payment_methods
-- Which rows of this customer's follow this one?
select user_id, id, last4
from payment_methods
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_payment_methods_put
-- The same row, sealed anew.
update payment_methods
set last4 = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_invoices
-- Which rows of this customer's follow this one?
select user_id, id, hosted_url, pdf_url, lines
from invoices
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_invoices_put
-- The same row, sealed anew.
update invoices
set hosted_url = ?3,
    pdf_url = ?4,
    lines = ?5
where user_id = ?1
  and id = ?2;

-- name: walk_credit_notes
-- Which rows of this customer's follow this one?
select user_id, id, pdf_url
from credit_notes
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_credit_notes_put
-- The same row, sealed anew.
update credit_notes
set pdf_url = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_billing_events
-- Which rows of this customer's follow this one?
select user_id, id, description, metadata
from billing_events
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_billing_events_put
-- The same row, sealed anew.
update billing_events
set description = ?3,
    metadata = ?4
where user_id = ?1
  and id = ?2;

-- name: walk_parked
-- Which rows of this customer's follow this one?
select user_id, id, release_reason
from parked_customers
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_parked_put
-- The same row, sealed anew.
update parked_customers
set release_reason = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_dunning_actions
-- Which rows of this customer's follow this one?
select user_id, idempotency_key, reason
from dunning_actions
where user_id = ?1
  and idempotency_key > ?2
order by idempotency_key
limit ?3;

-- name: walk_dunning_actions_put
-- The same row, sealed anew.
update dunning_actions
set reason = ?3
where user_id = ?1
  and idempotency_key = ?2;

-- name: walk_customer_notes
-- Which rows of this customer's follow this one?
select user_id, id, note
from customer_notes
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_customer_notes_put
-- The same row, sealed anew.
update customer_notes
set note = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_feedback
-- Which rows of this customer's follow this one?
select user_id, id, comment, reply
from feedback
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_feedback_put
-- The same row, sealed anew.
update feedback
set comment = ?3,
    reply = ?4
where user_id = ?1
  and id = ?2;

-- name: walk_invoice_questions
-- Which rows of this customer's follow this one?
select user_id, id, words, answer
from invoice_questions
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_invoice_questions_put
-- The same row, sealed anew.
update invoice_questions
set words = ?3,
    answer = ?4
where user_id = ?1
  and id = ?2;

-- name: walk_approvals
-- Which rows of this customer's follow this one?
select user_id, id, request, facts_before, facts_after, reason, decision_reason
from approvals
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_approvals_put
-- The same row, sealed anew.
update approvals
set request = ?3,
    facts_before = ?4,
    facts_after = ?5,
    reason = ?6,
    decision_reason = ?7
where user_id = ?1
  and id = ?2;

-- name: walk_contracts
-- Which rows of this customer's follow this one?
select user_id, id, purchase_order, note, message, accepted_name, decline_reason
from contracts
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_contracts_put
-- The same row, sealed anew.
update contracts
set purchase_order = ?3,
    note = ?4,
    message = ?5,
    accepted_name = ?6,
    decline_reason = ?7
where user_id = ?1
  and id = ?2;

-- name: walk_privacy_requests
-- Which rows follow this one, whoever's they are? /*fanout*/
select subject, id, reason
from privacy_requests
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_privacy_requests_put
-- The same row, sealed anew.
update privacy_requests
set reason = ?3
where subject = ?1
  and id = ?2;

-- name: walk_consents
-- Which rows of this customer's follow this one?
select user_id, id, words
from consents
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_consents_put
-- The same row, sealed anew.
update consents
set words = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_retention_holds
-- Which rows of this customer's follow this one?
select user_id, id, reason
from retention_holds
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_retention_holds_put
-- The same row, sealed anew.
update retention_holds
set reason = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_withdrawals
-- Which rows of this customer's follow this one?
select user_id, id, name, statement
from withdrawals
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_withdrawals_put
-- The same row, sealed anew.
update withdrawals
set name = ?3,
    statement = ?4
where user_id = ?1
  and id = ?2;

-- name: walk_people
-- Which rows follow this one, whoever's they are? /*fanout*/
select id, id, email, name
from people
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_people_put
-- The same row, sealed anew.
update people
set email = ?3,
    name = ?4
where id = ?1
  and id = ?2;

-- name: walk_invitations
-- Which rows follow this one, whoever's they are? /*fanout*/
select user_id, token_hash, email, invited_by
from invitations
where ?1 = ''
  and token_hash > ?2
order by token_hash
limit ?3;

-- name: walk_invitations_put
-- The same row, sealed anew.
update invitations
set email = ?3,
    invited_by = ?4
where user_id = ?1
  and token_hash = ?2;

-- name: walk_inquiries
-- Which rows follow this one, whoever's they are? /*fanout*/
select user_id, id, company, name, email, message, reason
from inquiries
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_inquiries_put
-- The same row, sealed anew.
update inquiries
set company = ?3,
    name = ?4,
    email = ?5,
    message = ?6,
    reason = ?7
where user_id = ?1
  and id = ?2;

-- name: walk_totp_secrets
-- Which rows follow this one, whoever's they are? /*fanout*/
select person_id, person_id, secret
from totp_secrets
where ?1 = ''
  and person_id > ?2
order by person_id
limit ?3;

-- name: walk_totp_secrets_put
-- The same row, sealed anew.
update totp_secrets
set secret = ?3
where person_id = ?1
  and person_id = ?2;

-- name: walk_passkeys
-- Which rows follow this one, whoever's they are? /*fanout*/
select person_id, id, name
from passkeys
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_passkeys_put
-- The same row, sealed anew.
update passkeys
set name = ?3
where person_id = ?1
  and id = ?2;

-- name: walk_sessions
-- Which rows follow this one, whoever's they are? /*fanout*/
select person_id, id, address, user_agent, reason
from sessions
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_sessions_put
-- The same row, sealed anew.
update sessions
set address = ?3,
    user_agent = ?4,
    reason = ?5
where person_id = ?1
  and id = ?2;

-- name: walk_sign_ins
-- Which rows follow this one, whoever's they are? /*fanout*/
select person_id, id, address, user_agent
from sign_ins
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_sign_ins_put
-- The same row, sealed anew.
update sign_ins
set address = ?3,
    user_agent = ?4
where person_id = ?1
  and id = ?2;

-- name: walk_email_changes
-- Which rows follow this one, whoever's they are? /*fanout*/
select person_id, id, old_email, new_email
from email_changes
where ?1 = ''
  and id > ?2
order by id
limit ?3;

-- name: walk_email_changes_put
-- The same row, sealed anew.
update email_changes
set old_email = ?3,
    new_email = ?4
where person_id = ?1
  and id = ?2;

-- name: walk_corrections
-- Which rows of this customer's follow this one?
select user_id, id, purchase_order
from corrections
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_corrections_put
-- The same row, sealed anew.
update corrections
set purchase_order = ?3
where user_id = ?1
  and id = ?2;

-- name: walk_usage_alerts
-- Which rows of this customer's follow this one?
select user_id, id, recipients
from usage_alerts
where user_id = ?1
  and id > ?2
order by id
limit ?3;

-- name: walk_usage_alerts_put
-- The same row, sealed anew.
update usage_alerts
set recipients = ?3
where user_id = ?1
  and id = ?2;
