-- How a person wants pages to look; no row: as their system does.
create table appearances (
    person_id {text} not null primary key,
    scheme {text} not null
) {strict};
