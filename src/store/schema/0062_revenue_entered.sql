-- What operators enter beside the facts of revenue: rates of exchange, what was spent to win customers, what is aimed at. Each entry
-- stands; a later one of the same name takes its place from then on.
create table revenue_rates (
    number {int} not null primary key,
    currency {text} not null,
    at {int} not null,
    micros {int} not null,
    entered_by {text} not null
) {strict};

create table revenue_spend (
    month {int} not null,
    entered_at {int} not null,
    minor {int} not null,
    entered_by {text} not null,
    primary key (month, entered_at)
) {strict};

create table revenue_targets (
    name {text} not null,
    entered_at {int} not null,
    value {int} not null,
    reason {text} not null,
    entered_by {text} not null,
    primary key (name, entered_at)
) {strict};
