-- People: who signs in, by what, and as whom. Whoever was signed in signs in again.
drop table sessions;
drop table sign_in_links;

-- A directory. `email_index` finds a person by address; empty for whom nobody gave one.
create table people (
    id {text} not null primary key,
    email {text} not null,
    email_index {text} not null,
    name {text} not null,
    language {text} not null,
    operator_role {text},
    password_hash {text} not null,
    password_changed_at {int},
    failures {int} not null,
    failed_at {int},
    created_at {int} not null,
    disabled_at {int}
) {strict};
create unique index people_email on people (email_index) where email_index <> '';
create index people_operators on people (operator_role) where operator_role is not null;

-- Whom another house knows a person as: an OpenID provider by its address, the platform by 'platform'.
create table identities (
    issuer {text} not null,
    subject {text} not null,
    person_id {text} not null,
    created_at {int} not null,
    primary key (issuer, subject)
) {strict};
create index identities_of_person on identities (person_id);

create table members (
    user_id {text} not null,
    person_id {text} not null,
    role {text} not null,
    created_at {int} not null,
    primary key (user_id, person_id)
) {strict};
create index members_of_person on members (person_id);

-- `user_id` is empty for one who shall operate.
create table invitations (
    token_hash {text} not null primary key,
    id {text} not null,
    user_id {text} not null,
    email {text} not null,
    role {text} not null,
    invited_by {text} not null,
    created_at {int} not null,
    expires_at {int} not null,
    accepted_at {int},
    withdrawn_at {int}
) {strict};
create index invitations_of_customer on invitations (user_id, created_at);

create table totp_secrets (
    person_id {text} not null primary key,
    secret {text} not null,
    last_step {int} not null,
    created_at {int} not null,
    confirmed_at {int}
) {strict};

create table passkeys (
    person_id {text} not null,
    id {text} not null,
    credential_id {text} not null,
    public_key {text} not null,
    algorithm {int} not null,
    sign_count {int} not null,
    name {text} not null,
    transports {text} not null,
    is_backup_eligible {int} not null,
    is_backed_up {int} not null,
    created_at {int} not null,
    used_at {int},
    primary key (person_id, id)
) {strict};
create unique index passkeys_credential on passkeys (credential_id);

create table recovery_codes (
    person_id {text} not null,
    code_hash {text} not null,
    created_at {int} not null,
    used_at {int},
    primary key (person_id, code_hash)
) {strict};

-- `mfa_at` is when the person last proved a second factor, and `methods` what was proved (RFC 8176).
create table sessions (
    token_hash {text} not null primary key,
    id {text} not null,
    kind {text} not null,
    person_id {text} not null,
    user_id {text} not null,
    is_pending {int} not null,
    created_at {int} not null,
    seen_at {int} not null,
    expires_at {int} not null,
    authenticated_at {int} not null,
    mfa_at {int},
    methods {text} not null,
    address {text} not null,
    user_agent {text} not null,
    reason {text} not null
) {strict};
create unique index sessions_by_id on sessions (id);
create index sessions_of_person on sessions (person_id, created_at);

-- What a link does once: sign in, set up, set a new password.
create table sign_in_links (
    token_hash {text} not null primary key,
    purpose {text} not null,
    person_id {text} not null,
    user_id {text} not null,
    return_path {text} not null,
    authenticated_at {int} not null,
    mfa_at {int},
    methods {text} not null,
    reason {text} not null,
    expires_at {int} not null,
    used_at {int}
) {strict};

-- What a passkey must sign, once and soon.
create table challenges (
    challenge_hash {text} not null primary key,
    purpose {text} not null,
    session_id {text} not null,
    expires_at {int} not null
) {strict};
