-- Corrections of issued invoices (core/correction.h).

-- A row begins as what was shown, with all that it comes to, and holds until `valid_until`; `details_hash` is the
-- SHA-256 of whom the new invoice is billed to. `new_invoice_id` and `credit_note_id` are null until there are
-- any. Amounts are minor units of `currency`; `balance` is the customer's, before.
create table corrections (
    id {text} not null primary key,
    user_id {text} not null,
    invoice_id {text} not null,
    status {text} not null,
    new_invoice_id {text},
    credit_note_id {text},
    operation_id {text} not null,
    details_hash {text} not null,
    purchase_order {text} not null,
    sends_invoice {int} not null,
    currency {text} not null,
    total_before {int} not null,
    tax_before {int} not null,
    total_after {int} not null,
    tax_after {int} not null,
    refunded {int} not null,
    credited {int} not null,
    due {int} not null,
    balance {int} not null,
    created_at {int} not null,
    valid_until {int} not null,
    finished_at {int}
) {strict};
create index corrections_of_customer on corrections (user_id, id);
create unique index corrections_once on corrections (invoice_id) where status in ('working', 'done');
create index corrections_by_invoice on corrections (invoice_id);
create index corrections_by_new_invoice on corrections (new_invoice_id) where new_invoice_id is not null;
create index corrections_by_operation on corrections (operation_id) where operation_id <> '';
