-- Figures of experiments are counted in these indexes alone, however many units there are: by the day on which a unit was first shown
-- something, by country, by kind of device; those in no figure; those that have an account.
create index experiment_units_by_day on experiment_units (experiment_id, (exposed_at / 86400000), arm, excluded) where excluded = '';
create index experiment_units_by_country on experiment_units (experiment_id, country, arm, excluded) where excluded = '';
create index experiment_units_by_device on experiment_units (experiment_id, device, arm, excluded) where excluded = '';
create index experiment_units_left_out on experiment_units (experiment_id, arm, excluded) where excluded <> '';
create index experiment_units_accounts on experiment_units (experiment_id, exposed_at, arm, user_id, excluded) where excluded = '' and user_id <> '';
-- What customers paid for, and when.
create index subscriptions_paid on subscriptions
    (user_id, created_at, ended_at, trial_ends_at, status, tier, plan_version, billing_interval, stripe_subscription_id) where stripe_subscription_id is not null;
