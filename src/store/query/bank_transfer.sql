-- name: billing_terms_put
-- How this customer is billed from now on.
insert into billing_terms (user_id, days_until_due, updated_at)
values (?1, ?2, ?3)
on conflict (user_id) do update
set days_until_due = excluded.days_until_due,
    updated_at = excluded.updated_at;

-- name: billing_terms_get
-- How is this customer billed?
select user_id, days_until_due, updated_at
from billing_terms
where user_id = ?1;

-- name: bank_transfer_put
-- Where this customer sends money, and what waits there.
insert into bank_transfers (user_id, currency, addresses, available, updated_at)
values (?1, ?2, ?3, ?4, ?5)
on conflict (user_id) do update
set currency = excluded.currency,
    addresses = excluded.addresses,
    available = excluded.available,
    updated_at = excluded.updated_at;

-- name: bank_transfer_get
-- Where does this customer send money?
select user_id, currency, addresses, available, updated_at
from bank_transfers
where user_id = ?1;
