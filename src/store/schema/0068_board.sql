-- Where paid subscriptions stand is counted, and those that the clock may have left behind are found, in one index alone.

create index subscriptions_board on subscriptions
    (tier, plan_version, billing_interval, status, cancel_at_period_end, past_due_since, access_until, current_period_end,
     trial_ends_at, user_id, ended_at, stripe_subscription_id)
    where ended_at is null and stripe_subscription_id is not null;
