-- Who was shown what (core/experiment.h): a row when the differing price or page is first rendered for a unit.

-- `unit_id` is a visitor's random id, or the account's; `user_id` is the account, empty of a visitor who has none yet. `versions` are
-- those of the plans that were shown, "starter=2 professional=0". `source` is rendered, override or imported. `excluded` says why a unit is
-- in no figure: override, crossed (its account saw two arms), duplicate (its account is counted already), imported_twice; empty: it counts.
create table experiment_units (
    experiment_id {text} not null,
    unit_id {text} not null,
    user_id {text} not null,
    arm {int} not null,
    source {text} not null,
    excluded {text} not null,
    versions {text} not null,
    page {text} not null,
    country {text} not null,
    device {text} not null,
    exposed_at {int} not null,
    primary key (experiment_id, unit_id)
) {strict};
create index experiment_units_of_customer on experiment_units (user_id, experiment_id) where user_id <> '';
create index experiment_units_of_unit on experiment_units (unit_id);

-- Units that people who try it out have put into an arm by hand.
create table experiment_overrides (
    experiment_id {text} not null,
    unit_id {text} not null,
    arm {int} not null,
    set_by {text} not null,
    set_at {int} not null,
    primary key (experiment_id, unit_id)
) {strict};
