-- Which invoices are overdue, without a look at those that are paid.
create index invoices_due on invoices (due_date) where status = 'open' and due_date is not null;
