-- How dunning has gone, in figures (app/dunning_summary.h).

-- name: dunning_by_status
-- Of the cases that were opened between: how many stand where, and what they are about? /*fanout*/
select c.status, 0, i.currency, count(*), sum(i.amount)
from dunning_cases c
join invoices i on i.user_id = c.user_id and i.id = c.invoice_id
where c.opened_at >= ?1
  and c.opened_at < ?2
  and c.kind <> 'dispute'
group by c.status, i.currency
order by c.status, i.currency;

-- name: dunning_by_attempt
-- Of their attempts, the first and the second and so on: how did each end? /*fanout*/
select status, n, '', count(*), 0
from (select row_number() over (partition by c.user_id, c.id order by a.created_at, a.id) as n, a.status as status
      from dunning_cases c
      join payment_attempts a on a.user_id = c.user_id and a.invoice_id = c.invoice_id
      where c.opened_at >= ?1
        and c.opened_at < ?2
        and c.kind <> 'dispute'
        and a.status <> 'lost') tries
where n <= 9
group by n, status
order by n, status;

-- name: dunning_by_decline
-- Why were they declined, the most frequent reason first? /*fanout*/
select coalesce(a.decline_code, ''), 0, '', count(*), 0
from dunning_cases c
join payment_attempts a on a.user_id = c.user_id and a.invoice_id = c.invoice_id
where c.opened_at >= ?1
  and c.opened_at < ?2
  and a.status = 'failed'
group by coalesce(a.decline_code, '')
order by count(*) desc, coalesce(a.decline_code, '')
limit 30;

-- name: dunning_at_risk
-- What is owed now, by how long it has been? `?1` is now; ages are in days, the first of each range. /*fanout*/
select '', case when ?1 - c.opened_at < 345600000 then 0
            when ?1 - c.opened_at < 691200000 then 4
            when ?1 - c.opened_at < 1296000000 then 8
            else 15 end as age, i.currency, count(*), sum(i.amount_due)
from dunning_cases c
join invoices i on i.user_id = c.user_id and i.id = c.invoice_id
where c.status in ('open', 'paused')
  and c.opened_at < ?2
  and c.kind <> 'dispute'
group by age, i.currency
order by age, i.currency;

-- name: dunning_past
-- How did the cases go that were opened between, the newest first? /*fanout*/
select c.status, c.opened_at, c.closed_at, i.currency, i.amount,
       (select max(a.created_at) from payment_attempts a
        where a.user_id = c.user_id and a.invoice_id = c.invoice_id and a.status = 'failed'),
       (select max(a.origin) from payment_attempts a
        where a.user_id = c.user_id and a.invoice_id = c.invoice_id and a.status = 'succeeded')
from dunning_cases c
join invoices i on i.user_id = c.user_id and i.id = c.invoice_id
where c.opened_at >= ?1
  and c.opened_at < ?2
  and c.kind in ('payment', 'late_failure')
order by c.opened_at desc, c.id desc
limit ?3;
