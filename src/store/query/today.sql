-- What waits for operators today, each as one number.

-- name: today_owed
-- How many payments have failed and are not given up, and what is owed on their invoices, by currency? /*fanout*/
select coalesce(i.currency, ''), count(*), coalesce(sum(i.amount_due), 0)
from dunning_cases d
  left join invoices i on i.user_id = d.user_id and i.id = d.invoice_id
where d.status in ('open', 'paused')
group by 1
order by 1
limit ?1;

-- name: today_approvals
-- How many approvals wait for a second person? /*fanout*/
select count(*)
from approvals
where status = 'pending';

-- name: today_alerts
-- How many alerts of this kind, from this id on, has nobody looked at? /*fanout*/
select count(*)
from mails m
where m.kind = ?1
  and m.id >= ?2
  and not exists (select 1
                  from alert_handlings h
                  where h.mail_id = m.id);

-- name: today_events_failed
-- How many events of the payment provider were given up?
select count(*)
from webhook_events
where status = 'failed';

-- name: today_mails_failed
-- How many mails were given up? /*fanout*/
select count(*)
from mails
where status = 'failed';

-- name: today_differences
-- How many differences to the payment provider are open? /*fanout*/
select count(*)
from differences
where status = 'open';

-- name: today_usage
-- When was usage last recorded?
select coalesce(max(recorded_at), 0)
from usage_journal
where batch = (select max(batch) from usage_journal);

-- name: today_oldest
-- Since when does the oldest wait of the calls to the payment provider, of its events, of webhooks to be sent, and of mails; 0
-- when none does? /*fanout*/
select coalesce((select min(created_at)
                 from outbox
                 where status = 'pending'), 0),
       coalesce((select min(received_at)
                 from webhook_events
                 where status = 'received'), 0),
       coalesce((select min(created_at)
                 from webhook_deliveries
                 where status = 'waiting'), 0),
       coalesce((select min(created_at)
                 from mails
                 where status = 'queued'), 0);
