-- name: person_insert
-- Somebody new.
insert into people (id, email, email_index, name, language, operator_role, password_hash,
                    password_changed_at, failures, failed_at, created_at, disabled_at,
                    code_failures, code_failed_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14);

-- name: person_set
-- What is known of a person now; the time of making stays.
update people
set email = ?2,
    email_index = ?3,
    name = ?4,
    language = ?5,
    operator_role = ?6,
    password_hash = ?7,
    password_changed_at = ?8,
    failures = ?9,
    failed_at = ?10,
    created_at = ?11,
    disabled_at = ?12,
    code_failures = ?13,
    code_failed_at = ?14
where id = ?1;

-- name: person_get
-- Who is this?
select id, email, email_index, name, language, operator_role, password_hash,
       password_changed_at, failures, failed_at, created_at, disabled_at,
       code_failures, code_failed_at
from people
where id = ?1;

-- name: person_by_email
-- Whose address is this?
select id, email, email_index, name, language, operator_role, password_hash,
       password_changed_at, failures, failed_at, created_at, disabled_at,
       code_failures, code_failed_at
from people
where email_index = ?1
  and email_index <> '';

-- name: person_operators
-- Who operates the installation?
select id, email, email_index, name, language, operator_role, password_hash,
       password_changed_at, failures, failed_at, created_at, disabled_at,
       code_failures, code_failed_at
from people
where operator_role is not null
order by id
limit ?1;

-- name: person_count_operators
-- How many may still operate in this role?
select count(*)
from people
where operator_role = ?1
  and disabled_at is null;

-- name: person_count_local
-- How many others in this role come in by what is kept here, and need no provider for it?
select count(*)
from people p
where p.operator_role = ?1
  and p.id <> ?2
  and p.disabled_at is null
  and (p.password_hash <> '' or exists (select 1 from passkeys k where k.person_id = p.id));

-- name: identity_insert
-- Another house knows this person.
insert into identities (issuer, subject, person_id, created_at)
values (?1, ?2, ?3, ?4);

-- name: identity_get
-- Whom does that house mean?
select issuer, subject, person_id, created_at
from identities
where issuer = ?1
  and subject = ?2;

-- name: identity_of_person
-- Which houses know this person?
select issuer, subject, person_id, created_at
from identities
where person_id = ?1
order by issuer, subject
limit ?2;

-- name: identity_forget
-- No provider knows this person any more.
delete from identities
where person_id = ?1
  and issuer <> 'platform';

-- name: identity_delete
-- That house does not know this person any more.
delete from identities
where person_id = ?1
  and issuer = ?2;

-- name: member_put
-- A person acts for a customer, from now on in this role.
insert into members (user_id, person_id, role, created_at)
values (?1, ?2, ?3, ?4)
on conflict (user_id, person_id) do update
set role = excluded.role;

-- name: member_get
-- May this person act for this customer?
select user_id, person_id, role, created_at
from members
where user_id = ?1
  and person_id = ?2;

-- name: member_delete
-- From now on they may not.
delete from members
where user_id = ?1
  and person_id = ?2;

-- name: member_list
-- Who acts for this customer?
select user_id, person_id, role, created_at
from members
where user_id = ?1
order by created_at, person_id
limit ?2;

-- name: member_of
-- For whom does this person act?
select user_id, person_id, role, created_at
from members
where person_id = ?1
order by user_id
limit ?2;

-- name: member_count_owners
-- How many could still let others in?
select count(*)
from members
where user_id = ?1
  and role = 'owner';

-- name: invitation_insert
-- Somebody is asked in.
insert into invitations (token_hash, id, user_id, email, role, invited_by, created_at, expires_at,
                         accepted_at, withdrawn_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: invitation_get
-- What does this link invite to?
select token_hash, id, user_id, email, role, invited_by, created_at, expires_at,
       accepted_at, withdrawn_at
from invitations
where token_hash = ?1;

-- name: invitation_list
-- Who was asked in and has not come yet?
select token_hash, id, user_id, email, role, invited_by, created_at, expires_at,
       accepted_at, withdrawn_at
from invitations
where user_id = ?1
  and expires_at > ?2
  and accepted_at is null
  and withdrawn_at is null
order by created_at desc, id desc
limit ?3;

-- name: invitation_waiting
-- Does this one wait for an answer?
select token_hash, id, user_id, email, role, invited_by, created_at, expires_at,
       accepted_at, withdrawn_at
from invitations
where user_id = ?1
  and id = ?2
  and accepted_at is null
  and withdrawn_at is null;

-- name: invitation_accept
-- They came; the link is used.
update invitations
set accepted_at = ?2
where token_hash = ?1
  and accepted_at is null
  and withdrawn_at is null;

-- name: invitation_forget_accepted
-- Who came needs no invitation any more.
delete from invitations
where user_id = ?1
  and accepted_at is not null;

-- name: invitation_withdraw
-- They shall not come.
update invitations
set withdrawn_at = ?3
where user_id = ?1
  and id = ?2
  and accepted_at is null
  and withdrawn_at is null;
