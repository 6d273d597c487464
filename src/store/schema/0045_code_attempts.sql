-- Wrong codes are counted for themselves: who guesses passwords locks nobody out of their codes, and who knows
-- the password does not begin to guess codes anew by it.
alter table people add column code_failures {int} not null default 0;
alter table people add column code_failed_at {int};
