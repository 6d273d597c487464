-- name: operation_insert
-- A change that needs the outside world begins.
insert into operations (user_id, id, kind, status, request, result_code, result, created_at,
                        finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: operation_get
-- How does this operation stand?
select user_id, id, kind, status, request, result_code, result, created_at, finished_at
from operations
where user_id = ?1
  and id = ?2;

-- name: operation_finish
-- An operation ended, once.
update operations
set status = ?3,
    result_code = ?4,
    result = ?5,
    finished_at = ?6
where user_id = ?1
  and id = ?2
  and status = 'pending';

-- name: operation_open
-- Is a change of this customer under way?
select user_id, id, kind, status, request, result_code, result, created_at, finished_at
from operations
where user_id = ?1
  and status = 'pending';

-- name: operation_count
-- How many changes of this kind did this customer ever ask for?
select count(*)
from operations
where user_id = ?1
  and kind = ?2;

-- name: idempotency_get
-- Has this client key been used, and for what?
select request_hash, operation_id
from idempotency_keys
where user_id = ?1
  and idempotency_key = ?2;

-- name: idempotency_insert
-- A client key starts an operation.
insert into idempotency_keys (user_id, idempotency_key, request_hash, operation_id, created_at)
values (?1, ?2, ?3, ?4, ?5);

-- name: idempotency_prune
-- Keys older than this are forgotten. /*fanout*/
delete from idempotency_keys
where (user_id, idempotency_key) in (select user_id, idempotency_key
                                     from idempotency_keys
                                     where created_at < ?1
                                     limit ?2);
