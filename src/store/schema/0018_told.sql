-- What a customer was told of a limit, and of which: the row is the truth, and memory a copy of it.
-- `armings` counts how often a gauge's notices became due anew, so that a mail bears the number of
-- the one that it tells; the four instants say when each notice in `notices` was given. Rows from
-- before know neither, and speak of the limit as it is.
alter table limit_states add column limit_amount {int};
alter table limit_states add column armings {int} not null default 0;
alter table limit_states add column warning_at {int};
alter table limit_states add column reached_at {int};
alter table limit_states add column grace_ending_at {int};
alter table limit_states add column blocked_at {int};
