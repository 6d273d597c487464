-- The proof of the facts of revenue, and their sums made anew. What rows add to the sums is a view: revenue_entries.

-- name: revenue_accounts_of_turn
-- Which accounts are proved in this turn, after this one, and which stand otherwise than their last row says? /*fanout*/
select revenue_accounts.user_id,
       case when revenue_movements.seq is null
                 or revenue_movements.arr_after <> revenue_accounts.arr
                 or revenue_movements.committed_after <> revenue_accounts.committed
                 or revenue_movements.list_after <> revenue_accounts.list
                 or revenue_movements.place <> revenue_accounts.place then 1 else 0 end
from revenue_accounts
left join revenue_movements on revenue_movements.user_id = revenue_accounts.user_id
  and revenue_movements.seq = revenue_accounts.seq
where revenue_accounts.turn = ?1
  and revenue_accounts.user_id > ?2
order by revenue_accounts.user_id
limit ?3;

-- name: revenue_turn_end
-- These have had this turn: each gets its own of the seven. /*fanout*/
update revenue_accounts
set turn = signed_up % 7
where turn = ?1
  and user_id > ?2
  and user_id <= ?3;

-- name: revenue_turn_again
-- This one is proved again with the next night.
update revenue_accounts
set turn = 7
where user_id = ?1;

-- name: revenue_month_touch
-- A row was written in this month.
insert into revenue_months_touched (month)
values (?1)
on conflict (month) do nothing;

-- name: revenue_month_is_touched
-- Were rows written in this month since it was proved?
select month
from revenue_months_touched
where month = ?1;

-- name: revenue_month_settle
-- This month is proved.
delete from revenue_months_touched
where month = ?1;

-- name: revenue_span_of_rows
-- With which day do the facts begin and end? /*fanout*/
select (select min(day) from revenue_movements), (select max(day) from revenue_movements);

-- name: revenue_span_of_sums
-- With which month do the sums begin and end?
select min(month), max(month)
from (select (select min(month) from revenue_days) as month
      union all
      select (select max(month) from revenue_days)
      union all
      select (select min(month) from revenue_months)
      union all
      select (select max(month) from revenue_months)
      union all
      select (select min(month) from revenue_cohorts)
      union all
      select (select max(month) from revenue_cohorts)) as spans;

-- name: revenue_proof_days
-- For how many keys do the sums of a month's days differ from what the rows come to? /*fanout*/
select count(*)
from (select day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number
      from (select day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number,
             count, amount, lost, holding, list, committed, at_risk, paying, accounts
      from revenue_entries
      where day >= ?2
        and day <= ?3
      union all
      select day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number,
             -count, -amount, -lost, -holding, -list, -committed, -at_risk, -paying, -accounts
      from revenue_days
      where month = ?1) as entries
      group by day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number
      having abs(sum(count)) + abs(sum(amount)) + abs(sum(lost)) + abs(sum(holding)) + abs(sum(list)) +
          abs(sum(committed)) + abs(sum(at_risk)) + abs(sum(paying)) + abs(sum(accounts)) <> 0) as differing;

-- name: revenue_proof_months
-- For how many keys do the sums of a month differ from those of their days? /*fanout*/
select count(*)
from (select kind, reason, of_opening, tier, billing_interval, country, currency, rate_number
      from (select kind, reason, of_opening, tier, billing_interval, country, currency, rate_number,
             count, amount, lost, holding, list, committed, at_risk, paying, accounts
      from revenue_days
      where month = ?1
      union all
      select kind, reason, of_opening, tier, billing_interval, country, currency, rate_number,
             -count, -amount, -lost, -holding, -list, -committed, -at_risk, -paying, -accounts
      from revenue_months
      where month = ?1) as entries
      group by kind, reason, of_opening, tier, billing_interval, country, currency, rate_number
      having abs(sum(count)) + abs(sum(amount)) + abs(sum(lost)) + abs(sum(holding)) + abs(sum(list)) +
          abs(sum(committed)) + abs(sum(at_risk)) + abs(sum(paying)) + abs(sum(accounts)) <> 0) as differing;

-- name: revenue_days_clear
-- What was summed up by day in this month goes.
delete from revenue_days
where month = ?1;

-- name: revenue_days_rebuild
-- What do the rows of this month come to by day?
insert into revenue_days (month, day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number, count, amount, lost, holding, list, committed, at_risk, paying, accounts)
select ?1 + 0, day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number,
       sum(count), sum(amount), sum(lost), sum(holding), sum(list), sum(committed), sum(at_risk),
       sum(paying), sum(accounts)
from revenue_entries
where day >= ?2
  and day <= ?3
group by day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number;

-- name: revenue_months_clear
-- What was summed up of this month goes.
delete from revenue_months
where month = ?1;

-- name: revenue_months_rebuild
-- What do the days of this month come to?
insert into revenue_months (month, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number, count, amount, lost, holding, list, committed, at_risk, paying, accounts)
select month, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number,
       sum(count), sum(amount), sum(lost), sum(holding), sum(list), sum(committed), sum(at_risk),
       sum(paying), sum(accounts)
from revenue_days
where month = ?1
group by month, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number;

-- name: revenue_cohorts_of_month
-- What is kept of cohorts in this month?
select basis, cohort, month, currency, rate_number, amount, paying, accounts
from revenue_cohorts
where month = ?1
order by basis, cohort, currency, rate_number
limit ?2;

-- name: revenue_cohorts_of_rows
-- What do the rows of a month come to by cohort: the month of the first payment, the day of the sign-up? /*fanout*/
select basis, cohort, ?1 + 0, currency, rate_number, sum(amount), sum(paying), sum(accounts)
from (select 'payment' as basis, cohort, currency, rate_number, arr_after - arr_before as amount,
             case when arr_after > 0 then 1 else 0 end - case when arr_before > 0 then 1 else 0 end as paying,
             case when place = 'gone' then 0 else 1 end - case when place_before = 'gone' then 0 else 1 end as accounts
      from revenue_movements
      where day >= ?2
        and day <= ?3
        and cohort is not null
      union all
      select 'signup', signed_up, currency, rate_number, arr_after - arr_before,
             case when arr_after > 0 then 1 else 0 end - case when arr_before > 0 then 1 else 0 end,
             case when place = 'gone' then 0 else 1 end - case when place_before = 'gone' then 0 else 1 end
      from revenue_movements
      where day >= ?2
        and day <= ?3) as told
where amount <> 0
   or paying <> 0
   or accounts <> 0
group by basis, cohort, currency, rate_number
order by basis, cohort, currency, rate_number;

-- name: revenue_cohorts_clear
-- What is kept of cohorts in this month goes.
delete from revenue_cohorts
where month = ?1;

-- name: revenue_rebuild_put
-- How a rebuild stands now.
insert into revenue_rebuilds (id, status, dry_run, month, user_cursor, done, total, days, months, cohorts, accounts,
                              corrected, created_by, created_at, finished_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
on conflict (id) do update
set status = excluded.status,
    month = excluded.month,
    user_cursor = excluded.user_cursor,
    done = excluded.done,
    days = excluded.days,
    months = excluded.months,
    cohorts = excluded.cohorts,
    accounts = excluded.accounts,
    corrected = excluded.corrected,
    finished_at = excluded.finished_at;

-- name: revenue_rebuild_get
-- Which rebuild is this?
select id, status, dry_run, month, user_cursor, done, total, days, months, cohorts, accounts, corrected, created_by,
       created_at, finished_at
from revenue_rebuilds
where id = ?1;

-- name: revenue_rebuild_running
-- Which rebuild is under way?
select id, status, dry_run, month, user_cursor, done, total, days, months, cohorts, accounts, corrected, created_by,
       created_at, finished_at
from revenue_rebuilds
where status = 'running'
limit 1;

-- name: revenue_rebuild_page
-- Which rebuilds came before this one, the newest first?
select id, status, dry_run, month, user_cursor, done, total, days, months, cohorts, accounts, corrected, created_by,
       created_at, finished_at
from revenue_rebuilds
where id < ?1
order by id desc
limit ?2;

-- name: revenue_accounts_count
-- How many accounts are there? /*fanout*/
select count(*)
from revenue_accounts;
