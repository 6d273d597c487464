-- name: customer_get
-- Who is this customer?
select user_id, email, name, country, currency, stripe_customer_id, created_at, language,
       time_zone
from customers
where user_id = ?1;

-- name: customer_insert
-- A new customer.
insert into customers (user_id, email, name, country, currency, stripe_customer_id, created_at,
                       language, time_zone)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: customer_set_stripe
-- Stripe knows this customer under this id from now on.
update customers
set stripe_customer_id = ?2
where user_id = ?1;

-- name: customer_set_preferences
-- How this customer's mails are written, and where their mornings are, from now on.
update customers
set language = ?2,
    time_zone = ?3
where user_id = ?1;

-- name: customer_page
-- Which customers follow this one, in order of their id? /*fanout*/
select user_id, email, name, country, currency, stripe_customer_id, created_at, language,
       time_zone
from customers
where user_id > ?1
order by user_id
limit ?2;

-- name: customer_after
-- Who is the next customer? /*fanout*/
select user_id
from customers
where user_id > ?1
order by user_id
limit 1;

-- name: customer_address
-- Where is this customer billed?
select user_id, address
from customers
where user_id = ?1;

-- name: customer_tax_ids
-- Which numbers with tax offices has this customer, as the provider lists them?
select user_id, tax_ids
from customers
where user_id = ?1;

-- name: customer_set_tax_ids
-- These are the customer's numbers with tax offices.
update customers
set tax_ids = ?2
where user_id = ?1;

-- name: customer_set_details
-- Who is billed, and where, from now on.
update customers
set email = ?2,
    name = ?3,
    country = ?4,
    address = ?5
where user_id = ?1;
