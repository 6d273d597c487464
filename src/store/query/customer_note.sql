-- name: customer_note_insert
-- Somebody who operates has noted something about this customer.
insert into customer_notes (user_id, id, author, note, created_at)
values (?1, ?2, ?3, ?4, ?5);

-- name: customer_note_page
-- What was noted before this, the newest first?
select user_id, id, author, note, created_at
from customer_notes
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;
