-- Which operator looks after a customer; no row: nobody does.
create table customer_owners (
    user_id {text} not null primary key,
    person_id {text} not null,
    assigned_at {int} not null
) {strict};
create index customer_owners_by_person on customer_owners (person_id, user_id);
