-- name: credit_note_put
-- What Stripe says of a credit note.
insert into credit_notes (user_id, id, stripe_credit_note_id, invoice_id, number, status, reason,
                          currency, amount, refunded, credited, out_of_band, pdf_url, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
on conflict (user_id, id) do update
set status = excluded.status,
    pdf_url = excluded.pdf_url;

-- name: credit_note_get
-- What is known of one credit note?
select user_id, id, stripe_credit_note_id, invoice_id, number, status, reason, currency, amount,
       refunded, credited, out_of_band, pdf_url, created_at
from credit_notes
where user_id = ?1
  and id = ?2;

-- name: credit_note_of_invoice
-- Which credit notes correct this invoice, the oldest first?
select user_id, id, stripe_credit_note_id, invoice_id, number, status, reason, currency, amount,
       refunded, credited, out_of_band, pdf_url, created_at
from credit_notes
where user_id = ?1
  and invoice_id = ?2
order by created_at, id
limit ?3;

-- name: invoice_charge_put
-- This charge paid this invoice.
insert into invoice_charges (user_id, stripe_charge_id, invoice_id)
values (?1, ?2, ?3)
on conflict (user_id, stripe_charge_id) do nothing;

-- name: refund_of_invoice
-- What was given back of what paid this invoice, the oldest first?
select r.user_id, r.id, r.stripe_refund_id, r.stripe_charge_id, r.status, r.currency, r.amount,
       r.created_at
from invoice_charges c
join refunds r on r.user_id = c.user_id
              and r.stripe_charge_id = c.stripe_charge_id
where c.user_id = ?1
  and c.invoice_id = ?2
order by r.created_at, r.id
limit ?3;
