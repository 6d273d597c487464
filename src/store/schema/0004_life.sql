-- What a subscription's life needs to know: the plan ahead that it follows at Stripe, the coupon that
-- lowers its price, the end of its trial; what a quote was made for; the address that tax is by.
alter table subscriptions add column stripe_schedule_id {text};
alter table subscriptions add column coupon {text};
alter table subscriptions add column trial_ends_at {int};
alter table quotes add column coupon {text};
alter table customers add column address {text};
alter table customers add column tax_ids {text};
