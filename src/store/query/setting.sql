-- name: setting_get
-- What is the installation's setting of this name?
select value
from settings
where name = ?1;

-- name: setting_put
-- Remember a setting, replacing what it was.
insert into settings (name, value)
values (?1, ?2)
on conflict (name) do update
set value = excluded.value;
