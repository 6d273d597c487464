-- name: data_key_insert
-- A new key, wrapped.
insert into data_keys (user_id, purpose, version, wrapped, kek_id, created_at, retired_at,
                       destroyed_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: data_key_get
-- Which key is this?
select user_id, purpose, version, wrapped, kek_id, created_at, retired_at, destroyed_at
from data_keys
where user_id = ?1
  and purpose = ?2
  and version = ?3;

-- name: data_key_newest
-- Under which key is sealed what is written now?
select user_id, purpose, version, wrapped, kek_id, created_at, retired_at, destroyed_at
from data_keys
where user_id = ?1
  and purpose = ?2
order by version desc
limit 1;

-- name: data_key_page
-- Which keys follow this one? /*fanout*/
select user_id, purpose, version, wrapped, kek_id, created_at, retired_at, destroyed_at
from data_keys
where (user_id, purpose, version) > (?1, ?2, ?3)
order by user_id, purpose, version
limit ?4;

-- name: data_key_rewrap
-- The same key, wrapped under another.
update data_keys
set wrapped = ?4,
    kek_id = ?5
where user_id = ?1
  and purpose = ?2
  and version = ?3
  and destroyed_at is null;

-- name: data_key_take_out
-- These are put back at once, where nothing of what lay there before is left. /*fanout*/
delete from data_keys
where (user_id, purpose, version) > (?1, ?2, ?3)
  and (user_id, purpose, version) <= (?4, ?5, ?6);

-- name: data_key_destroy
-- Nobody reads what is sealed under these any more.
update data_keys
set wrapped = '',
    kek_id = '',
    destroyed_at = ?3
where user_id = ?1
  and purpose = ?2
  and destroyed_at is null;

-- name: data_key_retire
-- Nothing of this customer's is sealed under earlier keys any more; backups may be.
update data_keys
set retired_at = ?3
where user_id = ?1
  and purpose in ('legal', 'pii', 'system')
  and version < ?2
  and retired_at is null
  and destroyed_at is null;

-- name: data_key_retire_people
-- The same of people, whose ids stand behind a word and a blank. /*fanout*/
update data_keys
set retired_at = ?2
where user_id > 'person '
  and user_id < 'person!'
  and version < ?1
  and retired_at is null
  and destroyed_at is null;

-- name: data_key_prune
-- Backups of so long ago are gone, and what they needed goes. /*fanout*/
delete from data_keys
where (user_id, purpose, version) in (select user_id, purpose, version
                                      from data_keys
                                      where retired_at < ?1
                                      limit ?2);

-- name: data_key_forget_all
-- The keys of this copy are kept elsewhere. /*fanout*/
delete from data_keys;
