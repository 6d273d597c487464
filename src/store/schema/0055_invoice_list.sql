-- Customers look for invoices by how they stand, and for what was given back of one.
create index invoices_by_status on invoices (user_id, status, created_at, id);
create index invoice_charges_of_invoice on invoice_charges (user_id, invoice_id);
