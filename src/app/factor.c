#include "app/factor.h"

#include <string.h>

#include "app/audit.h"
#include "app/person.h"
#include "app/sign_in_history.h"
#include "base/crypto.h"
#include "proof/base32.h"
#include "proof/base64url.h"
#include "proof/throttle.h"

/* --- what a proof does to its session --- */

/* It has another secret from now on, and is whole. ERR_CONFLICT is the session's end meanwhile. */
static struct err prove_session(struct command *command, struct tx *tx,
                                const struct signed_in *session, enum proof proof,
                                const char *token) {
    char methods[PROOFS_TEXT_SIZE];
    int64_t now = cx_now_ms(tx->cx);
    proofs_text(session->proofs | proof, methods);
    bool is_strong = (proof & PROOFS_STRONG) != 0;
    struct session_proof proved = {
        .old_hash = secret_hash(tx->cx, session->token),
        .new_hash = secret_hash(tx->cx, str_from_cstr(token)),
        .is_pending = false,
        .now = now,
        .mfa_at = is_strong                 ? now
                  : session->mfa_at.ms == 0 ? ROW_NONE
                                            : session->mfa_at.ms,
        .methods = arena_str(tx->cx->arena, str_from_cstr(methods)),
    };
    struct err err = session_prove(tx, &proved);
    if (err.code == ERR_CONFLICT) {
        command->outcome = OUTCOME_SESSION_ENDED;
        return OK;
    }
    return err;
}

static struct err person_of(struct tx *tx, struct str id, struct person_row *ret_person) {
    bool is_found = false;
    TRY(person_get(tx, id, ret_person, &is_found));
    return is_found ? OK : cx_fail(tx->cx, ERR(ERR_CORRUPT), "a session is of no person");
}

/* --- one-time codes --- */

static struct str secret_text(struct cx *cx, const uint8_t secret[TOTP_SECRET_SIZE]) {
    char text[TOTP_SECRET_TEXT];
    totp_secret_text(secret, text);
    return arena_str(cx->arena, str_of(text, sizeof text));
}

static struct err run_totp_begin(struct command *command, struct tx *tx) {
    struct totp_begin *begin = (struct totp_begin *)command;
    struct totp_row before;
    bool is_there = false;
    TRY(totp_get(tx, begin->person_id, &before, &is_there));
    if (is_there && before.confirmed_at != ROW_NONE) {
        command->outcome = OUTCOME_FACTOR_EXISTS;
        return OK;
    }
    struct totp_row row = {
        .person_id = begin->person_id,
        .secret = secret_text(tx->cx, begin->secret),
        .last_step = TOTP_NEVER,
        .created_at = cx_now_ms(tx->cx),
        .confirmed_at = ROW_NONE,
    };
    command->outcome = OUTCOME_CREATED;
    return totp_put(tx, &row);
}

void totp_begin(struct app *app, struct totp_begin *begin) {
    app->env->random(app->env, begin->secret, sizeof begin->secret);
    begin->command.run = run_totp_begin;
    begin->command.after = NULL;
    command_submit(app, &begin->command);
}

/* --- proving by a code --- */

static struct err take_totp(struct tx *tx, const struct code_prove *prove, bool *ret_is_right,
                            bool *ret_confirms) {
    struct totp_row row;
    bool is_there = false;
    int64_t step = 0;
    uint8_t secret[TOTP_SECRET_SIZE];
    int64_t now = cx_now_ms(tx->cx);
    TRY(totp_get(tx, prove->session.person_id, &row, &is_there));
    *ret_is_right = false;
    *ret_confirms = is_there && row.confirmed_at == ROW_NONE;
    if (!is_there || !base32_decode(row.secret, secret, sizeof secret)) {
        return OK;
    }
    struct totp_attempt attempt = {secret, prove->code, now / 1000, row.last_step};
    *ret_is_right = totp_accepts(&attempt, &step);
    return *ret_is_right ? totp_take(tx, prove->session.person_id, step, now) : OK;
}

static struct err take_recovery(struct tx *tx, const struct code_prove *prove, bool *ret_is_right) {
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    *ret_is_right = recovery_code_hash(prove->code, hash);
    if (!*ret_is_right) {
        return OK;
    }
    str_hex(hash, sizeof hash, hex);
    struct err err =
        recovery_code_use(tx, prove->session.person_id, str_of(hex, sizeof hex), cx_now_ms(tx->cx));
    *ret_is_right = err.code != ERR_CONFLICT;
    return *ret_is_right ? err : OK;
}

static struct err note_code(const struct code_prove *prove, struct tx *tx,
                            const struct person_row *person, enum sign_in_end end) {
    enum sign_in_method method = prove->is_recovery ? BY_RECOVERY_CODE : BY_CODE;
    return sign_in_note(prove->command.app, tx, person,
                        (struct sign_in_note){method, end, &prove->place});
}

static struct err count_failure(struct code_prove *prove, struct tx *tx,
                                struct person_row *person) {
    struct throttle_account account =
        person_count_attempt(person, ATTEMPTS_CODE, cx_now_ms(tx->cx));
    prove->command.outcome = OUTCOME_PROOF_WRONG;
    bool is_locked_now = account.failures == THROTTLE_LOCK_FAILURES;
    TRY(person_set(tx, person));
    TRY(note_code(prove, tx, person, is_locked_now ? SIGN_IN_LOCKED : SIGN_IN_WRONG));
    return is_locked_now
               ? notice_send(prove->command.app, tx, person, NOTICE_CODES_LOCKED, &prove->place)
               : OK;
}

static struct err take_code(struct code_prove *prove, struct tx *tx, struct person_row *person) {
    bool is_right = false;
    bool confirms = false;
    TRY(prove->is_recovery ? take_recovery(tx, prove, &is_right)
                           : take_totp(tx, prove, &is_right, &confirms));
    if (!is_right) {
        return count_failure(prove, tx, person);
    }
    if (person->code_failures > 0) {
        person_forget_attempts(person, ATTEMPTS_CODE);
        TRY(person_set(tx, person));
    }
    if (prove->session.is_pending) {
        TRY(note_code(prove, tx, person, SIGN_IN_DONE));
    }
    if (confirms) {
        TRY(session_delete_all(tx, prove->session.person_id, prove->session.id));
    }
    if (prove->is_recovery || confirms) {
        TRY(notice_send(prove->command.app, tx, person,
                        confirms ? NOTICE_CODES_ADDED : NOTICE_RECOVERY_USED, &prove->place));
    }
    return prove_session(&prove->command, tx, &prove->session,
                         prove->is_recovery ? PROOF_RECOVERY : PROOF_TOTP, prove->token);
}

/* A secret that waits to be confirmed is one of the person's own making: a pending session may
 * confirm it only while there is nothing else to prove. */
static struct err may_use_codes(const struct code_prove *prove, struct tx *tx, bool *ret_may) {
    struct factors factors;
    TRY(factors_of(tx, prove->session.person_id, &factors));
    bool is_first = factors.totp == 0 && factors.passkeys == 0;
    *ret_may = prove->is_recovery ? factors.recovery_codes > 0
                                  : factors.totp > 0 || is_first || !prove->session.is_pending;
    return OK;
}

static struct err run_code_prove(struct command *command, struct tx *tx) {
    struct code_prove *prove = (struct code_prove *)command;
    struct person_row person;
    bool may = false;
    TRY(person_of(tx, prove->session.person_id, &person));
    TRY(may_use_codes(prove, tx, &may));
    if (!may) {
        command->outcome = OUTCOME_NO_SUCH_FACTOR;
        return OK;
    }
    prove->wait_ms =
        throttle_ask(person_attempts(&person, ATTEMPTS_CODE), cx_now_ms(tx->cx)).wait_ms;
    if (prove->wait_ms > 0) {
        command->outcome = OUTCOME_PROOF_THROTTLED;
        return OK;
    }
    return take_code(prove, tx, &person);
}

void code_prove(struct app *app, struct code_prove *prove) {
    token_make(app->env, prove->token);
    prove->command.run = run_code_prove;
    prove->command.after = NULL;
    command_submit(app, &prove->command);
}

/* --- recovery codes --- */

static struct err run_recovery_codes(struct command *command, struct tx *tx) {
    struct recovery_codes_make *make = (struct recovery_codes_make *)command;
    struct str hashes[RECOVERY_CODES];
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        uint8_t random[RECOVERY_CODE_BYTES];
        uint8_t hash[SHA256_SIZE];
        char hex[SHA256_HEX];
        tx->cx->env->random(tx->cx->env, random, sizeof random);
        recovery_code_text(random, make->codes[i]);
        make->codes[i][RECOVERY_CODE_TEXT] = '\0';
        if (!recovery_code_hash(str_from_cstr(make->codes[i]), hash)) {
            return cx_fail(tx->cx, ERR(ERR_CORRUPT), "a recovery code of our own is none");
        }
        str_hex(hash, sizeof hash, hex);
        hashes[i] = arena_str(tx->cx->arena, str_of(hex, sizeof hex));
    }
    command->outcome = OUTCOME_CREATED;
    TRY(session_delete_all(tx, make->person_id, make->but_session_id));
    return recovery_codes_put(tx, make->person_id, hashes, RECOVERY_CODES);
}

void recovery_codes_make(struct app *app, struct recovery_codes_make *make) {
    make->command.run = run_recovery_codes;
    make->command.after = NULL;
    command_submit(app, &make->command);
}

/* --- removing --- */

static struct err remove_one(struct factor_remove *remove, struct tx *tx,
                             const struct factors *factors) {
    if (remove->passkey_id.len == 0) {
        remove->command.outcome = factors->totp > 0 ? OUTCOME_DONE : OUTCOME_NO_SUCH_FACTOR;
        return totp_delete(tx, remove->person_id);
    }
    struct err err = passkey_delete(tx, remove->person_id, remove->passkey_id);
    if (err.code == ERR_CONFLICT) {
        remove->command.outcome = OUTCOME_NO_SUCH_FACTOR;
        return OK;
    }
    return err;
}

/* The only passkey of an admin without a password, whom the installation needs. */
static struct err is_last_local(const struct factor_remove *remove, struct tx *tx,
                                const struct person_row *person, const struct factors *factors,
                                bool *ret_is) {
    *ret_is = false;
    if (remove->passkey_id.len == 0 || factors->passkeys > 1 || person->password_hash.len > 0 ||
        remove->command.app->oidc == NULL) {
        return OK;
    }
    return person_is_last_admin(remove->command.app, tx, person, ret_is);
}

static struct err run_remove(struct command *command, struct tx *tx) {
    struct factor_remove *remove = (struct factor_remove *)command;
    struct factors factors;
    struct person_row person;
    bool is_needed = false;
    TRY(person_of(tx, remove->person_id, &person));
    TRY(factors_of(tx, remove->person_id, &factors));
    if (factors.totp + factors.passkeys == 1) {
        command->outcome = OUTCOME_LAST_FACTOR;
        return OK;
    }
    TRY(is_last_local(remove, tx, &person, &factors, &is_needed));
    if (is_needed) {
        command->outcome = OUTCOME_LAST_WAY_IN;
        return OK;
    }
    TRY(remove_one(remove, tx, &factors));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(session_delete_all(tx, remove->person_id, remove->but_session_id));
    return notice_send(command->app, tx, &person, NOTICE_FACTOR_REMOVED, &remove->place);
}

void factor_remove(struct app *app, struct factor_remove *remove) {
    remove->command.run = run_remove;
    remove->command.after = NULL;
    command_submit(app, &remove->command);
}

/* --- passkeys --- */

static struct str challenge_hash(struct cx *cx, struct str challenge) {
    return secret_hash(cx, challenge);
}

static struct err run_challenge(struct command *command, struct tx *tx) {
    struct challenge_make *make = (struct challenge_make *)command;
    struct str bytes = str_of((const char *)make->challenge, sizeof make->challenge);
    struct challenge_row row = {
        .challenge_hash = challenge_hash(tx->cx, bytes),
        .purpose = make->purpose,
        .session_id = make->session_id,
        .expires_at = cx_now_ms(tx->cx) + INT64_C(60000) * CHALLENGE_MINUTES,
    };
    TRY(session_prune(tx, cx_now_ms(tx->cx)));
    return challenge_insert(tx, &row);
}

void challenge_make(struct app *app, struct challenge_make *make) {
    app->env->random(app->env, make->challenge, sizeof make->challenge);
    make->command.run = run_challenge;
    make->command.after = NULL;
    command_submit(app, &make->command);
}

/* The challenge that an answer names, if it was drawn for this and not answered yet; it is used up.
 */
static struct err take_challenge(struct tx *tx, struct str client_data, struct str purpose,
                                 struct str session_id, struct str *ret_challenge) {
    struct challenge_row row;
    bool is_found = false;
    *ret_challenge = STR("");
    struct str named;
    if (!webauthn_challenge(tx->cx->arena, client_data, &named)) {
        return OK;
    }
    TRY(challenge_take(tx, challenge_hash(tx->cx, named), &row, &is_found));
    bool is_good = is_found && str_equal(row.purpose, purpose) &&
                   str_equal(row.session_id, session_id) && cx_now_ms(tx->cx) < row.expires_at;
    *ret_challenge = is_good ? named : STR("");
    return OK;
}

static struct err insert_passkey(struct tx *tx, const struct passkey_register *registers,
                                 const struct webauthn_credential *credential, bool *ret_is_new) {
    struct passkey_row known;
    bool is_known = false;
    struct str id = base64url_encode(tx->cx->arena, credential->id);
    TRY(passkey_by_credential(tx, id, &known, &is_known));
    *ret_is_new = !is_known;
    if (is_known) {
        return OK;
    }
    struct passkey_row row = {
        .person_id = registers->session.person_id,
        .id = id_new(tx->cx, "pkey"),
        .credential_id = id,
        .public_key = base64url_encode(tx->cx->arena, credential->public_key),
        .algorithm = credential->algorithm,
        .sign_count = credential->sign_count,
        .name = registers->name,
        .transports = registers->transports,
        .is_backup_eligible = credential->is_backup_eligible,
        .is_backed_up = credential->is_backed_up,
        .created_at = cx_now_ms(tx->cx),
        .used_at = ROW_NONE,
    };
    return passkey_insert(tx, &row);
}

static struct err run_register(struct command *command, struct tx *tx) {
    struct passkey_register *registers = (struct passkey_register *)command;
    struct webauthn_credential credential;
    struct webauthn_expected expected = {
        .origin = registers->site.origin, .rp_id = registers->site.rp_id, .must_verify_user = true};
    struct person_row person;
    bool is_new = false;
    TRY(take_challenge(tx, registers->registration.client_data, CHALLENGE_REGISTER,
                       registers->session.id, &expected.challenge));
    if (expected.challenge.len == 0) {
        command->outcome = OUTCOME_CHALLENGE_GONE;
        return OK;
    }
    registers->verdict = webauthn_register(&expected, &registers->registration, &credential);
    if (registers->verdict != WEBAUTHN_PROVEN) {
        command->outcome = OUTCOME_PASSKEY_REFUSED;
        return OK;
    }
    TRY(insert_passkey(tx, registers, &credential, &is_new));
    if (!is_new) {
        command->outcome = OUTCOME_FACTOR_EXISTS;
        return OK;
    }
    TRY(person_of(tx, registers->session.person_id, &person));
    TRY(session_delete_all(tx, registers->session.person_id, registers->session.id));
    TRY(notice_send(command->app, tx, &person, NOTICE_PASSKEY_ADDED, &registers->place));
    command->outcome = OUTCOME_CREATED;
    return prove_session(command, tx, &registers->session, PROOF_PASSKEY, registers->token);
}

void passkey_register(struct app *app, struct passkey_register *registers) {
    token_make(app->env, registers->token);
    registers->command.run = run_register;
    registers->command.after = NULL;
    command_submit(app, &registers->command);
}

/* --- proving by a passkey --- */

static struct err sign_in(struct passkey_prove *prove, struct tx *tx,
                          const struct person_row *person) {
    struct session_start start = {
        .person_id = id_str(&person->id), .proofs = PROOF_PASSKEY, .place = prove->place};
    bool is_found = false;
    TRY(house_of(tx, person, prove->user_id, &start.house, &is_found));
    if (!is_found) {
        prove->command.outcome = OUTCOME_NO_HOUSE;
        return OK;
    }
    prove->kind = start.house.kind;
    TRY(sign_in_note(prove->command.app, tx, person,
                     (struct sign_in_note){BY_PASSKEY, SIGN_IN_DONE, &prove->place}));
    return session_start(tx, &start, prove->token);
}

/* The passkey, if its person is the one who is to be proved. */
static struct err find_passkey(const struct passkey_prove *prove, struct tx *tx,
                               struct passkey_row *ret_row, bool *ret_found) {
    TRY(passkey_by_credential(tx, prove->credential_id, ret_row, ret_found));
    *ret_found = *ret_found &&
                 (!prove->has_session || str_equal(ret_row->person_id, prove->session.person_id));
    return OK;
}

/* Whether it holds; a count that went back is a copy of the key, and is refused. */
static bool holds(struct passkey_prove *prove, struct tx *tx, const struct passkey_row *row,
                  struct str challenge, struct webauthn_use *ret_use) {
    struct webauthn_credential credential = {
        .algorithm = (int)row->algorithm,
        .sign_count = (uint32_t)row->sign_count,
        .is_backup_eligible = row->is_backup_eligible,
    };
    struct webauthn_expected expected = {challenge, prove->site.origin, prove->site.rp_id, true};
    if (!base64url_decode(tx->cx->arena, row->public_key, &credential.public_key)) {
        prove->verdict = WEBAUTHN_KEY;
        return false;
    }
    prove->verdict = webauthn_assert(&expected, &credential, &prove->assertion, ret_use);
    return prove->verdict == WEBAUTHN_PROVEN && !ret_use->has_count_regressed;
}

/* It did not hold. A copy of a key is its person's to know of; a false proof is anybody's to send.
 */
static struct err refuse(struct passkey_prove *prove, struct tx *tx,
                         const struct passkey_row *row) {
    struct person_row person;
    prove->command.outcome = OUTCOME_PASSKEY_REFUSED;
    if (prove->verdict != WEBAUTHN_PROVEN) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){
                      .object = arena_str(tx->cx->arena, id_str(&row->id)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("person", row->person_id),
                                           AUDIT_TEXT("refused", STR("count_went_back"))),
                  });
    TRY(person_of(tx, row->person_id, &person));
    TRY(sign_in_note(prove->command.app, tx, &person,
                     (struct sign_in_note){BY_PASSKEY, SIGN_IN_WRONG, &prove->place}));
    return notice_send(prove->command.app, tx, &person, NOTICE_PASSKEY_COPIED, &prove->place);
}

static struct err run_prove(struct command *command, struct tx *tx) {
    struct passkey_prove *prove = (struct passkey_prove *)command;
    struct str purpose = prove->has_session ? CHALLENGE_PROVE : CHALLENGE_SIGN_IN;
    struct str session_id = prove->has_session ? prove->session.id : STR("");
    struct str challenge;
    struct passkey_row row;
    struct webauthn_use use;
    struct person_row person;
    bool is_found = false;
    TRY(take_challenge(tx, prove->assertion.client_data, purpose, session_id, &challenge));
    if (challenge.len == 0) {
        command->outcome = OUTCOME_CHALLENGE_GONE;
        return OK;
    }
    TRY(find_passkey(prove, tx, &row, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_NO_SUCH_FACTOR;
        return OK;
    }
    if (!holds(prove, tx, &row, challenge, &use)) {
        return refuse(prove, tx, &row);
    }
    TRY(passkey_used(tx, row.credential_id, use.sign_count, use.is_backed_up, cx_now_ms(tx->cx)));
    TRY(person_of(tx, row.person_id, &person));
    if (prove->has_session && prove->session.is_pending) {
        TRY(sign_in_note(command->app, tx, &person,
                         (struct sign_in_note){BY_PASSKEY, SIGN_IN_DONE, &prove->place}));
    }
    if (prove->has_session) {
        return prove_session(command, tx, &prove->session, PROOF_PASSKEY, prove->token);
    }
    return sign_in(prove, tx, &person);
}

void passkey_prove(struct app *app, struct passkey_prove *prove) {
    token_make(app->env, prove->token);
    prove->command.run = run_prove;
    prove->command.after = NULL;
    command_submit(app, &prove->command);
}

struct err passkeys_read(struct tx *tx, struct str person_id, struct row_list *ret_list) {
    return passkey_list(tx, person_id, PASSKEYS_MAX, ret_list);
}

static struct err run_rename(struct command *command, struct tx *tx) {
    struct passkey_rename *rename = (struct passkey_rename *)command;
    struct row_list list;
    TRY(passkey_list(tx, rename->person_id, PASSKEYS_MAX, &list));
    struct passkey_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (str_equal(id_str(&rows[i].id), rename->passkey_id)) {
            audit_say(tx, &(struct audit_said){
                              .object = rename->passkey_id,
                              .before = AUDIT_FACTS(
                                  tx->cx, AUDIT_TEXT("name", audit_veiled(tx, rows[i].name))),
                              .after = AUDIT_FACTS(
                                  tx->cx, AUDIT_TEXT("name", audit_veiled(tx, rename->name))),
                          });
            rows[i].name = rename->name;
            return passkey_set(tx, &rows[i]);
        }
    }
    command->outcome = OUTCOME_NO_SUCH_FACTOR;
    return OK;
}

void passkey_rename(struct app *app, struct passkey_rename *rename) {
    rename->command.run = run_rename;
    rename->command.after = NULL;
    command_submit(app, &rename->command);
}
