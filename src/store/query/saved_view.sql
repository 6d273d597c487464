-- name: saved_view_insert
-- Somebody keeps a choice of a list.
insert into saved_views (id, person_id, list, name, query, is_shared, created_at, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: saved_view_update
-- It is called so, and chooses this, from now on.
update saved_views
set name = ?2,
    query = ?3,
    is_shared = ?4,
    updated_at = ?5
where id = ?1;

-- name: saved_view_delete
-- It is kept no more.
delete from saved_views
where id = ?1;

-- name: saved_view_get
-- Which one is this?
select id, person_id, list, name, query, is_shared, created_at, updated_at
from saved_views
where id = ?1;

-- name: saved_view_named
-- Which one does this person call so?
select id, person_id, list, name, query, is_shared, created_at, updated_at
from saved_views
where person_id = ?1
  and list = ?2
  and name = ?3;

-- name: saved_view_own
-- Which does this person keep?
select id, person_id, list, name, query, is_shared, created_at, updated_at
from saved_views
where person_id = ?1
  and list = ?2
order by name
limit ?3;

-- name: saved_view_seen
-- Which may this person choose, the oldest first?
select id, person_id, list, name, query, is_shared, created_at, updated_at
from saved_views
where list = ?1
  and (person_id = ?2 or is_shared = 1)
  and id > ?3
order by id
limit ?4;
