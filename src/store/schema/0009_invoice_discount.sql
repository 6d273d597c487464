-- What coupons took off an invoice, and which one did, in the provider's name for it: null and empty on
-- what was mirrored before.
alter table invoices add column discount {int};
alter table invoices add column coupon {text} not null default '';
