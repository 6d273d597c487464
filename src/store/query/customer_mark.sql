-- Stand-ins by which operators find a customer, and what has none yet.

-- name: customer_mark_method
-- The last digits of this payment method have this one.
update payment_methods
set last4_mark = ?3
where user_id = ?1
  and id = ?2
  and last4_mark is not ?3;

-- name: customer_mark_person
-- The domain of this person's address has this one.
update people
set domain_mark = ?2
where id = ?1
  and domain_mark is not ?2;

-- name: customer_mark_methods_left
-- Which payment methods have none yet? /*fanout*/
select user_id, id
from payment_methods
where last4_mark is null
limit ?1;

-- name: customer_mark_people_left
-- Which people have none yet? /*fanout*/
select '', id
from people
where domain_mark is null
limit ?1;
