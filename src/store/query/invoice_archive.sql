-- name: invoice_archive_insert
-- Somebody asks for the invoices of a year.
insert into invoice_archives (user_id, id, year, status, person_id, requested_at, finished_at, expires_at,
                              size, sha256, papers, missing)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- name: invoice_archive_set
-- How it stands now.
update invoice_archives
set year = ?3,
    status = ?4,
    person_id = ?5,
    requested_at = ?6,
    finished_at = ?7,
    expires_at = ?8,
    size = ?9,
    sha256 = ?10,
    papers = ?11,
    missing = ?12
where user_id = ?1
  and id = ?2;

-- name: invoice_archive_get
-- What became of this one of a customer's?
select user_id, id, year, status, person_id, requested_at, finished_at, expires_at, size, sha256,
       papers, missing
from invoice_archives
where user_id = ?1
  and id = ?2;

-- name: invoice_archive_of
-- Which has this customer asked for, the newest first?
select user_id, id, year, status, person_id, requested_at, finished_at, expires_at, size, sha256,
       papers, missing
from invoice_archives
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: invoice_archive_next
-- Which file is to be made next, or was being made, whoever asked? /*fanout*/
select user_id, id, year, status, person_id, requested_at, finished_at, expires_at, size, sha256,
       papers, missing
from invoice_archives
where status = 'running'
order by id
limit 1;

-- name: invoice_archive_like
-- Is the same year being made for the same person?
select user_id, id, year, status, person_id, requested_at, finished_at, expires_at, size, sha256,
       papers, missing
from invoice_archives
where user_id = ?1
  and status = 'running'
  and year = ?2
  and person_id = ?3
limit 1;

-- name: invoice_archive_count
-- How many of this customer's are being made, or are kept?
select count(*)
from invoice_archives
where user_id = ?1
  and status in ('running', 'ready');

-- name: invoice_archive_old
-- Which files have been kept long enough, whosever they are? /*fanout*/
select user_id, id, year, status, person_id, requested_at, finished_at, expires_at, size, sha256,
       papers, missing
from invoice_archives
where status = 'ready'
  and expires_at <= ?1
order by id
limit ?2;

-- name: invoice_archive_papers
-- How many papers of a year has this customer?
select count(*)
from invoices
where user_id = ?1
  and created_at >= ?2
  and created_at < ?3
  and number is not null;

-- name: invoice_archive_piece_put
-- The next piece of a file.
insert into invoice_archive_pieces (archive_id, number, user_id, body)
values (?1, ?2, ?3, ?4)
on conflict (archive_id, number) do update
set user_id = excluded.user_id,
    body = excluded.body;

-- name: invoice_archive_piece_get
-- One piece of a file; whoever asks has looked up whose it is. /*fanout*/
select archive_id, number, user_id, body
from invoice_archive_pieces
where archive_id = ?1
  and number = ?2;

-- name: invoice_archive_pieces_drop
-- A few pieces of a file that nobody may have any more; how many files there are is small. /*fanout*/
with recursive files (id) as (
    select min(archive_id) from invoice_archive_pieces
    union all
    select (select min(archive_id) from invoice_archive_pieces where archive_id > files.id)
    from files
    where files.id is not null
),
gone (id) as (
    select files.id
    from files
    where files.id is not null
      and not exists (select 1
                      from invoice_archives
                      where invoice_archives.id = files.id
                        and invoice_archives.status in ('running', 'ready'))
    limit 1
)
delete from invoice_archive_pieces
where (archive_id, number) in (select archive_id, number
                          from invoice_archive_pieces
                          where archive_id in (select id from gone)
                          limit ?1);
