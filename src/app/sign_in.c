#include "app/sign_in.h"

#include "app/audit.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/sign_in_history.h"
#include "base/check.h"
#include "proof/throttle.h"
#include "store/email_change.h"

/* --- for whom --- */

struct err house_of(struct tx *tx, const struct person_row *person, struct str user_id,
                    struct house *ret_house, bool *ret_found) {
    struct row_list list;
    struct member_row member;
    *ret_found = false;
    if (person->disabled_at != ROW_NONE) {
        return OK;
    }
    if (user_id.len == 0 && person->operator_role >= 0) {
        *ret_house = (struct house){SESSION_OPERATOR, STR("")};
        *ret_found = true;
        return OK;
    }
    if (user_id.len > 0) {
        TRY(member_get(tx, user_id, id_str(&person->id), &member, ret_found));
    } else {
        TRY(member_of(tx, id_str(&person->id), 1, &list));
        *ret_found = list.count > 0;
        member = *ret_found ? *(const struct member_row *)list.items : (struct member_row){0};
    }
    if (*ret_found) {
        *ret_house = (struct house){SESSION_MEMBER, member.user_id};
    }
    return OK;
}

struct err session_start(struct tx *tx, const struct session_start *start, const char *token) {
    int64_t now = cx_now_ms(tx->cx);
    int64_t proved_at = start->has_proved_at ? start->proved_at.ms : now;
    char methods[PROOFS_TEXT_SIZE];
    proofs_text(start->proofs, methods);
    struct session_row row = {
        .token_hash = secret_hash(tx->cx, str_from_cstr(token)),
        .id = id_new(tx->cx, "sess"),
        .kind = (int)start->house.kind,
        .person_id = start->person_id,
        .user_id = start->house.user_id,
        .is_pending = start->is_pending,
        .created_at = now,
        .seen_at = now,
        .expires_at = now + session_absolute(start->house.kind).ms,
        .authenticated_at = now,
        .mfa_at = (start->proofs & PROOFS_STRONG) != 0 && proved_at != 0 ? proved_at : ROW_NONE,
        .methods = arena_str(tx->cx->arena, str_from_cstr(methods)),
        .address = start->place.address,
        .user_agent = start->place.user_agent,
        .reason = STR(""),
    };
    audit_say(tx, &(struct audit_said){
                      .customer = arena_str(tx->cx->arena, row.user_id),
                      .object = arena_str(tx->cx->arena, id_str(&row.id)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("person", row.person_id),
                                           AUDIT_TEXT("methods", row.methods)),
                  });
    return session_insert(tx, &row);
}

/* --- what the person is told --- */

static const char *const notice_flags[NOTICE_COUNT] = {
    [NOTICE_SIGN_IN] = "isSignIn",
    [NOTICE_PASSKEY_ADDED] = "isPasskeyAdded",
    [NOTICE_CODES_ADDED] = "isCodesAdded",
    [NOTICE_FACTOR_REMOVED] = "isFactorRemoved",
    [NOTICE_PASSWORD_CHANGED] = "isPasswordChanged",
    [NOTICE_RECOVERY_USED] = "isRecoveryUsed",
    [NOTICE_LOCKED] = "isLocked",
    [NOTICE_CODES_LOCKED] = "isCodesLocked",
    [NOTICE_PASSKEY_COPIED] = "isPasskeyCopied",
    [NOTICE_PROVIDER_LINKED] = "isProviderLinked",
    [NOTICE_PROVIDER_UNLINKED] = "isProviderUnlinked",
    [NOTICE_ROLE_CHANGED] = "isRoleChanged",
    [NOTICE_EMAIL_CHANGED] = "isEmailChanged",
    [NOTICE_EMAIL_STOPPED] = "isEmailStopped",
};

struct err notice_send(struct app *app, struct tx *tx, const struct person_row *person,
                       enum notice notice, const struct session_place *place) {
    struct mail_values values;
    int64_t now = cx_now_ms(tx->cx);
    if (person->email.len == 0) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    for (int i = 0; i < NOTICE_COUNT; i++) {
        mail_values_flag(&values, notice_flags[i], i == (int)notice);
    }
    mail_values_time(&values, "at", now);
    mail_values_str(&values, "address", place->address);
    mail_values_str(&values, "device", place->user_agent);
    struct record_id once = id_new(tx->cx, "note");
    const struct mail_order order = {
        .user_id = STR(""),
        .kind = MAIL_KIND_SECURITY_NOTICE,
        .dedupe_key = arena_printf(tx->cx->arena, "security_notice:%s", once.text),
        .values = mail_values_end(&values),
        .address = person->email,
        .name = person->name,
        .language = person->language,
    };
    return mail_order(app, tx, &order);
}

/* --- by password --- */

struct err password_target(struct app *app, struct tx *tx, struct str email,
                           struct password_target *ret_target) {
    struct person_row person;
    bool is_found = false;
    TRY(person_by_email(tx, person_email_index(app, tx->cx, email), &person, &is_found));
    *ret_target = (struct password_target){.person_id = STR(""), .hash = STR("")};
    if (is_found && person.password_hash.len > 0 && person.disabled_at == ROW_NONE) {
        ret_target->person_id = arena_str(tx->cx->arena, id_str(&person.id));
        ret_target->hash = person.password_hash;
        ret_target->wait_ms =
            throttle_ask(person_attempts(&person, ATTEMPTS_PASSWORD), app_now(app).ms).wait_ms;
    }
    return OK;
}

static struct err count_failure(struct password_sign_in *sign_in, struct tx *tx,
                                struct person_row *person) {
    struct throttle_account account =
        person_count_attempt(person, ATTEMPTS_PASSWORD, cx_now_ms(tx->cx));
    bool is_locked_now = account.failures == THROTTLE_LOCK_FAILURES;
    sign_in->command.outcome = OUTCOME_PASSWORD_WRONG;
    TRY(person_set(tx, person));
    TRY(sign_in_note(sign_in->command.app, tx, person,
                     (struct sign_in_note){BY_PASSWORD,
                                           is_locked_now ? SIGN_IN_LOCKED : SIGN_IN_WRONG,
                                           &sign_in->place}));
    return is_locked_now
               ? notice_send(sign_in->command.app, tx, person, NOTICE_LOCKED, &sign_in->place)
               : OK;
}

static struct err come_in(struct password_sign_in *sign_in, struct tx *tx,
                          struct person_row *person) {
    struct session_start start = {
        .person_id = sign_in->person_id,
        .proofs = PROOF_PASSWORD,
        .is_pending = true,
        .place = sign_in->place,
    };
    bool is_found = false;
    TRY(house_of(tx, person, sign_in->user_id, &start.house, &is_found));
    if (!is_found) {
        sign_in->command.outcome = OUTCOME_NO_HOUSE;
        return OK;
    }
    person_forget_attempts(person, ATTEMPTS_PASSWORD);
    if (sign_in->new_hash.len > 0) {
        person->password_hash = sign_in->new_hash;
    }
    sign_in->kind = start.house.kind;
    TRY(person_set(tx, person));
    TRY(sign_in_note(sign_in->command.app, tx, person,
                     (struct sign_in_note){BY_PASSWORD, SIGN_IN_PENDING, &sign_in->place}));
    return session_start(tx, &start, sign_in->token);
}

static struct err run_password_sign_in(struct command *command, struct tx *tx) {
    struct password_sign_in *sign_in = (struct password_sign_in *)command;
    struct person_row person;
    bool is_found = false;
    if (sign_in->person_id.len > 0) {
        TRY(person_get(tx, sign_in->person_id, &person, &is_found));
    }
    if (!is_found) {
        command->outcome = OUTCOME_PASSWORD_WRONG;
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = sign_in->person_id});
    /* Others may have tried meanwhile: an attempt that came too early is none. */
    if (throttle_ask(person_attempts(&person, ATTEMPTS_PASSWORD), cx_now_ms(tx->cx)).wait_ms > 0) {
        command->outcome = OUTCOME_PASSWORD_WRONG;
        return OK;
    }
    return sign_in->is_right ? come_in(sign_in, tx, &person) : count_failure(sign_in, tx, &person);
}

void password_sign_in(struct app *app, struct password_sign_in *sign_in) {
    token_make(app->env, sign_in->token);
    sign_in->command.run = run_password_sign_in;
    sign_in->command.after = NULL;
    command_submit(app, &sign_in->command);
}

/* --- a new one --- */

struct err link_take(struct tx *tx, enum link_purpose purpose, struct str token,
                     struct str *ret_person_id, bool *ret_is_good) {
    struct sign_in_link_row link;
    int64_t now = cx_now_ms(tx->cx);
    struct str hash = secret_hash(tx->cx, token);
    TRY(sign_in_link_get(tx, hash, &link, ret_is_good));
    *ret_is_good = *ret_is_good && link.purpose == (int)purpose && link.used_at == ROW_NONE &&
                   now < link.expires_at;
    *ret_person_id = *ret_is_good ? link.person_id : STR("");
    return *ret_is_good ? sign_in_link_use(tx, hash, now) : OK;
}

static struct err run_password_set(struct command *command, struct tx *tx) {
    struct password_set *set = (struct password_set *)command;
    struct person_row person;
    struct str person_id = set->person_id;
    bool is_good = true;
    if (person_id.len == 0) {
        TRY(link_take(tx, LINK_RESET, set->reset_token, &person_id, &is_good));
    }
    if (is_good) {
        TRY(person_get(tx, person_id, &person, &is_good));
    }
    if (!is_good) {
        command->outcome = OUTCOME_LINK_INVALID;
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, person_id)});
    person.password_hash = set->hash;
    person.password_changed_at = cx_now_ms(tx->cx);
    person_forget_attempts(&person, ATTEMPTS_PASSWORD);
    int64_t void_now = 0; /* addresses that whoever had the old one asked for */
    TRY(person_set(tx, &person));
    TRY(session_delete_all(tx, person_id, set->but_session_id));
    TRY(email_change_withdraw(tx, person_id, cx_now_ms(tx->cx), &void_now));
    return notice_send(command->app, tx, &person, NOTICE_PASSWORD_CHANGED, &set->place);
}

void password_set(struct app *app, struct password_set *set) {
    check((set->person_id.len > 0) != (set->reset_token.len > 0));
    set->command.run = run_password_set;
    set->command.after = NULL;
    command_submit(app, &set->command);
}

static struct err mail_reset_link(struct app *app, struct tx *tx, const struct person_row *person) {
    char token[TOKEN_SIZE];
    struct mail_values values;
    int64_t now = cx_now_ms(tx->cx);
    token_make(app->env, token);
    struct sign_in_link_row row = {
        .token_hash = secret_hash(tx->cx, str_from_cstr(token)),
        .purpose = LINK_RESET,
        .person_id = id_str(&person->id),
        .user_id = STR(""),
        .return_path = STR("/"),
        .mfa_at = ROW_NONE,
        .methods = STR(""),
        .reason = STR(""),
        .expires_at = now + link_span(LINK_RESET).ms,
        .used_at = ROW_NONE,
    };
    TRY(sign_in_link_withdraw(tx, LINK_RESET, row.person_id, now));
    TRY(sign_in_link_insert(tx, &row));
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "resetUrl", arena_printf(tx->cx->arena, "/reset#%s", token));
    mail_values_time(&values, "expiresAt", row.expires_at);
    const struct mail_order order = {
        .user_id = STR(""),
        .kind = MAIL_KIND_PASSWORD_RESET,
        .dedupe_key =
            arena_printf(tx->cx->arena, "password_reset:" STR_FMT, STR_ARG(row.token_hash)),
        .values = mail_values_end(&values),
        .address = person->email,
        .name = person->name,
        .language = person->language,
    };
    return mail_order(app, tx, &order);
}

static struct err run_password_reset(struct command *command, struct tx *tx) {
    struct password_reset *reset = (struct password_reset *)command;
    struct person_row person;
    bool is_found = false;
    TRY(person_by_email(tx, person_email_index(command->app, tx->cx, reset->email), &person,
                        &is_found));
    return is_found && person.disabled_at == ROW_NONE ? mail_reset_link(command->app, tx, &person)
                                                      : OK;
}

void password_reset(struct app *app, struct password_reset *reset) {
    reset->command.run = run_password_reset;
    reset->command.after = NULL;
    command_submit(app, &reset->command);
}

/* --- another house --- */

static struct err run_switch(struct command *command, struct tx *tx) {
    struct session_switch *to = (struct session_switch *)command;
    const struct signed_in *from = &to->session;
    struct person_row person;
    struct house house;
    bool is_found = false;
    TRY(person_get(tx, from->person_id, &person, &is_found));
    if (is_found) {
        TRY(house_of(tx, &person, to->user_id, &house, &is_found));
    }
    if (!is_found) {
        command->outcome = OUTCOME_NO_HOUSE;
        return OK;
    }
    struct session_row row = {
        .token_hash = secret_hash(tx->cx, str_from_cstr(to->token)),
        .id = id_new(tx->cx, "sess"),
        .kind = (int)house.kind,
        .person_id = from->person_id,
        .user_id = house.user_id,
        .created_at = cx_now_ms(tx->cx),
        .seen_at = cx_now_ms(tx->cx),
        .expires_at = cx_now_ms(tx->cx) + session_absolute(house.kind).ms,
        .authenticated_at = from->authenticated_at.ms,
        .mfa_at = from->mfa_at.ms == 0 ? ROW_NONE : from->mfa_at.ms,
        .address = to->place.address,
        .user_agent = to->place.user_agent,
        .reason = STR(""),
    };
    char methods[PROOFS_TEXT_SIZE];
    proofs_text(from->proofs, methods);
    row.methods = arena_str(tx->cx->arena, str_from_cstr(methods));
    to->kind = house.kind;
    TRY(session_delete(tx, secret_hash(tx->cx, from->token)));
    return session_insert(tx, &row);
}

void session_switch(struct app *app, struct session_switch *to) {
    token_make(app->env, to->token);
    to->command.run = run_switch;
    to->command.after = NULL;
    command_submit(app, &to->command);
}
