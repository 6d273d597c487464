-- name: key_insert
-- A new key; only its hash is kept.
insert into api_keys (key_hash, id, name, prefix, last4, scopes, created_at, expires_at, revoked_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: key_get
-- What may the bearer of this key do?
select key_hash, id, name, prefix, last4, scopes, created_at, expires_at, revoked_at
from api_keys
where key_hash = ?1;

-- name: key_by_id
-- Which key has this id?
select key_hash, id, name, prefix, last4, scopes, created_at, expires_at, revoked_at
from api_keys
where id = ?1;

-- name: key_revoke
-- From now on it opens nothing; a key that was revoked before keeps its instant.
update api_keys
set revoked_at = coalesce(revoked_at, ?2)
where id = ?1;
