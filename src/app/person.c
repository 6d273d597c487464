#include "app/person.h"

#include "app/audit.h"
#include "base/crypto.h"

/* Addresses are compared without regard to the case of ASCII: no house tells two of its people
 * apart by that. */
static struct str lower(struct cx *cx, struct str text) {
    char *copy = arena_room(cx->arena, text.len);
    for (size_t i = 0; copy != NULL && i < text.len; i++) {
        char c = text.bytes[i];
        copy[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return copy == NULL ? STR("") : str_of(copy, text.len);
}

struct str person_email_index(const struct app *app, struct cx *cx, struct str email) {
    if (email.len == 0) {
        return STR("");
    }
    uint8_t mac[SHA256_SIZE];
    char hex[SHA256_HEX];
    struct str parts[] = {STR("person email "), lower(cx, email)};
    hmac_sha256(app->mail_key, parts, ARRAY_LEN(parts), mac);
    str_hex(mac, sizeof mac, hex);
    return arena_str(cx->arena, str_of(hex, sizeof hex));
}

static void put_attempts(struct person_row *person, enum attempts_at at, int64_t failures,
                         int64_t failed_at) {
    switch (at) {
    case ATTEMPTS_PASSWORD:
        person->failures = failures;
        person->failed_at = failed_at;
        return;
    case ATTEMPTS_CODE:
        person->code_failures = failures;
        person->code_failed_at = failed_at;
        return;
    }
}

struct throttle_account person_attempts(const struct person_row *person, enum attempts_at at) {
    bool is_code = at == ATTEMPTS_CODE;
    int64_t failed_at = is_code ? person->code_failed_at : person->failed_at;
    return (struct throttle_account){
        .failures = (int32_t)(is_code ? person->code_failures : person->failures),
        .failed_at_ms = failed_at == ROW_NONE ? 0 : failed_at,
    };
}

struct throttle_account person_count_attempt(struct person_row *person, enum attempts_at at,
                                             int64_t now_ms) {
    struct throttle_account account = throttle_failed(person_attempts(person, at), now_ms);
    put_attempts(person, at, account.failures, account.failed_at_ms);
    return account;
}

void person_forget_attempts(struct person_row *person, enum attempts_at at) {
    put_attempts(person, at, 0, ROW_NONE);
}

struct person_row person_new(const struct app *app, struct cx *cx, struct str email,
                             struct str name) {
    return (struct person_row){
        .id = id_new(cx, "pers"),
        .email = email,
        .email_index = person_email_index(app, cx, email),
        .name = name,
        .language = STR(""),
        .operator_role = -1,
        .password_hash = STR(""),
        .password_changed_at = ROW_NONE,
        .failed_at = ROW_NONE,
        .created_at = cx_now_ms(cx),
        .disabled_at = ROW_NONE,
        .code_failed_at = ROW_NONE,
    };
}

struct err person_read(struct tx *tx, struct str id, struct person_row *ret_person,
                       bool *ret_found) {
    return person_get(tx, id, ret_person, ret_found);
}

struct err person_factors(struct tx *tx, struct str id, struct factors *ret_factors) {
    return factors_of(tx, id, ret_factors);
}

struct err person_is_last_admin(const struct app *app, struct tx *tx,
                                const struct person_row *person, bool *ret_is) {
    struct str id = id_str(&person->id);
    struct factors factors;
    int64_t admins = 0;
    int64_t others = 0;
    *ret_is = false;
    if (person->operator_role != (int)ROLE_ADMIN) {
        return OK;
    }
    TRY(person_count_operators(tx, ROLE_ADMIN, &admins));
    TRY(person_count_local(tx, ROLE_ADMIN, id, &others));
    TRY(factors_of(tx, id, &factors));
    bool is_local = person->password_hash.len > 0 || factors.passkeys > 0;
    *ret_is = admins <= 1 || (app->oidc != NULL && is_local && others == 0);
    return OK;
}

/* The length tells where the userId ends, whatever it is made of. */
static struct str subject_of(struct cx *cx, const struct platform_person *from) {
    return arena_printf(cx->arena, "%zu:" STR_FMT "/" STR_FMT, from->user_id.len,
                        STR_ARG(from->user_id), STR_ARG(from->id));
}

/* An address that somebody else has already is left out: the platform may not take over a person
 * who signs in here by it. */
static struct err make(const struct app *app, struct tx *tx, const struct platform_person *from,
                       struct str *ret_id) {
    struct person_row row = person_new(app, tx->cx, from->email, from->name);
    struct person_row other;
    bool is_taken = false;
    if (row.email_index.len > 0) {
        TRY(person_by_email(tx, row.email_index, &other, &is_taken));
    }
    if (is_taken) {
        row.email_index = STR("");
    }
    struct identity_row identity = {
        .issuer = PERSON_PLATFORM,
        .subject = subject_of(tx->cx, from),
        .person_id = arena_str(tx->cx->arena, id_str(&row.id)),
        .created_at = row.created_at,
    };
    TRY(person_insert(tx, &row));
    TRY(identity_insert(tx, &identity));
    *ret_id = identity.person_id;
    return OK;
}

struct err person_of_platform(const struct app *app, struct tx *tx,
                              const struct platform_person *from, struct str *ret_id) {
    struct identity_row identity;
    bool is_known = false;
    TRY(identity_get(tx, PERSON_PLATFORM, subject_of(tx->cx, from), &identity, &is_known));
    if (is_known) {
        *ret_id = identity.person_id;
    } else {
        TRY(make(app, tx, from, ret_id));
    }
    struct member_row member = {
        .user_id = from->user_id,
        .person_id = *ret_id,
        .role = (int)from->role,
        .created_at = cx_now_ms(tx->cx),
    };
    return member_put(tx, &member);
}

/* --- corrections --- */

static struct err run_rename(struct command *command, struct tx *tx) {
    struct person_rename *rename = (struct person_rename *)command;
    struct person_row person;
    bool is_found = false;
    TRY(person_get(tx, rename->person_id, &person, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_PERSON_NOT_FOUND;
        return OK;
    }
    audit_say(
        tx, &(struct audit_said){
                .object = rename->person_id,
                .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("name", audit_veiled(tx, person.name))),
                .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("name", audit_veiled(tx, rename->name)))});
    person.name = rename->name;
    return person_set(tx, &person);
}

void person_rename(struct app *app, struct person_rename *rename) {
    rename->command.run = run_rename;
    rename->command.after = NULL;
    command_submit(app, &rename->command);
}
