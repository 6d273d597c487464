-- Invoices that are held at Stripe while their customer is parked; let go with them.
create table held_invoices (
    user_id {text} not null,
    stripe_invoice_id {text} not null,
    held_at {int} not null,
    primary key (user_id, stripe_invoice_id)
) {strict};
insert into held_invoices (user_id, stripe_invoice_id, held_at)
select user_id, stripe_invoice_id, parked_at from parked_customers where released_at is null;
