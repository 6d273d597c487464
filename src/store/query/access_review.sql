-- name: access_review_insert
-- A review begins.
insert into access_reviews (id, status, opened_by, opened_at, due_at, closed_at, told)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: access_review_set
-- How it stands now; what is closed stays as it is.
update access_reviews
set status = ?2,
    opened_by = ?3,
    opened_at = ?4,
    due_at = ?5,
    closed_at = ?6,
    told = ?7
where id = ?1
  and status = 'open';

-- name: access_review_get
-- How does this review stand?
select id, status, opened_by, opened_at, due_at, closed_at, told
from access_reviews
where id = ?1;

-- name: access_review_page
-- Which reviews were there before this one, the newest first?
select id, status, opened_by, opened_at, due_at, closed_at, told
from access_reviews
where id < ?1
order by id desc
limit ?2;

-- name: access_review_now
-- Which review is open?
select id, status, opened_by, opened_at, due_at, closed_at, told
from access_reviews
where status = 'open';

-- name: access_review_began
-- When did the first server start, from which on the time is counted where there was no review?
select min(at)
from program_starts;

-- name: access_review_item_insert
-- Somebody, or a key, is to be looked at.
insert into access_review_items (id, review_id, kind, subject, held, decision, becomes, reason,
                                 decided_by, decided_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: access_review_item_decide
-- Somebody has decided, once.
update access_review_items
set review_id = ?2,
    kind = ?3,
    subject = ?4,
    held = ?5,
    decision = ?6,
    becomes = ?7,
    reason = ?8,
    decided_by = ?9,
    decided_at = ?10
where id = ?1
  and decision = '';

-- name: access_review_item_get
-- What is to be looked at here?
select id, review_id, kind, subject, held, decision, becomes, reason, decided_by, decided_at
from access_review_items
where review_id = ?1
  and id = ?2;

-- name: access_review_items
-- What is looked at in this review?
select id, review_id, kind, subject, held, decision, becomes, reason, decided_by, decided_at
from access_review_items
where review_id = ?1
order by id
limit ?2;

-- name: access_review_left
-- Of how many has nobody decided?
select count(*)
from access_review_items
where review_id = ?1
  and decision = '';

-- name: access_review_overdue
-- Nobody has decided in time.
update access_review_items
set decision = 'overdue'
where review_id = ?1
  and decision = '';
