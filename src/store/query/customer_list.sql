-- Customers as operators look for them: each with the subscription in force and whether they are parked.

-- name: customer_list_newest
-- Which customers became known before this instant and this customer, the newest first? /*fanout*/
select c.user_id, c.name, c.country, c.created_at, s.tier, coalesce(s.plan_version, 0),
       s.billing_interval, s.status, s.past_due_since, s.access_until, s.trial_ends_at,
       coalesce(s.cancel_at_period_end, 0),
       exists (select 1
               from parked_customers p
               where p.user_id = c.user_id
                 and p.released_at is null),
       coalesce(o.person_id, '')
from customers c
  left join subscriptions s on s.user_id = c.user_id and s.ended_at is null
  left join customer_owners o on o.user_id = c.user_id
where (c.created_at, c.user_id) < (?1, ?2)
order by c.created_at desc, c.user_id desc
limit ?3;

-- name: customer_list_one
-- How does this customer stand?
select c.user_id, c.name, c.country, c.created_at, s.tier, coalesce(s.plan_version, 0),
       s.billing_interval, s.status, s.past_due_since, s.access_until, s.trial_ends_at,
       coalesce(s.cancel_at_period_end, 0),
       exists (select 1
               from parked_customers p
               where p.user_id = c.user_id
                 and p.released_at is null),
       coalesce(o.person_id, '')
from customers c
  left join subscriptions s on s.user_id = c.user_id and s.ended_at is null
  left join customer_owners o on o.user_id = c.user_id
where c.user_id = ?1;

-- name: customer_list_found
-- Which customers after this one have an id from here to there, an invoice of this number, this
-- member, this operator to look after them, a card or an account with these last digits, or a
-- member at this domain, in order of their ids? /*fanout*/
select c.user_id, c.name, c.country, c.created_at, s.tier, coalesce(s.plan_version, 0),
       s.billing_interval, s.status, s.past_due_since, s.access_until, s.trial_ends_at,
       coalesce(s.cancel_at_period_end, 0),
       exists (select 1
               from parked_customers p
               where p.user_id = c.user_id
                 and p.released_at is null),
       coalesce(o.person_id, '')
from (select user_id
      from customers
      where user_id >= ?2
        and user_id < ?3
      union
      select user_id
      from invoices
      where number = ?4
        and user_id > ?1
      union
      select user_id
      from members
      where person_id = ?5
        and user_id > ?1
      union
      select user_id
      from customer_owners
      where person_id = ?6
        and user_id > ?1
      union
      select user_id
      from payment_methods
      where last4_mark = ?8
        and user_id > ?1
        and detached_at is null
      union
      select m.user_id
      from people p
        join members m on m.person_id = p.id
      where p.domain_mark = ?9
        and m.user_id > ?1
      order by 1
      limit ?7) f
  join customers c on c.user_id = f.user_id
  left join subscriptions s on s.user_id = c.user_id and s.ended_at is null
  left join customer_owners o on o.user_id = c.user_id
order by c.user_id;
