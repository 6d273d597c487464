-- What nodes hold of a customer's allowance, to spend without asking. Figures are cumulative since
-- the node's epoch began; outstanding = granted - taken + released - returned, while it counts.
create table leases (
    user_id {text} not null,
    metric {text} not null,
    period_start {int} not null,
    node {text} not null,
    epoch {text} not null,
    period_end {int} not null,
    granted {int} not null,
    granted_most {int} not null,
    taken {int} not null,
    released {int} not null,
    returned {int} not null,
    recorded {int} not null,
    outstanding {int} not null,
    rate {int} not null,
    is_open {int} not null,
    state {text} not null,
    ends_at {int} not null,
    recalled_at {int},
    updated_at {int} not null,
    primary key (user_id, metric, period_start, node, epoch)
) {strict};
create index leases_of_node on leases (node, epoch) where outstanding > 0;
create index leases_due on leases (ends_at) where outstanding > 0 and state in ('open', 'ending');
create index leases_over on leases (period_end);

-- Which run of a node is its newest, and whether it has said its last word: what is overtaken by
-- that is granted nothing more.
create table lease_nodes (
    node {text} not null,
    epoch {text} not null,
    is_ended {int} not null,
    seen_at {int} not null,
    primary key (node)
) {strict};
