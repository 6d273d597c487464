-- Money given back: which charge paid an invoice, and the credit notes that correct it. Money that
-- comes by transfer: who may pay so, and where to.

create table invoice_charges (
    user_id {text} not null,
    stripe_charge_id {text} not null,
    invoice_id {text} not null,
    primary key (user_id, stripe_charge_id)
) {strict};

create table credit_notes (
    user_id {text} not null,
    id {text} not null,
    stripe_credit_note_id {text} not null,
    invoice_id {text} not null,
    number {text} not null,
    status {text} not null,
    reason {text} not null,
    currency {text} not null,
    amount {int} not null,
    refunded {int} not null,
    credited {int} not null,
    out_of_band {int} not null,
    pdf_url {text} not null,
    created_at {int} not null,
    primary key (user_id, id)
) {strict};
create index credit_notes_of_invoice on credit_notes (user_id, invoice_id, created_at);

-- Who is sent an invoice with a due date instead of being charged; everybody else is charged.
create table billing_terms (
    user_id {text} not null primary key,
    days_until_due {int} not null,
    updated_at {int} not null
) {strict};

-- Where a customer sends money, and what has arrived and pays nothing yet; JSON as Stripe says it.
create table bank_transfers (
    user_id {text} not null primary key,
    currency {text} not null,
    addresses {text} not null,
    available {text} not null,
    updated_at {int} not null
) {strict};
