-- What customers say, what operators make of it, and what customers are asked.

-- name: feedback_insert
-- This customer has said something.
insert into feedback (user_id, id, kind, cause, status, person_id, score, reason, comment, page, may_reply, tier, band,
                      monthly, currency, month, themes, reply, replied_by, replied_at, closed_at, request_key, created_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23);

-- name: feedback_get
-- What is this? Only operators ask by the id alone. /*fanout*/
select user_id, id, kind, cause, status, person_id, score, reason, comment, page, may_reply, tier, band, monthly, currency,
       month, themes, reply, replied_by, replied_at, closed_at, request_key, created_at
from feedback
where id = ?1;

-- name: feedback_by_key
-- Was this said before, by the same request?
select user_id, id, kind, cause, status, person_id, score, reason, comment, page, may_reply, tier, band, monthly, currency,
       month, themes, reply, replied_by, replied_at, closed_at, request_key, created_at
from feedback
where user_id = ?1
  and request_key = ?2;

-- name: feedback_put_status
-- Where it stands now, and what was replied.
update feedback
set status = ?3,
    themes = ?4,
    reply = ?5,
    replied_by = ?6,
    replied_at = ?7,
    closed_at = ?8
where user_id = ?1
  and id = ?2;

-- name: feedback_page
-- What was said before this one, the newest first? Empty words leave nothing out. /*fanout*/
select user_id, id, kind, cause, status, person_id, score, reason, comment, page, may_reply, tier, band, monthly, currency,
       month, themes, reply, replied_by, replied_at, closed_at, request_key, created_at
from feedback f
where id < ?1
  and (?2 = '' or kind = ?2)
  and (?3 = '' or status = ?3)
  and (?4 = '' or tier = ?4)
  and (?5 = '' or reason = ?5)
  and (?6 = '' or user_id = ?6)
  and (?7 = '' or exists (select 1
                          from feedback_themes t
                          where t.user_id = f.user_id
                            and t.feedback_id = f.id
                            and t.theme = ?7))
order by id desc
limit ?8;

-- name: feedback_of_customer
-- What has this customer said before this one, the newest first?
select user_id, id, kind, cause, status, person_id, score, reason, comment, page, may_reply, tier, band, monthly, currency,
       month, themes, reply, replied_by, replied_at, closed_at, request_key, created_at
from feedback
where user_id = ?1
  and id < ?2
order by id desc
limit ?3;

-- name: feedback_said_since
-- How much has this customer said since, and when first of that? Why they left does not count.
select count(*), min(created_at)
from feedback
where user_id = ?1
  and created_at > ?2
  and kind <> 'cancel';

-- name: feedback_last_score
-- When did this customer last answer with a score?
select max(created_at)
from feedback
where user_id = ?1
  and kind = 'nps';

-- name: feedback_theme_put
-- This is heard in it.
insert into feedback_themes (user_id, feedback_id, theme, created_at)
values (?1, ?2, ?3, ?4)
on conflict (user_id, feedback_id, theme) do nothing;

-- name: feedback_theme_drop
-- Nothing is heard in it.
delete from feedback_themes
where user_id = ?1
  and feedback_id = ?2;

-- name: feedback_theme_sums
-- Which themes weigh how much, the heaviest first? Each customer weighs once, by what they brought when they said it; by
-- currency. /*fanout*/
select theme, currency, sum(pieces), count(*), sum(monthly), min(first_at), max(last_at)
from (select t.theme as theme, f.user_id as user_id, f.currency as currency, count(*) as pieces, max(f.monthly) as monthly,
             min(f.created_at) as first_at, max(f.created_at) as last_at
      from feedback_themes t
      join feedback f on f.user_id = t.user_id and f.id = t.feedback_id
      where f.created_at >= ?1
        and f.created_at < ?2
      group by t.theme, f.user_id, f.currency) said
group by theme, currency
order by sum(monthly) desc, theme, currency
limit ?3;

-- name: feedback_scores
-- How many promote, are passive, detract, by plan, month, cause or band, or all together? /*fanout*/
select part, sum(promotes), sum(passive), sum(detracts)
from (select case ?1 when 'plan' then tier when 'month' then month when 'cause' then cause when 'band' then band
             else 'all' end as part,
             case when score >= 9 then 1 else 0 end as promotes,
             case when score >= 7 and score < 9 then 1 else 0 end as passive,
             case when score < 7 then 1 else 0 end as detracts
      from feedback
      where kind = 'nps'
        and created_at >= ?2
        and created_at < ?3) answers
group by part
order by part desc
limit ?4;

-- name: feedback_reason_sums
-- Why was what cancelled, by month, plan and currency? /*fanout*/
select month, tier, coalesce(reason, ''), currency, count(*), sum(monthly)
from feedback
where kind = 'cancel'
  and created_at >= ?1
  and created_at < ?2
group by month, tier, reason, currency
order by month desc, sum(monthly) desc, count(*) desc, tier, reason, currency
limit ?3;

-- name: feedback_theme_is_heard
-- Has anybody said anything in which this is heard? /*fanout*/
select 1
from feedback_themes
where theme = ?1
limit 1;

-- name: roadmap_link_put
-- A theme leads to this.
insert into feedback_roadmap (theme, title, url, status, linked_by, linked_at)
values (?1, ?2, ?3, ?4, ?5, ?6)
on conflict (theme) do update
set title = excluded.title,
    url = excluded.url,
    status = excluded.status,
    linked_by = excluded.linked_by,
    linked_at = excluded.linked_at;

-- name: roadmap_link_get
-- To what does this theme lead?
select theme, title, url, status, linked_by, linked_at
from feedback_roadmap
where theme = ?1;

-- name: roadmap_link_list
-- Which themes lead to what?
select theme, title, url, status, linked_by, linked_at
from feedback_roadmap
order by theme
limit ?1;

-- name: roadmap_link_drop
-- A theme leads nowhere any more.
delete from feedback_roadmap
where theme = ?1;

-- name: feedback_question_insert
-- Something leads to a question.
insert into feedback_questions (user_id, id, cause, asked_by, occasion_at, asked_at, ended_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: feedback_question_open
-- What would this customer be asked, the newest first?
select user_id, id, cause, asked_by, occasion_at, asked_at, ended_at
from feedback_questions
where user_id = ?1
  and ended_at is null
order by id desc
limit 1;

-- name: feedback_question_asked
-- It is put for the first time.
update feedback_questions
set asked_at = ?3
where user_id = ?1
  and id = ?2
  and asked_at is null;

-- name: feedback_question_last
-- When was another question than this last put?
select max(asked_at)
from feedback_questions
where user_id = ?1
  and id <> ?2;

-- name: feedback_question_end
-- Nothing of it is open any more.
update feedback_questions
set ended_at = ?2
where user_id = ?1
  and ended_at is null;

-- name: feedback_forget
-- What was said before then is not kept. /*fanout*/
delete from feedback
where id in (select id
             from feedback
             where created_at < ?1
             limit ?2);

-- name: feedback_theme_forget
-- Nor what was heard in it. /*fanout*/
delete from feedback_themes
where feedback_id in (select feedback_id
                      from feedback_themes
                      where created_at < ?1
                      limit ?2);

-- name: feedback_question_forget
-- Nor what was asked. /*fanout*/
delete from feedback_questions
where id in (select id
             from feedback_questions
             where occasion_at < ?1
             limit ?2);
