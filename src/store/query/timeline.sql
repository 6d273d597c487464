-- All that happened with one customer, source by source, in the same columns: whose, id, when, what, in words, how it
-- stands, amount, currency, about what, by whom. Each is a page before an id, the newest first.

-- name: timeline_billing
-- What happened to their billing?
select user_id, id, created_at, type, description, '', amount, currency, '', ''
from billing_events
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: timeline_mail
-- What was written to them, or about them to operators?
select user_id, id, created_at, kind, subject, status, null, null, '', ''
from mails
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: timeline_audit
-- Who did what in their chain? Rows that only prove a line of the billing are left to that line.
select user_id, id, at, action, row, '', null, null, object, actor
from audit_rows
where user_id = ?1
  and id < ?2
  and substr(object, 1, 5) <> 'bevt_'
order by seq desc
limit ?3;

-- name: timeline_payment
-- How was it tried to collect what they owed?
select user_id, id, created_at, origin, coalesce(decline_code, ''), status, null, null, invoice_id, ''
from payment_attempts
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: timeline_note
-- What did operators note about them?
select user_id, id, created_at, '', note, '', null, null, '', author
from customer_notes
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: timeline_delivery
-- What were endpoints told about them?
select user_id, id, created_at, type, '', status, null, null, endpoint_id, ''
from webhook_deliveries
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: timeline_webhook
-- What did the payment provider say about them? Its ids do not tell when, so the instant goes before.
select user_id, stripe_event_id, received_at, type, '', status, null, null, object_id, ''
from webhook_events
where user_id = ?1
  and (received_at, stripe_event_id) < (?2, ?3)
order by received_at desc, stripe_event_id desc
limit ?4;
