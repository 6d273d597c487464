-- Facts of revenue are proved a share each night. `turn` is the share of the seven, 0 to 6, in which an account is proved; 7: it was
-- touched, and is proved with the next one. `ahead` is what is scheduled for its plan, and who wanted it so:
-- nothing, end, to_free, change.
alter table revenue_accounts add column turn {int} not null default 7;
alter table revenue_accounts add column ahead {text} not null default 'nothing';
create index revenue_accounts_turn on revenue_accounts (turn, user_id);
-- Months in which rows were written since they were proved.
create table revenue_months_touched (
    month {int} not null primary key
) {strict};
create index revenue_cohorts_by_month on revenue_cohorts (month);
create index revenue_movements_churned on revenue_movements (day, user_id) where kind = 'churn';

-- What rows add to the sums of days (core/revenue_account.h): of how an account stood after each, and before it. The movement itself stands
-- with the first, that of churn and of who left with the second. What adds nothing is left out.
create view revenue_entries as
select day, kind, reason, of_opening, tier, billing_interval, country, currency, rate_number,
       case when kind not in ('churn', 'left') then 1 else 0 end as count,
       case when kind not in ('churn', 'left') then arr_after - arr_before else 0 end as amount,
       case when kind not in ('churn', 'left') then lost else 0 end as lost,
       arr_after as holding, list_after as list, committed_after as committed,
       case when place = 'at_risk' then arr_after else 0 end as at_risk,
       case when arr_after > 0 then 1 else 0 end as paying,
       case when place = 'gone' then 0 else 1 end as accounts
from revenue_movements
where kind not in ('churn', 'left')
   or arr_after <> 0
   or list_after <> 0
   or committed_after <> 0
   or place <> 'gone'
union all
select day, kind, reason, of_opening, tier_before, interval_before, country_before, currency, rate_number,
       case when kind in ('churn', 'left') then 1 else 0 end,
       case when kind in ('churn', 'left') then arr_after - arr_before else 0 end,
       case when kind in ('churn', 'left') then lost else 0 end,
       -arr_before, -list_before, -committed_before,
       case when place_before = 'at_risk' then -arr_before else 0 end,
       case when arr_before > 0 then -1 else 0 end,
       case when place_before = 'gone' then 0 else -1 end
from revenue_movements
where kind in ('churn', 'left')
   or arr_before <> 0
   or list_before <> 0
   or committed_before <> 0
   or place_before <> 'gone';

-- Sums made anew from the rows: months first, then accounts, each a piece. `month` is the next one, `user_cursor` the last account that was
-- looked at. `days`, `months`, `cohorts` count keys that differed, `accounts` those that stood otherwise than their rows say, and
-- `corrected` those whose rows said otherwise than their subscriptions.
create table revenue_rebuilds (
    id {text} not null primary key,
    status {text} not null,
    dry_run {int} not null,
    month {int},
    user_cursor {text} not null,
    done {int} not null,
    total {int} not null,
    days {int} not null,
    months {int} not null,
    cohorts {int} not null,
    accounts {int} not null,
    corrected {int} not null,
    created_by {text} not null,
    created_at {int} not null,
    finished_at {int}
) {strict};
create index revenue_rebuilds_running on revenue_rebuilds (status) where status = 'running';
