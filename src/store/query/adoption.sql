-- What customers reach for, the upgrades that came of it, and sums of both (core/adoption.h).

-- name: adoption_signal_last
-- On which day since this one did the customer give such a signal last? An empty name is any; kind 'any', all that may lead to an upgrade.
select day
from adoption_signals
where user_id = ?1
  and day > ?2
  and (kind = ?3 or (?3 = 'any' and kind <> 'used_feature'))
  and (name = ?4 or ?4 = '')
order by day desc
limit 1;

-- name: adoption_signal_put
-- They gave it on that day.
insert into adoption_signals (user_id, day, kind, name)
values (?1, ?2, ?3, ?4)
on conflict (user_id, day, kind, name) do nothing;

-- name: adoption_signals_before
-- Which signals counted for the customer on a day: those behind the one, up to the other?
select distinct kind, name
from adoption_signals
where user_id = ?1
  and day > ?2
  and day <= ?3
  and kind <> 'used_feature'
order by kind, name
limit ?4;

-- name: adoption_upgrade_put
-- It was preceded by that.
insert into adoption_upgrades (kind, name, day, user_id, seq)
values (?1, ?2, ?3, ?4, ?5);

-- name: adoption_day_add
-- From that day on a signal counts for more or fewer customers; on it there were more upgrades.
insert into adoption_days (kind, name, day, reach, upgrades)
values (?1, ?2, ?3, ?4, ?5)
on conflict (kind, name, day) do update
set reach = adoption_days.reach + excluded.reach,
    upgrades = adoption_days.upgrades + excluded.upgrades;

-- name: adoption_begun
-- Since which day is anything kept? /*fanout*/
select min(day)
from adoption_days;

-- name: adoption_sums
-- For how many customers did each signal count at the end, on how many of their days between the two, and how many upgrades had it? /*fanout*/
select kind, name, sum(reach), sum(reach * (?2 - case when day < ?1 then ?1 else day end + 1)),
       sum(case when day < ?1 then 0 else upgrades end)
from adoption_days
where day <= ?2
group by kind, name
order by kind, name
limit ?3;

-- name: adoption_accounts
-- How many accounts of each plan were there at the end, and on how many of their days between the two? /*fanout*/
select tier, sum(accounts), sum(accounts * days)
from (select tier, accounts, month - month + ?2 - ?1 + 1 as days
      from revenue_months
      where month < ?3
      union all
      select tier, accounts, ?2 - case when day < ?1 then ?1 else day end + 1
      from revenue_days
      where month >= ?3
        and month <= ?4
        and day <= ?2) as stood
group by tier
order by tier
limit ?5;

-- name: adoption_upgrade_page
-- Which upgrades had this signal, the newest first? /*fanout*/
select revenue_movements.user_id, revenue_movements.seq, effective_at, recorded_at, revenue_movements.day,
       revenue_movements.kind, reason, subscription_id, tier_before, interval_before, country_before, place_before,
       tier, plan_version, billing_interval, country, place, currency, rate_number, arr_before, arr_after, list_before,
       list_after, committed_before, committed_after, of_opening, lost, cohort, signed_up, actor, audit_seq
from adoption_upgrades
join revenue_movements on revenue_movements.user_id = adoption_upgrades.user_id
  and revenue_movements.seq = adoption_upgrades.seq
where adoption_upgrades.kind = ?1
  and adoption_upgrades.name = ?2
  and adoption_upgrades.day >= ?3
  and adoption_upgrades.day <= ?4
  and (?5 = '' or revenue_movements.kind = ?5)
  and (?6 = '' or reason = ?6)
  and (?7 = '' or tier = ?7)
  and (?8 = '' or billing_interval = ?8)
  and (?9 = '' or country = ?9)
  and (?10 = '' or adoption_upgrades.user_id = ?10)
  and (adoption_upgrades.day < ?11
       or (adoption_upgrades.day = ?11
           and (adoption_upgrades.user_id < ?12 or (adoption_upgrades.user_id = ?12 and adoption_upgrades.seq < ?13))))
order by adoption_upgrades.day desc, adoption_upgrades.user_id desc, adoption_upgrades.seq desc
limit ?14;
