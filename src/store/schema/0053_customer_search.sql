-- Operators find customers: the newest first, and by the number of an invoice.
create index customers_newest on customers (created_at, user_id);
create index invoices_by_number on invoices (number, user_id) where number is not null;
