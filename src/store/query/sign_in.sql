-- name: sign_in_insert
-- Somebody came in, or tried to.
insert into sign_ins (person_id, id, at, method, outcome, address, user_agent)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: sign_in_list
-- Where has this person come in, the newest first?
select person_id, id, at, method, outcome, address, user_agent
from sign_ins
where person_id = ?1
order by id desc
limit ?2;

-- name: sign_in_forget
-- What is older than this, or beyond so many, is not kept.
delete from sign_ins
where person_id = ?1
  and (at < ?2
       or id not in (select id from sign_ins where person_id = ?1 order by id desc limit ?3));
