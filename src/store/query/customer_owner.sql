-- name: customer_owner_put
-- This operator, and no other, looks after this customer from now on.
insert into customer_owners (user_id, person_id, assigned_at)
values (?1, ?2, ?3)
on conflict (user_id) do update
set person_id = excluded.person_id,
    assigned_at = excluded.assigned_at;

-- name: customer_owner_drop
-- Nobody looks after this customer any more.
delete from customer_owners
where user_id = ?1;
