-- name: key_insert
-- A new key; only its hash is kept.
insert into api_keys (key_hash, id, name, prefix, last4, scopes, created_at, expires_at, revoked_at,
                      ip_allowlist, last_used_at, created_by)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- name: key_get
-- What may the bearer of this key do?
select key_hash, id, name, prefix, last4, scopes, created_at, expires_at, revoked_at, ip_allowlist,
       last_used_at, created_by
from api_keys
where key_hash = ?1;

-- name: key_by_id
-- Which key has this id?
select key_hash, id, name, prefix, last4, scopes, created_at, expires_at, revoked_at, ip_allowlist,
       last_used_at, created_by
from api_keys
where id = ?1;

-- name: key_list
-- Which keys are there, the newest first?
select key_hash, id, name, prefix, last4, scopes, created_at, expires_at, revoked_at, ip_allowlist,
       last_used_at, created_by
from api_keys
order by created_at desc, id desc
limit ?1;

-- name: key_revoke
-- From now on it opens nothing; a key that was revoked before keeps its instant.
update api_keys
set revoked_at = coalesce(revoked_at, ?2)
where id = ?1;

-- name: key_end
-- It opens nothing from then on, or from when it would have ended before that.
update api_keys
set expires_at = min(coalesce(expires_at, ?2), ?2)
where id = ?1;

-- name: key_used
-- It was used, and not before what is known.
update api_keys
set last_used_at = max(coalesce(last_used_at, ?2), ?2)
where id = ?1;
