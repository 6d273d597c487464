-- Invoices as their customer looks for them: each with what was given back of it, whether it is late, and whether
-- another one takes its place.

-- name: invoice_list_page
-- Which invoices of this customer were made from this instant on, before that one and id, the newest first? Facts are
-- asked for as 0 or 1; -1: either.
with given as (
  select invoice_id, sum(amount) as amount
  from (select invoice_id, credited + out_of_band as amount
        from credit_notes
        where user_id = ?1
          and status <> 'void'
        union all
        select c.invoice_id, r.amount
        from refunds r
          join invoice_charges c on c.user_id = r.user_id and c.stripe_charge_id = r.stripe_charge_id
        where r.user_id = ?1
          and r.status not in ('failed', 'canceled')) back
  group by invoice_id
), standing as (
  select i.user_id, i.id, i.subscription_id, i.stripe_invoice_id, i.number, i.status, i.billing_reason, i.currency,
         i.amount, i.amount_due, i.amount_paid, i.tax, i.due_date, i.period_start, i.period_end, i.hosted_url,
         i.pdf_url, i.lines, i.created_at, i.discount, i.coupon, coalesce(g.amount, 0) as given_back,
         case when i.amount > 0 and coalesce(g.amount, 0) >= i.amount then 1 else 0 end as is_given_back,
         case when i.status = 'open'
               and i.amount_due > i.amount_paid
               and (coalesce(i.due_date, ?5) < ?5
                    or exists (select 1
                               from dunning_cases d
                               where d.user_id = i.user_id
                                 and d.invoice_id = i.id
                                 and d.kind <> 'dispute'
                                 and d.status in ('open', 'paused'))) then 1 else 0 end as is_late,
         case when exists (select 1
                           from corrections x
                           where x.invoice_id = i.id
                             and x.user_id = i.user_id
                             and x.status = 'done') then 1 else 0 end as is_corrected
  from invoices i
    left join given g on g.invoice_id = i.id
  where i.user_id = ?1
    and (i.created_at, i.id) < (?2, ?3)
    and i.created_at >= ?4
)
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon, given_back, is_given_back, is_late, is_corrected
from standing
where (?6 < 0 or is_late = ?6)
  and (?7 < 0 or is_given_back = ?7)
  and (?8 < 0 or is_corrected = ?8)
order by created_at desc, id desc
limit ?9;

-- name: invoice_list_by_status
-- Which of them have this status?
with given as (
  select invoice_id, sum(amount) as amount
  from (select invoice_id, credited + out_of_band as amount
        from credit_notes
        where user_id = ?1
          and status <> 'void'
        union all
        select c.invoice_id, r.amount
        from refunds r
          join invoice_charges c on c.user_id = r.user_id and c.stripe_charge_id = r.stripe_charge_id
        where r.user_id = ?1
          and r.status not in ('failed', 'canceled')) back
  group by invoice_id
), standing as (
  select i.user_id, i.id, i.subscription_id, i.stripe_invoice_id, i.number, i.status, i.billing_reason, i.currency,
         i.amount, i.amount_due, i.amount_paid, i.tax, i.due_date, i.period_start, i.period_end, i.hosted_url,
         i.pdf_url, i.lines, i.created_at, i.discount, i.coupon, coalesce(g.amount, 0) as given_back,
         case when i.amount > 0 and coalesce(g.amount, 0) >= i.amount then 1 else 0 end as is_given_back,
         case when i.status = 'open'
               and i.amount_due > i.amount_paid
               and (coalesce(i.due_date, ?5) < ?5
                    or exists (select 1
                               from dunning_cases d
                               where d.user_id = i.user_id
                                 and d.invoice_id = i.id
                                 and d.kind <> 'dispute'
                                 and d.status in ('open', 'paused'))) then 1 else 0 end as is_late,
         case when exists (select 1
                           from corrections x
                           where x.invoice_id = i.id
                             and x.user_id = i.user_id
                             and x.status = 'done') then 1 else 0 end as is_corrected
  from invoices i
    left join given g on g.invoice_id = i.id
  where i.user_id = ?1
    and i.status = ?10
    and (i.created_at, i.id) < (?2, ?3)
    and i.created_at >= ?4
)
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon, given_back, is_given_back, is_late, is_corrected
from standing
where (?6 < 0 or is_late = ?6)
  and (?7 < 0 or is_given_back = ?7)
  and (?8 < 0 or is_corrected = ?8)
order by created_at desc, id desc
limit ?9;

-- name: invoice_list_one
-- How does this invoice stand?
with given as (
  select invoice_id, sum(amount) as amount
  from (select invoice_id, credited + out_of_band as amount
        from credit_notes
        where user_id = ?1
          and invoice_id = ?2
          and status <> 'void'
        union all
        select c.invoice_id, r.amount
        from invoice_charges c
          join refunds r on r.user_id = c.user_id and r.stripe_charge_id = c.stripe_charge_id
        where c.user_id = ?1
          and c.invoice_id = ?2
          and r.status not in ('failed', 'canceled')) back
  group by invoice_id
), standing as (
  select i.user_id, i.id, i.subscription_id, i.stripe_invoice_id, i.number, i.status, i.billing_reason, i.currency,
         i.amount, i.amount_due, i.amount_paid, i.tax, i.due_date, i.period_start, i.period_end, i.hosted_url,
         i.pdf_url, i.lines, i.created_at, i.discount, i.coupon, coalesce(g.amount, 0) as given_back,
         case when i.amount > 0 and coalesce(g.amount, 0) >= i.amount then 1 else 0 end as is_given_back,
         case when i.status = 'open'
               and i.amount_due > i.amount_paid
               and (coalesce(i.due_date, ?3) < ?3
                    or exists (select 1
                               from dunning_cases d
                               where d.user_id = i.user_id
                                 and d.invoice_id = i.id
                                 and d.kind <> 'dispute'
                                 and d.status in ('open', 'paused'))) then 1 else 0 end as is_late,
         case when exists (select 1
                           from corrections x
                           where x.invoice_id = i.id
                             and x.user_id = i.user_id
                             and x.status = 'done') then 1 else 0 end as is_corrected
  from invoices i
    left join given g on g.invoice_id = i.id
  where i.user_id = ?1
    and i.id = ?2
)
select user_id, id, subscription_id, stripe_invoice_id, number, status, billing_reason, currency,
       amount, amount_due, amount_paid, tax, due_date, period_start, period_end, hosted_url,
       pdf_url, lines, created_at, discount, coupon, given_back, is_given_back, is_late, is_corrected
from standing;

-- name: invoice_list_first
-- When was the first invoice of this customer made?
select min(created_at)
from invoices
where user_id = ?1;

-- name: invoice_list_sums
-- What was billed to this customer in this span, a currency a row: papers that were issued and are not void.
select currency, count(*), sum(amount), sum(amount_paid),
       sum(case when status = 'open' then amount_due - amount_paid else 0 end)
from invoices
where user_id = ?1
  and created_at >= ?2
  and created_at < ?3
  and status in ('open', 'paid', 'uncollectible')
group by currency
order by currency;

-- name: invoice_list_credited
-- What did credit notes of this span take back from this customer, in this currency?
select coalesce(sum(amount), 0)
from credit_notes
where user_id = ?1
  and currency = ?2
  and created_at >= ?3
  and created_at < ?4
  and status <> 'void';
