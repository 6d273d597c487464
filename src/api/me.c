/* /api/me: what a person has here that proves them, and the setting up and removing of it. */
#include "api/people.h"

#include "api/passkey_json.h"
#include "api/session_cookie.h"
#include "app/email_change.h"
#include "app/factor.h"
#include "app/oidc.h"
#include "app/person.h"
#include "proof/base64url.h"
#include "proof/qr.h"

/* --- who one is --- */

struct passkey_out {
    struct str id, name;
    bool is_backed_up, was_used;
    int64_t created_at, used_at;
};

#define AT(member) offsetof(struct passkey_out, member)
static const struct shape_field passkey_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"name", "As its person calls it", SHAPE_STR, .offset = AT(name), .max = PASSKEY_NAME_MAX},
    {"isBackedUp", "It is kept in more places than one", SHAPE_BOOL, .offset = AT(is_backed_up)},
    {"createdAt", "When it was made", SHAPE_INSTANT, .offset = AT(created_at)},
    {"usedAt", "When it was used last", SHAPE_INSTANT, .offset = AT(used_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(was_used)},
};
#undef AT
static const struct shape passkey_shape =
    SHAPE("Passkey", "A passkey of a person", struct passkey_out, passkey_fields);

struct me_out {
    struct str id, email, name;
    struct str new_email;
    bool has_password, has_totp, has_new_email;
    int64_t new_email_until;
    int64_t recovery_codes;
    struct shape_list passkeys, identities;
};

#define AT(member) offsetof(struct me_out, member)
static const struct shape_field passkey_item = {.kind = SHAPE_OBJECT, .of = &passkey_shape};
static const struct shape_field me_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"email", "Theirs; null where the platform gave none", SHAPE_STR, .offset = AT(email),
     .max = LIMIT_EMAIL, .flags = SHAPE_NULLABLE},
    {"name", "Theirs", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"newEmail", "One that was asked for and waits to be confirmed", SHAPE_STR,
     .offset = AT(new_email), .max = LIMIT_EMAIL, .flags = SHAPE_NULLABLE},
    {"newEmailUntil", "How long it may be", SHAPE_INSTANT, .offset = AT(new_email_until),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_new_email)},
    {"hasPassword", "They can sign in by one", SHAPE_BOOL, .offset = AT(has_password)},
    {"hasTotp", "They have an app that makes codes", SHAPE_BOOL, .offset = AT(has_totp)},
    {"recoveryCodesLeft", "That were not used yet", SHAPE_I64, .offset = AT(recovery_codes)},
    {"passkeys", "By the time they were made", SHAPE_LIST, .offset = AT(passkeys),
     .max = PASSKEYS_MAX, .item = &passkey_item, .item_size = sizeof(struct passkey_out)},
    {"identities", "By which OpenID providers they are known", SHAPE_LIST, .offset = AT(identities),
     .max = IDENTITIES_MAX, .item = &identity_item, .item_size = sizeof(struct identity_out)},
};
#undef AT
const struct shape me_shape = SHAPE("Me", "Who is signed in", struct me_out, me_fields);

static struct err list_passkeys(struct api_request *request, struct tx *tx,
                                struct shape_list *ret_list) {
    struct row_list list;
    TRY(passkeys_read(tx, request->session.person_id, &list));
    const struct passkey_row *rows = list.items;
    struct passkey_out *out = arena_array(request->arena, list.count, sizeof *out);
    if (out == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < list.count; i++) {
        bool was_used = rows[i].used_at != ROW_NONE;
        out[i] = (struct passkey_out){id_str(&rows[i].id),  rows[i].name,
                                      rows[i].is_backed_up, was_used,
                                      rows[i].created_at,   was_used ? rows[i].used_at : 0};
    }
    *ret_list = (struct shape_list){out, list.count};
    return OK;
}

static struct err read_me(struct api_request *request, struct me_out *ret_out, bool *ret_found) {
    struct tx tx = request_read(request);
    struct person_row person;
    struct factors factors;
    struct email_change_row change = {.new_email = STR("")};
    bool changes = false;
    TRY(person_read(&tx, request->session.person_id, &person, ret_found));
    TRY(email_change_waiting(&tx, request->session.person_id, &change, &changes));
    TRY(person_factors(&tx, request->session.person_id, &factors));
    *ret_out = (struct me_out){
        .id = request->session.person_id,
        .email = text_or_null(person.email),
        .name = text_or_null(person.name),
        .new_email = text_or_null(change.new_email),
        .has_new_email = changes,
        .new_email_until = change.expires_at,
        .has_password = person.password_hash.len > 0,
        .has_totp = factors.totp > 0,
        .recovery_codes = factors.recovery_codes,
    };
    TRY(identities_list(request, &tx, &ret_out->identities));
    return list_passkeys(request, &tx, &ret_out->passkeys);
}

void me_reply(struct api_request *request, int status) {
    struct me_out out;
    bool is_found = false;
    if (reply_if_failed(request, read_me(request, &out, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, PROBLEM_SESSION_EXPIRED);
        return;
    }
    reply_value(request, status, &me_shape, &out);
}

void me_show(struct api_request *request) {
    me_reply(request, 200);
}

/* --- corrections --- */

struct name_in {
    struct str name;
};
static const struct shape_field name_fields[] = {
    {"name", "As others see it", SHAPE_STR, .offset = offsetof(struct name_in, name), .min = 1,
     .max = LIMIT_NAME, .flags = SHAPE_PERSONAL | SHAPE_IN_CHARACTERS},
};
const struct shape me_name_shape =
    SHAPE("MyName", "How somebody is called", struct name_in, name_fields);

struct rename_in_hand {
    struct person_rename rename; /* first: `done` hands it back */
    struct api_request *request;
};

static void renamed(struct command *command) {
    struct api_request *request = ((struct rename_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        me_show(request);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void me_rename(struct api_request *request) {
    struct rename_in_hand *hand = ARENA_NEW(request->arena, struct rename_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->rename.person_id = request->session.person_id;
    hand->rename.name = ((const struct name_in *)request->body)->name;
    hand->rename.command.done = renamed;
    person_rename(request->api->app, &hand->rename);
}

/* What proves them may be set up without a proof by who has none yet, or has lost all and came by a
 * recovery code: as long as they have just come in. */
bool factors_may_begin(const struct api_request *request) {
    struct tx tx = request_read((struct api_request *)(uintptr_t)request);
    const struct signed_in *session = &request->session;
    struct factors factors;
    struct duration age_max = {INT64_C(15) * 60 * 1000};
    if (err_failed(person_factors(&tx, session->person_id, &factors)) ||
        instant_difference(request_now(request), session->authenticated_at).ms >= age_max.ms) {
        return false;
    }
    bool has_none = factors.totp == 0 && factors.passkeys == 0;
    return has_none || (!session->is_pending && (session->proofs & PROOF_RECOVERY) != 0);
}

/* --- one-time codes --- */

struct totp_out {
    struct str secret, url, qr;
};

#define AT(member) offsetof(struct totp_out, member)
static const struct shape_field totp_fields[] = {
    {"secret", "In base32, for who cannot scan; shown this once", SHAPE_STR, .offset = AT(secret),
     .max = TOTP_SECRET_TEXT},
    {"url", "The same for an app: otpauth://totp/…", SHAPE_STR, .offset = AT(url), .max = 600},
    {"qrSvg", "The same as an image", SHAPE_STR, .offset = AT(qr), .max = 60000},
};
#undef AT
const struct shape totp_shape =
    SHAPE("TotpSecret", "What one-time codes are made from", struct totp_out, totp_fields);

struct totp_in_hand {
    struct totp_begin begin; /* first: `done` hands it back */
    struct api_request *request;
};

static void totp_begun(struct command *command) {
    struct totp_in_hand *hand = (struct totp_in_hand *)command;
    struct api_request *request = hand->request;
    struct tx tx = request_read(request);
    struct person_row person = {.email = STR("")};
    bool is_found = false;
    if (command->outcome != OUTCOME_CREATED) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    if (reply_if_failed(request,
                        person_read(&tx, request->session.person_id, &person, &is_found))) {
        return;
    }
    char *secret = arena_alloc(request->arena, TOTP_SECRET_TEXT);
    if (secret == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    totp_secret_text(hand->begin.secret, secret);
    struct str account = person.email.len > 0 ? person.email : request->session.person_id;
    struct str url = totp_url(request->arena, STR("Turnpike"), account, hand->begin.secret);
    struct totp_out out = {str_of(secret, TOTP_SECRET_TEXT), url, qr_svg(request->arena, url)};
    reply_value(request, 201, &totp_shape, &out);
}

void me_totp_begin(struct api_request *request) {
    struct totp_in_hand *hand = ARENA_NEW(request->arena, struct totp_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->begin.person_id = request->session.person_id;
    hand->begin.command.done = totp_begun;
    totp_begin(request->api->app, &hand->begin);
}

/* --- recovery codes --- */

struct codes_out {
    struct shape_list codes;
};
static const struct shape_field code_item = {.kind = SHAPE_STR, .max = RECOVERY_CODE_TEXT};
static const struct shape_field codes_fields[] = {
    {"codes", "Each signs in once; shown this once", SHAPE_LIST,
     .offset = offsetof(struct codes_out, codes), .max = RECOVERY_CODES, .item = &code_item,
     .item_size = sizeof(struct str)},
};
const struct shape recovery_codes_shape =
    SHAPE("RecoveryCodes", "For who has lost all else", struct codes_out, codes_fields);

struct codes_in_hand {
    struct recovery_codes_make make; /* first: `done` hands it back */
    struct api_request *request;
};

static void codes_made(struct command *command) {
    struct codes_in_hand *hand = (struct codes_in_hand *)command;
    struct str codes[RECOVERY_CODES];
    if (command->outcome != OUTCOME_CREATED) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        codes[i] = str_from_cstr(hand->make.codes[i]);
    }
    struct codes_out out = {{codes, RECOVERY_CODES}};
    reply_value(hand->request, 201, &recovery_codes_shape, &out);
}

void me_recovery_codes(struct api_request *request) {
    struct codes_in_hand *hand = ARENA_NEW(request->arena, struct codes_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->make.person_id = request->session.person_id;
    hand->make.but_session_id = request->session.id;
    hand->make.command.done = codes_made;
    recovery_codes_make(request->api->app, &hand->make);
}

/* --- removing --- */

struct remove_in_hand {
    struct factor_remove remove; /* first: `done` hands it back */
    struct api_request *request;
};

static void removed(struct command *command) {
    struct api_request *request = ((struct remove_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

static void remove_factor(struct api_request *request, struct str passkey_id) {
    struct remove_in_hand *hand = ARENA_NEW(request->arena, struct remove_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->remove.person_id = request->session.person_id;
    hand->remove.passkey_id = passkey_id;
    hand->remove.but_session_id = request->session.id;
    hand->remove.place = session_place_of(request);
    hand->remove.command.done = removed;
    factor_remove(request->api->app, &hand->remove);
}

void me_totp_remove(struct api_request *request) {
    remove_factor(request, STR(""));
}

void me_passkey_remove(struct api_request *request) {
    remove_factor(request, request->values[0]);
}

/* --- a passkey is made --- */

void me_passkey_options(struct api_request *request) {
    reply_challenge(request, CHALLENGE_REGISTER);
}

struct register_in_hand {
    struct passkey_register registers; /* first: `done` hands it back */
    struct api_request *request;
};

static void registered(struct command *command) {
    struct register_in_hand *hand = (struct register_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_proved(hand->request, hand->registers.token, hand->registers.session.kind);
    } else if (command->outcome == OUTCOME_PASSKEY_REFUSED) {
        reply_problem_detail(hand->request, OUTCOME_PASSKEY_REFUSED,
                             str_from_cstr(webauthn_verdict_text(hand->registers.verdict)));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void me_passkey_register(struct api_request *request) {
    const struct passkey_register_in *in = request->body;
    struct register_in_hand *hand = ARENA_NEW(request->arena, struct register_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    struct passkey_register *registers = &hand->registers;
    struct str name = in->name.len > 0 ? in->name : STR("Passkey");
    if (!check_name(request, "/name", name, PASSKEY_NAME_MAX) ||
        !decode_member(request, in->client_data, "/clientDataJSON",
                       &registers->registration.client_data) ||
        !decode_member(request, in->attestation, "/attestationObject",
                       &registers->registration.attestation)) {
        return;
    }
    hand->request = request;
    registers->session = request->session;
    registers->site = passkey_site_of(request);
    registers->name = str_trim(name);
    registers->transports = STR("");
    registers->place = session_place_of(request);
    registers->command.done = registered;
    passkey_register(request->api->app, registers);
}

/* --- a passkey is called something else --- */

static const struct shape_field passkey_name_fields[] = {
    {"name", "By which its person will know it; 200 characters at most", SHAPE_STR,
     .offset = offsetof(struct name_in, name), .min = 1, .max = PASSKEY_NAME_BYTES,
     .flags = SHAPE_PERSONAL},
};
const struct shape passkey_name_shape =
    SHAPE("PasskeyName", "What a passkey is called", struct name_in, passkey_name_fields);

struct passkey_rename_in_hand {
    struct passkey_rename rename; /* first: `done` hands it back */
    struct api_request *request;
};

static void passkey_renamed(struct command *command) {
    struct api_request *request = ((struct passkey_rename_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        me_show(request);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void me_passkey_rename(struct api_request *request) {
    struct str name = ((const struct name_in *)request->body)->name;
    struct passkey_rename_in_hand *hand = ARENA_NEW(request->arena, struct passkey_rename_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!check_name(request, "/name", name, PASSKEY_NAME_MAX)) {
        return;
    }
    hand->request = request;
    hand->rename.person_id = request->session.person_id;
    hand->rename.passkey_id = request->values[0];
    hand->rename.name = str_trim(name);
    hand->rename.command.done = passkey_renamed;
    passkey_rename(request->api->app, &hand->rename);
}
