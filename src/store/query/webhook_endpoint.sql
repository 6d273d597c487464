-- name: webhook_endpoint_insert
-- Somebody else is told of events.
insert into webhook_endpoints (id, url, description, types, metadata, secret, secret_before,
                               secret_before_until, status, disabled_reason, disabled_at,
                               failing_since, created_at, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14);

-- name: webhook_endpoint_replace
-- What changes about an endpoint, whatever it is.
update webhook_endpoints
set url = ?2,
    description = ?3,
    types = ?4,
    metadata = ?5,
    secret = ?6,
    secret_before = ?7,
    secret_before_until = ?8,
    status = ?9,
    disabled_reason = ?10,
    disabled_at = ?11,
    failing_since = ?12,
    created_at = ?13,
    updated_at = ?14
where id = ?1;

-- name: webhook_endpoint_get
-- Who is this?
select id, url, description, types, metadata, secret, secret_before, secret_before_until, status,
       disabled_reason, disabled_at, failing_since, created_at, updated_at
from webhook_endpoints
where id = ?1;

-- name: webhook_endpoint_list
-- Who is told of events? Few, the oldest first.
select id, url, description, types, metadata, secret, secret_before, secret_before_until, status,
       disabled_reason, disabled_at, failing_since, created_at, updated_at
from webhook_endpoints
order by id
limit ?1;

-- name: webhook_endpoint_failing
-- Since when do attempts fail, without one that did not?
update webhook_endpoints
set failing_since = ?2
where id = ?1;

-- name: webhook_endpoint_delete
-- It is told no more.
delete from webhook_endpoints
where id = ?1;
