-- name: csp_report_put
-- One of these was told, once or more often.
insert into csp_reports (id, directive, blocked, page, first_at, last_at, count)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
on conflict (directive, blocked, page) do update
set last_at = excluded.last_at,
    count = csp_reports.count + excluded.count;

-- name: csp_report_find
-- Was one like it told before?
select id, directive, blocked, page, first_at, last_at, count
from csp_reports
where directive = ?1
  and blocked = ?2
  and page = ?3;

-- name: csp_report_page
-- Which were told first before this one, the newest first?
select id, directive, blocked, page, first_at, last_at, count
from csp_reports
where id < ?1
order by id desc
limit ?2;

-- name: csp_report_count
-- How many are kept? The table is short: its maximum is declared. /*fanout*/
select count(*)
from csp_reports;

-- name: csp_report_since
-- Which were told since then, the last one first? /*fanout*/
select id, directive, blocked, page, first_at, last_at, count
from csp_reports
where last_at >= ?1
order by last_at desc, id desc
limit ?2;

-- name: csp_report_forget
-- Those that were told last before then. /*fanout*/
delete from csp_reports
where id in (select id
             from csp_reports
             where last_at < ?1
             limit ?2);
