-- name: totp_put
-- A new secret for one-time codes.
insert into totp_secrets (person_id, secret, last_step, created_at, confirmed_at)
values (?1, ?2, ?3, ?4, ?5)
on conflict (person_id) do update
set secret = excluded.secret,
    last_step = excluded.last_step,
    created_at = excluded.created_at,
    confirmed_at = excluded.confirmed_at;

-- name: totp_get
-- What are this person's codes made from?
select person_id, secret, last_step, created_at, confirmed_at
from totp_secrets
where person_id = ?1;

-- name: totp_take
-- A code is taken once, and none older than one that was taken; the first confirms the secret.
update totp_secrets
set last_step = ?2,
    confirmed_at = coalesce(confirmed_at, ?3)
where person_id = ?1
  and last_step < ?2;

-- name: totp_delete
-- No codes from now on.
delete from totp_secrets
where person_id = ?1;

-- name: passkey_insert
-- A new passkey.
insert into passkeys (person_id, id, credential_id, public_key, algorithm, sign_count, name,
                      transports, is_backup_eligible, is_backed_up, created_at, used_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- name: passkey_by_credential
-- Whose passkey is this?
select person_id, id, credential_id, public_key, algorithm, sign_count, name,
       transports, is_backup_eligible, is_backed_up, created_at, used_at
from passkeys
where credential_id = ?1;

-- name: passkey_list
-- Which passkeys has this person?
select person_id, id, credential_id, public_key, algorithm, sign_count, name,
       transports, is_backup_eligible, is_backed_up, created_at, used_at
from passkeys
where person_id = ?1
order by created_at, id
limit ?2;

-- name: passkey_used
-- It has signed.
update passkeys
set sign_count = ?2,
    is_backed_up = ?3,
    used_at = ?4
where credential_id = ?1;

-- name: passkey_set
-- What is known of a passkey now; whose it is and what it is stays.
update passkeys
set credential_id = ?3,
    public_key = ?4,
    algorithm = ?5,
    sign_count = ?6,
    name = ?7,
    transports = ?8,
    is_backup_eligible = ?9,
    is_backed_up = ?10,
    created_at = ?11,
    used_at = ?12
where person_id = ?1
  and id = ?2;

-- name: passkey_delete
-- It opens nothing any more.
delete from passkeys
where person_id = ?1
  and id = ?2;

-- name: recovery_code_delete_all
-- The codes of before are worth nothing.
delete from recovery_codes
where person_id = ?1;

-- name: recovery_code_insert
-- One of a new set of codes.
insert into recovery_codes (person_id, code_hash, created_at, used_at)
values (?1, ?2, ?3, null);

-- name: recovery_code_use
-- A code works once.
update recovery_codes
set used_at = ?3
where person_id = ?1
  and code_hash = ?2
  and used_at is null;

-- name: factors_of
-- By what else than a password can this person prove who they are?
select (select count(*) from totp_secrets where person_id = ?1 and confirmed_at is not null),
       (select count(*) from passkeys where person_id = ?1),
       (select count(*) from recovery_codes where person_id = ?1 and used_at is null);

-- name: challenge_insert
-- What a passkey shall sign.
insert into challenges (challenge_hash, purpose, session_id, expires_at)
values (?1, ?2, ?3, ?4);

-- name: challenge_get
-- Was this asked?
select challenge_hash, purpose, session_id, expires_at
from challenges
where challenge_hash = ?1;

-- name: challenge_delete
-- It is answered.
delete from challenges
where challenge_hash = ?1;
