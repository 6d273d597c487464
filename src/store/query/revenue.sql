-- Recurring revenue: facts, accounts, sums (core/revenue.h).

-- name: revenue_movement_insert
-- What an account brings has changed.
insert into revenue_movements (user_id, seq, effective_at, recorded_at, day, kind, reason,
                               subscription_id, tier_before, interval_before, country_before,
                               place_before, tier, plan_version, billing_interval, country, place,
                               currency, rate_number, arr_before, arr_after, list_before,
                               list_after, committed_before, committed_after, of_opening, lost,
                               cohort, signed_up, actor, audit_seq)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
        ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31);

-- name: revenue_movement_page
-- Which rows are these, the newest first? /*fanout*/
select user_id, seq, effective_at, recorded_at, day, kind, reason, subscription_id, tier_before,
       interval_before, country_before, place_before, tier, plan_version, billing_interval, country,
       place, currency, rate_number, arr_before, arr_after, list_before, list_after,
       committed_before, committed_after, of_opening, lost, cohort, signed_up, actor, audit_seq
from revenue_movements
where kind <> 'signup'
  and day >= ?1
  and day <= ?2
  and (?3 = '' or kind = ?3)
  and (?4 = '' or reason = ?4)
  and (?5 = '' or case when kind = 'churn' then tier_before else tier end = ?5)
  and (?6 = '' or case when kind = 'churn' then interval_before else billing_interval end = ?6)
  and (?7 = '' or case when kind = 'churn' then country_before else country end = ?7)
  and (day < ?8 or (day = ?8 and (user_id < ?9 or (user_id = ?9 and seq < ?10))))
order by day desc, user_id desc, seq desc
limit ?11;

-- name: revenue_movement_page_of
-- The same of one customer, from the sign-up on.
select user_id, seq, effective_at, recorded_at, day, kind, reason, subscription_id, tier_before,
       interval_before, country_before, place_before, tier, plan_version, billing_interval, country,
       place, currency, rate_number, arr_before, arr_after, list_before, list_after,
       committed_before, committed_after, of_opening, lost, cohort, signed_up, actor, audit_seq
from revenue_movements
where user_id = ?1
  and day >= ?2
  and day <= ?3
  and (?4 = '' or kind = ?4)
  and (?5 = '' or reason = ?5)
  and seq < ?6
order by seq desc
limit ?7;

-- name: revenue_movement_each
-- All rows, customer by customer, behind this one. /*fanout*/
select user_id, seq, effective_at, recorded_at, day, kind, reason, subscription_id, tier_before,
       interval_before, country_before, place_before, tier, plan_version, billing_interval, country,
       place, currency, rate_number, arr_before, arr_after, list_before, list_after,
       committed_before, committed_after, of_opening, lost, cohort, signed_up, actor, audit_seq
from revenue_movements
where (user_id > ?1 or (user_id = ?1 and seq > ?2))
order by user_id, seq
limit ?3;

-- name: revenue_movement_lasts
-- What was the last fact of each customer, after this one? /*fanout*/
select user_id, seq, effective_at, recorded_at, day, kind, reason, subscription_id, tier_before,
       interval_before, country_before, place_before, tier, plan_version, billing_interval, country,
       place, currency, rate_number, arr_before, arr_after, list_before, list_after,
       committed_before, committed_after, of_opening, lost, cohort, signed_up, actor, audit_seq
from revenue_movements
where user_id > ?1
  and not exists (select 1
                  from revenue_movements as later
                  where later.user_id = revenue_movements.user_id
                    and later.seq > revenue_movements.seq)
order by user_id
limit ?2;

-- name: revenue_movement_first_of_month
-- What was the first fact of this customer since this day?
select user_id, seq, effective_at, recorded_at, day, kind, reason, subscription_id, tier_before,
       interval_before, country_before, place_before, tier, plan_version, billing_interval, country,
       place, currency, rate_number, arr_before, arr_after, list_before, list_after,
       committed_before, committed_after, of_opening, lost, cohort, signed_up, actor, audit_seq
from revenue_movements
where user_id = ?1
  and day >= ?2
order by seq
limit 1;

-- name: revenue_account_get
-- How did this account stand after its last row?
select user_id, seq, place, tier, plan_version, billing_interval, country, currency, subscription_id, arr,
       list, committed, coupon, coupon_since, cohort, signed_up, month, month_opening, last_at, due_at, turn,
       ahead
from revenue_accounts
where user_id = ?1;

-- name: revenue_account_put
-- How it stands from now on.
insert into revenue_accounts (user_id, seq, place, tier, plan_version, billing_interval, country,
                              currency, subscription_id, arr, list, committed, coupon, coupon_since,
                              cohort, signed_up, month, month_opening, last_at, due_at, turn, ahead)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
on conflict (user_id) do update
set seq = excluded.seq,
    place = excluded.place,
    tier = excluded.tier,
    plan_version = excluded.plan_version,
    billing_interval = excluded.billing_interval,
    country = excluded.country,
    currency = excluded.currency,
    subscription_id = excluded.subscription_id,
    arr = excluded.arr,
    list = excluded.list,
    committed = excluded.committed,
    coupon = excluded.coupon,
    coupon_since = excluded.coupon_since,
    cohort = excluded.cohort,
    signed_up = excluded.signed_up,
    month = excluded.month,
    month_opening = excluded.month_opening,
    last_at = excluded.last_at,
    due_at = excluded.due_at,
    turn = excluded.turn,
    ahead = excluded.ahead;

-- name: revenue_accounts_due
-- Which does time alone change by now? /*fanout*/
select user_id
from revenue_accounts
where due_at is not null
  and due_at <= ?1
order by due_at
limit ?2;

-- name: revenue_account_due_next
-- When is the next one changed by time alone? /*fanout*/
select min(due_at)
from revenue_accounts
where due_at is not null;

-- name: revenue_customers_after
-- Which customers follow this one, in order of their ids? /*fanout*/
select user_id
from customers
where user_id > ?1
order by user_id
limit ?2;

-- name: revenue_day_add
-- One more row of that day.
insert into revenue_days (month, day, kind, reason, of_opening, tier, billing_interval, country,
                          currency, rate_number, count, amount, lost, holding, list, committed,
                          at_risk, paying, accounts)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
on conflict (month, day, kind, reason, of_opening, tier, billing_interval, country, currency,
             rate_number) do update
set count = revenue_days.count + excluded.count,
    amount = revenue_days.amount + excluded.amount,
    lost = revenue_days.lost + excluded.lost,
    holding = revenue_days.holding + excluded.holding,
    list = revenue_days.list + excluded.list,
    committed = revenue_days.committed + excluded.committed,
    at_risk = revenue_days.at_risk + excluded.at_risk,
    paying = revenue_days.paying + excluded.paying,
    accounts = revenue_days.accounts + excluded.accounts;

-- name: revenue_month_add
-- The same for its month.
insert into revenue_months (month, kind, reason, of_opening, tier, billing_interval, country,
                            currency, rate_number, count, amount, lost, holding, list, committed,
                            at_risk, paying, accounts)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
on conflict (month, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number) do update
set count = revenue_months.count + excluded.count,
    amount = revenue_months.amount + excluded.amount,
    lost = revenue_months.lost + excluded.lost,
    holding = revenue_months.holding + excluded.holding,
    list = revenue_months.list + excluded.list,
    committed = revenue_months.committed + excluded.committed,
    at_risk = revenue_months.at_risk + excluded.at_risk,
    paying = revenue_months.paying + excluded.paying,
    accounts = revenue_months.accounts + excluded.accounts;

-- name: revenue_cohort_add
-- One more row of these customers.
insert into revenue_cohorts (basis, cohort, month, currency, rate_number, amount, paying, accounts)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
on conflict (basis, cohort, month, currency, rate_number) do update
set amount = revenue_cohorts.amount + excluded.amount,
    paying = revenue_cohorts.paying + excluded.paying,
    accounts = revenue_cohorts.accounts + excluded.accounts;

-- name: revenue_cohort_list
-- What became of customers by the month with which they began?
select basis, cohort, month, currency, rate_number, amount, paying, accounts
from revenue_cohorts
where basis = ?1
  and month <= ?2
order by cohort, month
limit ?3;

-- name: revenue_sums_of_months
-- What moved and stood by month: whole months before the last one, and its days until the last day?
select month, kind, case when ?7 = 1 then reason end, of_opening,
       case when ?8 = 1 then tier end, case when ?8 = 1 then billing_interval end,
       case when ?9 = 1 then country else '' end, currency, rate_number,
       sum(count), sum(amount), sum(lost), sum(holding), sum(list), sum(committed), sum(at_risk),
       sum(paying), sum(accounts)
from revenue_months
where month < ?1
  and (?4 = '' or tier = ?4)
  and (?5 = '' or billing_interval = ?5)
  and (?6 = '' or country = ?6)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
union all
select month, kind, case when ?7 = 1 then reason end, of_opening,
       case when ?8 = 1 then tier end, case when ?8 = 1 then billing_interval end,
       case when ?9 = 1 then country else '' end, currency, rate_number,
       sum(count), sum(amount), sum(lost), sum(holding), sum(list), sum(committed), sum(at_risk),
       sum(paying), sum(accounts)
from revenue_days
where month = ?1
  and day <= ?3
  and ?2 = ?2
  and (?4 = '' or tier = ?4)
  and (?5 = '' or billing_interval = ?5)
  and (?6 = '' or country = ?6)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
limit ?10;

-- name: revenue_sums_of_days
-- What moved day by day, and before the first as if on the day before it?
select ?2 - 1, kind, case when ?7 = 1 then reason end, of_opening,
       case when ?8 = 1 then tier end, case when ?8 = 1 then billing_interval end,
       case when ?9 = 1 then country else '' end, currency, rate_number,
       sum(count), sum(amount), sum(lost), sum(holding), sum(list), sum(committed), sum(at_risk),
       sum(paying), sum(accounts)
from revenue_months
where month < ?1
  and (?4 = '' or tier = ?4)
  and (?5 = '' or billing_interval = ?5)
  and (?6 = '' or country = ?6)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
union all
select case when day < ?2 then ?2 - 1 else day end, kind, case when ?7 = 1 then reason end, of_opening,
       case when ?8 = 1 then tier end, case when ?8 = 1 then billing_interval end,
       case when ?9 = 1 then country else '' end, currency, rate_number,
       sum(count), sum(amount), sum(lost), sum(holding), sum(list), sum(committed), sum(at_risk),
       sum(paying), sum(accounts)
from revenue_days
where month >= ?1
  and day <= ?3
  and (?4 = '' or tier = ?4)
  and (?5 = '' or billing_interval = ?5)
  and (?6 = '' or country = ?6)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
limit ?10;

-- name: revenue_kept
-- Of accounts that paid at the end of a day: what they brought then, what later, and who still pays? /*fanout*/
select currency, sum(brought), sum(brings), count(*), sum(case when brings > 0 then 1 else 0 end)
from (select user_id, min(currency) as currency,
             sum(case when day <= ?1 then arr_after - arr_before else 0 end) as brought,
             sum(arr_after - arr_before) as brings
      from revenue_movements
      where arr_before <> arr_after
        and day <= ?2
      group by user_id
      having sum(case when day <= ?1 then arr_after - arr_before else 0 end) > 0) as those
group by currency
limit ?3;

-- name: revenue_conversions
-- Of who signed up on a day, how many paid for the first time within 14, 30, 90 days, and ever? /*fanout*/
select signed_up, sum(case when day - signed_up <= 14 then 1 else 0 end),
       sum(case when day - signed_up <= 30 then 1 else 0 end),
       sum(case when day - signed_up <= 90 then 1 else 0 end), count(*)
from revenue_movements
where kind = 'new'
  and day <= ?1
group by signed_up
order by signed_up
limit ?2;

-- name: revenue_country
-- Where is this customer billed?
select country
from customers
where user_id = ?1;

-- name: revenue_trials
-- How many trials ended between these days, and how many of them became paid plans? /*fanout*/
select count(*), coalesce(sum(case when arr_after > 0 then 1 else 0 end), 0)
from revenue_movements
where place_before = 'trial'
  and day >= ?1
  and day <= ?2
  and place <> 'trial';

-- name: revenue_left
-- How many who paid before the first day stopped by the last, and pay no more then? /*fanout*/
select count(*)
from (select user_id
      from revenue_movements
      where kind = 'churn'
        and day >= ?1
        and day <= ?2
        and (?3 = '' or tier_before = ?3)
        and (?4 = '' or interval_before = ?4)
        and (?5 = '' or country_before = ?5)
      group by user_id) as those
where (select arr_before
       from revenue_movements
       where revenue_movements.user_id = those.user_id
         and day >= ?1
       order by seq
       limit 1) > 0
  and (select arr_after
       from revenue_movements
       where revenue_movements.user_id = those.user_id
         and day <= ?2
       order by seq desc
       limit 1) = 0;

-- name: revenue_left_early
-- How many stopped between these days who had paid for the first time within the 30 days before? /*fanout*/
select count(*)
from revenue_movements
where kind = 'churn'
  and day >= ?1
  and day <= ?2
  and (?3 = '' or tier_before = ?3)
  and (?4 = '' or interval_before = ?4)
  and (?5 = '' or country_before = ?5)
  and exists (select 1
              from revenue_movements as first
              where first.user_id = revenue_movements.user_id
                and first.kind = 'new'
                and first.seq < revenue_movements.seq
                and first.day >= revenue_movements.day - 30);

-- name: revenue_paying_at
-- How many paid at the end of a day: whole months before its own, and its days?
select coalesce(sum(paying), 0)
from (select paying
      from revenue_months
      where month < ?1
        and (?3 = '' or tier = ?3)
        and (?4 = '' or billing_interval = ?4)
        and (?5 = '' or country = ?5)
      union all
      select paying
      from revenue_days
      where month = ?1
        and day <= ?2
        and (?3 = '' or tier = ?3)
        and (?4 = '' or billing_interval = ?4)
        and (?5 = '' or country = ?5)) as sums;
