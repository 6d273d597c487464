-- name: release_get
-- What did the release of this name give back?
select user_id, id, metric, amount, take_id, created_at
from releases
where user_id = ?1
  and id = ?2;

-- name: release_insert
-- This release has given back, and does so no second time.
insert into releases (user_id, id, metric, amount, take_id, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: release_prune
-- Releases older than this are forgotten. /*fanout*/
delete from releases
where created_at < ?1;
