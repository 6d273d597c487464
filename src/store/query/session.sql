-- name: session_insert
-- Somebody signed in.
insert into sessions (token_hash, user_id, created_at, expires_at)
values (?1, ?2, ?3, ?4);

-- name: session_get
-- Who is this?
select token_hash, user_id, created_at, expires_at
from sessions
where token_hash = ?1;

-- name: session_delete
-- Somebody signed out.
delete from sessions
where token_hash = ?1;

-- name: session_prune
-- Sessions that ended before this instant are forgotten.
delete from sessions
where expires_at < ?1;

-- name: sign_in_link_insert
-- A link that signs its bearer in, once.
insert into sign_in_links (token_hash, user_id, return_path, expires_at, used_at)
values (?1, ?2, ?3, ?4, ?5);

-- name: sign_in_link_get
-- Where does this link lead?
select token_hash, user_id, return_path, expires_at, used_at
from sign_in_links
where token_hash = ?1;

-- name: sign_in_link_use
-- A link works once.
update sign_in_links
set used_at = ?2
where token_hash = ?1
  and used_at is null;

-- name: sign_in_link_prune
-- Links that ended before this instant are forgotten.
delete from sign_in_links
where expires_at < ?1;
