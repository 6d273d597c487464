-- Alerts that customers set on what they use and on what they will be billed. `metric` is null of a budget of money;
-- `amount` is null of a rule that follows the limit. Of budgets the last three say how they stood when they were last
-- looked at; `look_at` is when they are next, whether or not anything is used at that moment.
create table usage_alerts (
    user_id {text} not null,
    id {text} not null,
    metric {text},
    basis {text} not null,
    amount {int},
    currency {text},
    thresholds {text} not null,
    action {text} not null,
    recipients {text} not null,
    request_key {text} not null,
    look_at {int} not null,
    created_at {int} not null,
    updated_at {int} not null,
    seen_value {int},
    seen_cycle {int},
    seen_at {int},
    primary key (user_id, id)
) {strict};
create index usage_alerts_due on usage_alerts (look_at);
-- Each threshold that was told, of which base and in which cycle. A gauge that has fallen far enough below is armed
-- again, and so are all of a rule that is changed.
create table usage_alert_firings (
    user_id {text} not null,
    id {text} not null,
    alert_id {text} not null,
    metric {text},
    basis {text} not null,
    threshold {int} not null,
    value {int} not null,
    base {int} not null,
    currency {text},
    cycle_start {int} not null,
    recipients {int} not null,
    fired_at {int} not null,
    rearmed_at {int},
    primary key (user_id, id)
) {strict};
create index usage_alert_firings_told on usage_alert_firings (user_id, alert_id, base);
