-- How many hold each version of a plan is counted in the index alone.

create index subscriptions_held on subscriptions (tier, plan_version, billing_interval) where ended_at is null;
