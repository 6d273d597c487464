-- name: invoice_page
-- Which invoices came before this instant and id, the newest first?
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon
from invoices
where user_id = ?1
  and (created_at < ?2 or (created_at = ?2 and id < ?3))
order by created_at desc, id desc
limit ?4;

-- name: invoice_get
-- What is known of one invoice?
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon
from invoices
where user_id = ?1
  and id = ?2;

-- name: invoice_owed
-- How many invoices of this customer wait for money?
select count(*)
from invoices
where user_id = ?1
  and status = 'open'
  and amount_due > amount_paid;

-- name: invoice_waiting
-- Which invoice of this reason waits for the customer to confirm it, the newest first? One that was sent, and
-- so has a day on which it is due, is owed and waits for nothing.
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon
from invoices
where user_id = ?1
  and billing_reason = ?2
  and status = 'open'
  and due_date is null
order by created_at desc, id desc
limit 1;

-- name: invoice_of_subscription
-- Which invoices did this subscription make before this instant and id, the newest first?
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon
from invoices
where user_id = ?1
  and subscription_id = ?2
  and (created_at < ?3 or (created_at = ?3 and id < ?4))
order by created_at desc, id desc
limit ?5;

-- name: invoice_put
-- What Stripe says of an invoice. The coupon is told only where it was asked for.
insert into invoices (user_id, id, subscription_id, stripe_invoice_id, number, status,
                      billing_reason, currency, amount, amount_due, amount_paid, tax, due_date,
                      period_start, period_end, hosted_url, pdf_url, lines, created_at,
                      discount, coupon)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
        ?20, ?21)
on conflict (user_id, id) do update
set number = excluded.number,
    status = excluded.status,
    amount = excluded.amount,
    amount_due = excluded.amount_due,
    amount_paid = excluded.amount_paid,
    tax = excluded.tax,
    due_date = excluded.due_date,
    hosted_url = excluded.hosted_url,
    pdf_url = excluded.pdf_url,
    lines = excluded.lines,
    discount = excluded.discount,
    coupon = coalesce(nullif(excluded.coupon, ''), invoices.coupon);

-- name: invoice_settled
-- Is nothing to be paid any more on the invoice of this number?
select count(*)
from invoices
where user_id = ?1
  and number = ?2
  and status in ('paid', 'void');

-- name: invoice_of_charge
-- Which invoice did this charge pay?
select i.user_id, i.id, i.subscription_id, i.stripe_invoice_id, i.number, i.status,
       i.billing_reason, i.currency, i.amount, i.amount_due, i.amount_paid, i.tax, i.due_date,
       i.period_start, i.period_end, i.hosted_url, i.pdf_url, i.lines, i.created_at,
       i.discount, i.coupon
from invoice_charges c
join invoices i on i.user_id = c.user_id
               and i.id = c.invoice_id
where c.user_id = ?1
  and c.stripe_charge_id = ?2;

-- name: invoice_drafts
-- Which invoices of this customer can still be changed?
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon
from invoices
where user_id = ?1
  and status = 'draft'
order by created_at, id
limit ?2;

-- name: invoice_overdue
-- Which invoices should have been paid by now, and are in nobody's hands? /*fanout*/
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon
from invoices
where status = 'open'
  and due_date is not null
  and due_date <= ?1
  and amount_due > amount_paid
  and not exists (select 1 from dunning_cases d
                  where d.user_id = invoices.user_id
                    and d.invoice_id = invoices.id
                    and d.kind <> 'dispute')
order by due_date
limit ?2;

-- name: invoice_next_overdue
-- When will the next one be? /*fanout*/
select min(due_date)
from invoices
where status = 'open'
  and due_date is not null
  and amount_due > amount_paid
  and not exists (select 1 from dunning_cases d
                  where d.user_id = invoices.user_id
                    and d.invoice_id = invoices.id
                    and d.kind <> 'dispute');

-- name: invoice_walk
-- Which invoices follow this one, customer by customer?
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon
from invoices
where (user_id, id) > (?1, ?2)
order by user_id, id
limit ?3;

-- name: invoice_charged
-- What was taken for this invoice?
select coalesce(sum(c.amount), 0)
from invoice_charges i
join charges c on c.user_id = i.user_id and c.stripe_charge_id = i.stripe_charge_id
where i.user_id = ?1
  and i.invoice_id = ?2
  and c.status = 'succeeded';

-- name: invoice_disputed
-- How often has a bank wanted back what paid this invoice?
select (select count(*)
        from dunning_cases
        where user_id = ?1
          and invoice_id = ?2
          and kind = 'dispute')
     + (select count(*)
        from invoice_charges c
        join charges h on h.user_id = c.user_id
                      and h.stripe_charge_id = c.stripe_charge_id
        where c.user_id = ?1
          and c.invoice_id = ?2
          and h.is_disputed = 1);

-- name: invoice_forget_draft
-- The provider has deleted this draft.
delete from invoices
where user_id = ?1
  and stripe_invoice_id = ?2
  and status = 'draft';
