-- name: appearance_put
-- How this person wants pages to look from now on.
insert into appearances (person_id, scheme)
values (?1, ?2)
on conflict (person_id) do update
set scheme = excluded.scheme;

-- name: appearance_get
-- How does this person want pages to look?
select person_id, scheme
from appearances
where person_id = ?1;
