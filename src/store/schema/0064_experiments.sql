-- Experiments with prices and with the page that shows them (core/experiment.h).

-- `plan` is what was written down, as JSON in canonical form; `plan_hash` is over it once it is registered, and neither changes
-- from then on. `layer` is empty of one that shares no buckets; those of one layer share `layer_salt`.
create table experiments (
    id {text} not null primary key,
    name {text} not null,
    title {text} not null,
    state {text} not null,
    salt {text} not null,
    layer {text} not null,
    layer_salt {text} not null,
    plan {text} not null,
    plan_hash {text} not null,
    monthly_units {int} not null,
    created_by {text} not null,
    created_at {int} not null,
    registered_at {int},
    started_at {int},
    paused_at {int},
    ended_at {int},
    decided_at {int},
    decided_arm {text} not null
) {strict};
create unique index experiments_by_name on experiments (name);
create index experiments_showing on experiments (id) where state in ('registered', 'running', 'paused');

-- Why it is in its state: what was done with it, the oldest first. `event` is one of core's, or "srm".
create table experiment_log (
    experiment_id {text} not null,
    id {text} not null,
    event {text} not null,
    actor {text} not null,
    reason {text} not null,
    at {int} not null,
    primary key (experiment_id, id)
) {strict};
