-- What the pages' policy has stopped, as browsers told: once for each directive, origin and page.
-- Nothing says who was told of; `page` is an address of ours without its ids.
create table csp_reports (
    id {text} not null primary key,
    directive {text} not null,
    blocked {text} not null,
    page {text} not null,
    first_at {int} not null,
    last_at {int} not null,
    count {int} not null
) {strict};
create unique index csp_reports_once on csp_reports (directive, blocked, page);
