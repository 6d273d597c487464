-- name: appearance_put
-- How this person wants pages to look from now on.
insert into appearances (person_id, scheme)
values (?1, ?2)
on conflict (person_id) do update
set scheme = excluded.scheme;

-- name: appearance_put_settings
-- In which language and zone this person reads pages from now on; how these look stays.
insert into appearances (person_id, scheme, language, locale, time_zone, first_weekday)
values (?1, ?2, ?3, ?4, ?5, ?6)
on conflict (person_id) do update
set language = excluded.language,
    locale = excluded.locale,
    time_zone = excluded.time_zone,
    first_weekday = excluded.first_weekday;

-- name: appearance_get
-- How does this person want pages to look and to be written?
select person_id, scheme, language, locale, time_zone, first_weekday
from appearances
where person_id = ?1;
