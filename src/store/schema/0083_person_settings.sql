-- In which language, locale and time zone a person reads pages, and on which weekday (1: Monday) their week begins; empty and 0:
-- not chosen.
alter table appearances add column language {text} not null default '';
alter table appearances add column locale {text} not null default '';
alter table appearances add column time_zone {text} not null default '';
alter table appearances add column first_weekday {int} not null default 0;
