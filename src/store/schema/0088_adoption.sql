-- What customers reach for: that they were warned of a limit (kind warning) or refused more of a metric (block), and asked for a feature
-- that their plan lacks (denied_feature) or has (used_feature). One row a day for each; `name` is the metric or the feature, `day`
-- counts from 1970. A feature is asked for by name (GET /api/entitlements).
create table adoption_signals (
    user_id {text} not null,
    day {int} not null,
    kind {text} not null,
    name {text} not null,
    primary key (user_id, day, kind, name)
) {strict}
-- only: sqlite
, without rowid
-- end only
;

-- Each upgrade, of kind upgrade; and once more for each signal that counted on its day: by kind and name, by kind with an empty name, and
-- of kind any. `seq` is the row's in revenue_movements.
create table adoption_upgrades (
    kind {text} not null,
    name {text} not null,
    day {int} not null,
    user_id {text} not null,
    seq {int} not null,
    primary key (kind, name, day, user_id, seq)
) {strict}
-- only: sqlite
, without rowid
-- end only
;

-- Sums of both, by the same kinds and names. `reach` has differences: the sum up to a day says for how many customers a signal counted on
-- it, 14 days long from its own on, 28 of used_feature.
create table adoption_days (
    kind {text} not null,
    name {text} not null,
    day {int} not null,
    reach {int} not null,
    upgrades {int} not null,
    primary key (kind, name, day)
) {strict}
-- only: sqlite
, without rowid
-- end only
;
