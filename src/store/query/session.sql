-- name: session_insert
-- Somebody signed in.
insert into sessions (token_hash, id, kind, person_id, user_id, is_pending, created_at, seen_at,
                      expires_at, authenticated_at, mfa_at, methods, address, user_agent, reason)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15);

-- name: session_standing
-- Who is this, and what may they do as of now?
select s.token_hash, s.id, s.kind, s.person_id, s.user_id, s.is_pending, s.created_at, s.seen_at,
       s.expires_at, s.authenticated_at, s.mfa_at, s.methods, s.address, s.user_agent, s.reason,
       m.role, p.operator_role, p.disabled_at
from sessions s
join people p on p.id = s.person_id
left join members m on m.user_id = s.user_id and m.person_id = s.person_id
where s.token_hash = ?1;

-- name: session_list
-- Where is this person signed in?
select token_hash, id, kind, person_id, user_id, is_pending, created_at, seen_at,
       expires_at, authenticated_at, mfa_at, methods, address, user_agent, reason
from sessions
where person_id = ?1
order by created_at desc, id desc
limit ?2;

-- name: session_seen
-- It was used just now.
update sessions
set seen_at = ?2
where token_hash = ?1
  and seen_at < ?2;

-- name: session_prove
-- Its person has proved something; from now on it has another secret.
update sessions
set token_hash = ?2,
    is_pending = ?3,
    seen_at = ?4,
    authenticated_at = ?4,
    mfa_at = ?5,
    methods = ?6
where token_hash = ?1;

-- name: session_delete
-- Somebody signed out.
delete from sessions
where token_hash = ?1;

-- name: session_delete_of
-- A person ends one of their sessions.
delete from sessions
where person_id = ?1
  and id = ?2;

-- name: session_delete_all
-- A person ends all of their sessions, but this one.
delete from sessions
where person_id = ?1
  and id <> ?2;

-- name: session_delete_member
-- A person is no longer a member of this customer.
delete from sessions
where user_id = ?1
  and person_id = ?2;

-- name: session_delete_operator
-- A person operates no longer.
delete from sessions
where person_id = ?1
  and kind in ('operator', 'impersonation');

-- name: session_prune
-- Sessions that ended before this instant are forgotten.
delete from sessions
where expires_at < ?1;

-- name: challenge_prune
-- Challenges that nobody answered in time are forgotten.
delete from challenges
where expires_at < ?1;

-- name: sign_in_link_insert
-- A link that does something for its bearer, once.
insert into sign_in_links (token_hash, purpose, person_id, user_id, return_path, authenticated_at,
                           mfa_at, methods, reason, expires_at, used_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: sign_in_link_get
-- Where does this link lead?
select token_hash, purpose, person_id, user_id, return_path, authenticated_at,
       mfa_at, methods, reason, expires_at, used_at
from sign_in_links
where token_hash = ?1;

-- name: sign_in_link_use
-- A link works once.
update sign_in_links
set used_at = ?2
where token_hash = ?1
  and used_at is null;

-- name: sign_in_link_withdraw
-- Links of this kind for this person are worth nothing any more.
update sign_in_links
set used_at = ?3
where purpose = ?1
  and person_id = ?2
  and used_at is null;

-- name: sign_in_link_prune
-- Links that ended before this instant are forgotten.
delete from sign_in_links
where expires_at < ?1;
