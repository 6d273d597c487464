#include "app/oidc.h"

#include <stdio.h>
#include <string.h>

#include "app/audit.h"
#include "app/invitation.h"
#include "app/person.h"
#include "app/sign_in_history.h"
#include "base/check.h"
#include "proof/base64url.h"
#include "store/factor.h"

/* --- attempts --- */

#define CHALLENGE_OIDC STR("oidc")
#define CHALLENGE_OIDC_LINK STR("oidc link")
static const int64_t attempt_ms = INT64_C(60000) * OIDC_ATTEMPT_MINUTES;

/* Neither is worth anything without the other. */
static struct str attempt_hash(struct cx *cx, struct str secret, struct str state) {
    return secret_hash(
        cx, arena_printf(cx->arena, STR_FMT "." STR_FMT, STR_ARG(secret), STR_ARG(state)));
}

static struct err run_begin(struct command *command, struct tx *tx) {
    struct oidc_begin *begin = (struct oidc_begin *)command;
    char random[TOKEN_SIZE];
    token_make(command->app->env, random);
    struct str path = base64url_encode(tx->cx->arena, begin->return_path);
    int len = snprintf(begin->state, sizeof begin->state, "%s." STR_FMT, random, STR_ARG(path));
    check(len > 0 && (size_t)len < sizeof begin->state);
    struct challenge_row row = {
        .challenge_hash =
            attempt_hash(tx->cx, str_from_cstr(begin->secret), str_from_cstr(begin->state)),
        .purpose = begin->links ? CHALLENGE_OIDC_LINK : CHALLENGE_OIDC,
        .session_id = begin->session_id,
        .expires_at = cx_now_ms(tx->cx) + attempt_ms,
    };
    TRY(session_prune(tx, cx_now_ms(tx->cx)));
    return challenge_insert(tx, &row);
}

void oidc_begin(struct app *app, struct oidc_begin *begin) {
    check(begin->return_path.len <= OIDC_PATH_MAX && (!begin->links || begin->session_id.len > 0));
    token_make(app->env, begin->secret);
    begin->command.run = run_begin;
    begin->command.after = NULL;
    command_submit(app, &begin->command);
}

static struct err run_end(struct command *command, struct tx *tx) {
    struct oidc_end *end = (struct oidc_end *)command;
    struct challenge_row row;
    bool is_found = false;
    struct str hash = attempt_hash(tx->cx, end->secret, end->state);
    TRY(challenge_take(tx, hash, &row, &is_found));
    struct str path = end->state;
    (void)str_cut(&path, '.');
    end->links = is_found && str_equal(row.purpose, CHALLENGE_OIDC_LINK);
    bool is_ours = is_found && (end->links || str_equal(row.purpose, CHALLENGE_OIDC));
    bool is_good = is_ours && cx_now_ms(tx->cx) < row.expires_at &&
                   base64url_decode(end->arena, path, &end->return_path);
    if (!is_good) {
        command->outcome = OUTCOME_OIDC_ATTEMPT_GONE;
        return OK;
    }
    end->session_id = arena_str(end->arena, row.session_id);
    end->began_at = row.expires_at - attempt_ms;
    return OK;
}

void oidc_end(struct app *app, struct oidc_end *end) {
    end->command.run = run_end;
    end->command.after = NULL;
    command_submit(app, &end->command);
}

/* --- who it is --- */

static struct err find_identity(struct tx *tx, struct str issuer, struct str person_id,
                                bool *ret_found) {
    struct row_list list;
    *ret_found = false;
    TRY(identity_of_person(tx, person_id, IDENTITIES_MAX, &list));
    const struct identity_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        *ret_found = *ret_found || str_equal(rows[i].issuer, issuer);
    }
    return OK;
}

struct err oidc_knows(struct tx *tx, struct str issuer, struct str person_id, bool *ret_knows) {
    return find_identity(tx, issuer, person_id, ret_knows);
}

/* Whom an address may be given to: whoever the platform has made is the platform's to speak for,
 * by an address that nobody has verified; and whom the provider knows already by another subject is
 * somebody else, whatever their address. */
static struct err may_link(struct oidc_sign_in *sign_in, struct tx *tx, struct str person_id,
                           bool *ret_may) {
    bool is_platforms = false;
    bool is_known = false;
    TRY(find_identity(tx, PERSON_PLATFORM, person_id, &is_platforms));
    TRY(find_identity(tx, sign_in->said.issuer, person_id, &is_known));
    *ret_may = !is_platforms && !is_known;
    sign_in->command.outcome = is_known       ? OUTCOME_OIDC_SUBJECT_CHANGED
                               : is_platforms ? OUTCOME_OIDC_PERSON_UNKNOWN
                                              : OUTCOME_DONE;
    return OK;
}

/* Whoever was invited to operate comes in without the link: the address is proved. */
static struct err let_in(struct oidc_sign_in *sign_in, struct tx *tx, struct person_row *ret_person,
                         bool *ret_is_in) {
    struct oidc_said *said = &sign_in->said;
    TRY(invitation_take(sign_in->command.app, tx, &(struct invited){said->email, said->name},
                        ret_person, ret_is_in));
    if (*ret_is_in || sign_in->newcomers == ROLE_NONE) {
        return OK;
    }
    struct person_row made = person_new(sign_in->command.app, tx->cx, said->email, said->name);
    made.operator_role = (int)sign_in->newcomers;
    *ret_person = made;
    *ret_is_in = true;
    TRY(person_insert(tx, &made));
    const struct audit_said said_of_it = {
        .object = arena_str(tx->cx->arena, id_str(&made.id)),
        .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("issuer", said->issuer),
                             AUDIT_TEXT("role", str_from_cstr(role_name(sign_in->newcomers)))),
    };
    return audit_append(tx, &(struct audit_entry){STR("operator.admitted"), said_of_it});
}

/* The person of a verified address, who comes the first time. */
static struct err find_by_address(struct oidc_sign_in *sign_in, struct tx *tx,
                                  struct person_row *ret_person, bool *ret_found) {
    struct app *app = sign_in->command.app;
    const struct oidc_said *said = &sign_in->said;
    struct house house;
    bool is_invited = false;
    TRY(person_by_email(tx, person_email_index(app, tx->cx, said->email), ret_person, ret_found));
    if (!*ret_found) {
        return let_in(sign_in, tx, ret_person, ret_found);
    }
    TRY(may_link(sign_in, tx, id_str(&ret_person->id), ret_found));
    if (!*ret_found) {
        return OK;
    }
    TRY(invitation_take(app, tx, &(struct invited){said->email, said->name}, ret_person,
                        &is_invited));
    return is_invited ? OK : house_of(tx, ret_person, STR(""), &house, ret_found);
}

static struct err find_person(struct oidc_sign_in *sign_in, struct tx *tx,
                              struct person_row *ret_person, bool *ret_found) {
    const struct oidc_said *said = &sign_in->said;
    struct identity_row identity;
    TRY(identity_get(tx, said->issuer, said->subject, &identity, ret_found));
    if (*ret_found) {
        return person_get(tx, identity.person_id, ret_person, ret_found);
    }
    if (!said->is_verified) {
        sign_in->command.outcome = OUTCOME_OIDC_EMAIL_UNVERIFIED;
        return OK;
    }
    TRY(find_by_address(sign_in, tx, ret_person, ret_found));
    return *ret_found
               ? oidc_identity_add(tx, said, arena_str(tx->cx->arena, id_str(&ret_person->id)))
               : OK;
}

/* --- coming in --- */

static struct err run_sign_in(struct command *command, struct tx *tx) {
    struct oidc_sign_in *sign_in = (struct oidc_sign_in *)command;
    struct person_row person;
    bool is_found = false;
    struct session_start start = {
        .proofs = sign_in->said.has_two_factors ? PROOF_ASSERTED : 0,
        .is_pending = !sign_in->said.has_two_factors,
        .has_proved_at = true,
        .proved_at = sign_in->said.proved_at,
        .place = sign_in->place,
    };
    TRY(find_person(sign_in, tx, &person, &is_found));
    if (is_found) {
        TRY(house_of(tx, &person, STR(""), &start.house, &is_found));
    }
    if (!is_found) {
        command->outcome =
            command->outcome == OUTCOME_DONE ? OUTCOME_OIDC_PERSON_UNKNOWN : command->outcome;
        return OK;
    }
    start.person_id = arena_str(tx->cx->arena, id_str(&person.id));
    sign_in->kind = start.house.kind;
    enum sign_in_end end = start.is_pending ? SIGN_IN_PENDING : SIGN_IN_DONE;
    TRY(sign_in_note(command->app, tx, &person,
                     (struct sign_in_note){BY_PROVIDER, end, &sign_in->place}));
    return session_start(tx, &start, sign_in->token);
}

void oidc_sign_in(struct app *app, struct oidc_sign_in *sign_in) {
    token_make(app->env, sign_in->token);
    sign_in->command.run = run_sign_in;
    sign_in->command.after = NULL;
    command_submit(app, &sign_in->command);
}

/* --- proving afresh --- */

static struct err run_prove(struct command *command, struct tx *tx) {
    struct oidc_prove *prove = (struct oidc_prove *)command;
    const struct oidc_said *said = &prove->said;
    struct identity_row identity;
    bool is_known = false;
    char methods[PROOFS_TEXT_SIZE];
    TRY(identity_get(tx, said->issuer, said->subject, &identity, &is_known));
    if (!is_known || !str_equal(identity.person_id, prove->session.person_id)) {
        command->outcome = OUTCOME_OIDC_OTHER_PERSON;
        return OK;
    }
    if (!said->has_two_factors || said->proved_at.ms == 0) {
        command->outcome = OUTCOME_OIDC_ONE_FACTOR;
        return OK;
    }
    proofs_text(prove->session.proofs | PROOF_ASSERTED, methods);
    struct session_proof proved = {
        .old_hash = secret_hash(tx->cx, prove->session.token),
        .new_hash = secret_hash(tx->cx, str_from_cstr(prove->token)),
        .now = cx_now_ms(tx->cx),
        .mfa_at = said->proved_at.ms,
        .methods = arena_str(tx->cx->arena, str_from_cstr(methods)),
    };
    struct err err = session_prove(tx, &proved);
    if (err.code == ERR_CONFLICT) {
        command->outcome = OUTCOME_SESSION_ENDED;
        return OK;
    }
    return err;
}

void oidc_prove(struct app *app, struct oidc_prove *prove) {
    token_make(app->env, prove->token);
    prove->command.run = run_prove;
    prove->command.after = NULL;
    command_submit(app, &prove->command);
}
