-- What operators look at each day: one stream of all that happened with a customer, paid subscriptions by where they
-- stand, and alerts.
create index webhook_events_of_customer on webhook_events (user_id, received_at, stripe_event_id);
create index webhook_deliveries_of_customer on webhook_deliveries (user_id, id);
create index subscriptions_standing on subscriptions
    (status, user_id, tier, plan_version, billing_interval, cancel_at_period_end, access_until)
    where ended_at is null and stripe_subscription_id is not null;
create index subscriptions_ended on subscriptions (ended_at, user_id)
    where ended_at is not null and stripe_subscription_id is not null;
create index mails_by_kind on mails (kind, id);
