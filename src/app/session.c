#include "app/session.h"

#include <string.h>

#include "app/audit.h"
#include "app/customer.h"
#include "app/person.h"
#include "app/privacy.h"
#include "app/sign_in_history.h"
#include "base/check.h"
#include "base/crypto.h"

enum { SEEN_MS = 60000 }; /* a session's last use is noted to the minute */

/* --- finding --- */

/* ROLE_NONE when the person may not be here any more. */
static enum role role_of(const struct session_standing *standing) {
    if (standing->disabled_at != ROW_NONE) {
        return ROLE_NONE;
    }
    int member = standing->member_role < 0 ? ROLE_NONE : standing->member_role;
    int operates = standing->operator_role < 0 ? ROLE_NONE : standing->operator_role;
    switch ((enum session_kind)standing->session.kind) {
    case SESSION_PORTAL:
    case SESSION_MEMBER:
        return (enum role)member;
    case SESSION_OPERATOR:
        return (enum role)operates;
    case SESSION_IMPERSONATION:
        return role_may((enum role)operates, PERMISSION_IMPERSONATE) ? ROLE_VIEWER : ROLE_NONE;
    case SESSION_KIND_COUNT:
        break;
    }
    return ROLE_NONE;
}

static bool is_over(const struct session_row *row, struct instant now) {
    struct session_instants at = {{row->created_at}, {row->seen_at}, {row->expires_at}};
    return session_has_ended((enum session_kind)row->kind, at, now);
}

struct err session_find(const struct app *app, struct tx *tx, struct str token,
                        struct signed_in *ret_session, bool *ret_found) {
    struct session_standing standing;
    TRY(session_standing(tx, secret_hash(tx->cx, token), &standing, ret_found));
    if (!*ret_found) {
        return OK;
    }
    const struct session_row *row = &standing.session;
    enum role role = role_of(&standing);
    *ret_found = role != ROLE_NONE && !is_over(row, app_now(app));
    *ret_session = (struct signed_in){
        .token = token,
        .id = arena_str(tx->cx->arena, id_str(&row->id)),
        .kind = (enum session_kind)row->kind,
        .person_id = row->person_id,
        .user_id = row->user_id,
        .role = role,
        .is_pending = row->is_pending,
        .proofs = proofs_parse(row->methods),
        .authenticated_at = {row->authenticated_at},
        .mfa_at = {row->mfa_at == ROW_NONE ? 0 : row->mfa_at},
        .seen_at = {row->seen_at},
        .expires_at = {row->expires_at},
        .reason = row->reason,
    };
    return OK;
}

struct touch {
    struct command command;
    char hash[SHA256_HEX];
};

static struct err run_touch(struct command *command, struct tx *tx) {
    struct touch *touch = (struct touch *)command;
    return session_seen(tx, str_of(touch->hash, sizeof touch->hash), cx_now_ms(tx->cx));
}

static void done_touch(struct command *command) {
    env_free(command->app->env, command);
}

void session_touch(struct app *app, const struct signed_in *session) {
    if (app_now(app).ms - session->seen_at.ms < SEEN_MS) {
        return;
    }
    struct touch *touch = env_alloc(app->env, sizeof *touch);
    if (touch == NULL) {
        return; /* the next request tries again */
    }
    memset(touch, 0, sizeof *touch);
    uint8_t hash[SHA256_SIZE];
    sha256(session->token, hash);
    str_hex(hash, sizeof hash, touch->hash);
    touch->command.run = run_touch;
    touch->command.done = done_touch;
    command_submit_with(app, &touch->command, COMMAND_TOTALS_OF, session->user_id);
}

void session_csrf_token(const struct signed_in *session, char ret_token[CSRF_TOKEN_SIZE]) {
    struct str parts[] = {STR("csrf")};
    uint8_t mac[SHA256_SIZE];
    hmac_sha256(session->token, parts, ARRAY_LEN(parts), mac);
    str_hex(mac, (CSRF_TOKEN_SIZE - 1) / 2, ret_token);
    ret_token[CSRF_TOKEN_SIZE - 1] = '\0';
}

/* --- links --- */

static struct str proofs_of(struct cx *cx, unsigned proofs) {
    char text[PROOFS_TEXT_SIZE];
    proofs_text(proofs, text);
    return arena_str(cx->arena, str_from_cstr(text));
}

static int64_t mfa_instant(unsigned proofs, struct instant at) {
    return (proofs & PROOFS_STRONG) != 0 ? at.ms : ROW_NONE;
}

static struct err run_link_create(struct command *command, struct tx *tx) {
    struct link_create *create = (struct link_create *)command;
    TRY(privacy_customer_stands(tx, create->user_id, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    int64_t now = cx_now_ms(tx->cx);
    struct platform_person person = {create->user_id, create->member_id, create->email,
                                     create->name, create->role};
    struct sign_in_link_row row = {
        .token_hash = secret_hash(tx->cx, str_from_cstr(create->token)),
        .purpose = LINK_PORTAL,
        .user_id = create->user_id,
        .return_path = create->return_path,
        .authenticated_at = create->authenticated_at.ms,
        .mfa_at = mfa_instant(create->proofs, create->authenticated_at),
        .methods = proofs_of(tx->cx, create->proofs),
        .reason = STR(""),
        .expires_at = now + link_span(LINK_PORTAL).ms,
        .used_at = ROW_NONE,
    };
    TRY(session_prune(tx, now));
    TRY(person_of_platform(command->app, tx, &person, &row.person_id));
    create->expires_at = (struct instant){row.expires_at};
    command->outcome = OUTCOME_CREATED;
    return sign_in_link_insert(tx, &row);
}

void link_create(struct app *app, struct link_create *create) {
    token_make(app->env, create->token);
    create->command.run = run_link_create;
    create->command.after = NULL;
    command_submit(app, &create->command);
}

static struct err run_impersonate(struct command *command, struct tx *tx) {
    struct impersonate *impersonate = (struct impersonate *)command;
    bool is_known = false;
    struct customer_row customer;
    TRY(customer_read(tx, impersonate->user_id, &customer, &is_known));
    if (!is_known) {
        command->outcome = OUTCOME_CUSTOMER_NOT_FOUND;
        return OK;
    }
    int64_t now = cx_now_ms(tx->cx);
    struct sign_in_link_row row = {
        .token_hash = secret_hash(tx->cx, str_from_cstr(impersonate->token)),
        .purpose = LINK_IMPERSONATION,
        .person_id = impersonate->person_id,
        .user_id = impersonate->user_id,
        .return_path = STR("/billing"),
        .authenticated_at = now,
        .mfa_at = ROW_NONE,
        .methods = STR(""),
        .reason = impersonate->reason,
        .expires_at = now + link_span(LINK_IMPERSONATION).ms,
        .used_at = ROW_NONE,
    };
    impersonate->expires_at = (struct instant){row.expires_at};
    command->outcome = OUTCOME_CREATED;
    return sign_in_link_insert(tx, &row);
}

void impersonate(struct app *app, struct impersonate *impersonate) {
    token_make(app->env, impersonate->token);
    impersonate->command.run = run_impersonate;
    impersonate->command.after = NULL;
    command_submit(app, &impersonate->command);
}

/* --- sessions --- */

static bool opens_a_session(const struct sign_in_link_row *link, int64_t now) {
    bool signs_in = link->purpose == LINK_PORTAL || link->purpose == LINK_IMPERSONATION;
    return signs_in && link->used_at == ROW_NONE && now < link->expires_at;
}

/* Who looks at somebody's pages is not them. */
static struct err note_portal(struct session_begin *begin, struct tx *tx, struct str person_id) {
    struct person_row person;
    bool is_found = false;
    if (begin->kind != SESSION_PORTAL) {
        return OK;
    }
    TRY(person_read(tx, person_id, &person, &is_found));
    return !is_found
               ? OK
               : sign_in_note(begin->command.app, tx, &person,
                              (struct sign_in_note){BY_PLATFORM, SIGN_IN_DONE, &begin->place});
}

static struct err run_session_begin(struct command *command, struct tx *tx) {
    struct session_begin *begin = (struct session_begin *)command;
    int64_t now = cx_now_ms(tx->cx);
    struct str hash = secret_hash(tx->cx, begin->link_token);
    struct sign_in_link_row link;
    bool is_known = false;
    TRY(sign_in_link_get(tx, hash, &link, &is_known));
    if (!is_known || !opens_a_session(&link, now) ||
        link.return_path.len >= sizeof begin->return_path) {
        command->outcome = OUTCOME_LINK_INVALID;
        return OK;
    }
    TRY(sign_in_link_use(tx, hash, now));
    begin->kind = link.purpose == LINK_PORTAL ? SESSION_PORTAL : SESSION_IMPERSONATION;
    struct session_row row = {
        .token_hash = secret_hash(tx->cx, str_from_cstr(begin->token)),
        .id = id_new(tx->cx, "sess"),
        .kind = (int)begin->kind,
        .person_id = link.person_id,
        .user_id = link.user_id,
        .created_at = now,
        .seen_at = now,
        .expires_at = now + session_absolute(begin->kind).ms,
        .authenticated_at = link.authenticated_at,
        .mfa_at = link.mfa_at,
        .methods = link.methods,
        .address = begin->place.address,
        .user_agent = begin->place.user_agent,
        .reason = link.reason,
    };
    audit_say(tx, &(struct audit_said){
                      .customer = link.user_id,
                      .object = arena_str(tx->cx->arena, id_str(&row.id)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("person", link.person_id),
                                           AUDIT_TEXT("methods", link.methods)),
                      .reason = link.reason,
                  });
    TRY(note_portal(begin, tx, link.person_id));
    memcpy(begin->return_path, link.return_path.bytes, link.return_path.len);
    begin->return_path[link.return_path.len] = '\0';
    return session_insert(tx, &row);
}

void session_begin(struct app *app, struct session_begin *begin) {
    token_make(app->env, begin->token);
    begin->command.run = run_session_begin;
    begin->command.after = NULL;
    command_submit(app, &begin->command);
}

static struct err run_session_end(struct command *command, struct tx *tx) {
    struct session_end *end = (struct session_end *)command;
    return session_delete(tx, secret_hash(tx->cx, end->token));
}

void session_end(struct app *app, struct session_end *end) {
    end->command.run = run_session_end;
    end->command.after = NULL;
    command_submit(app, &end->command);
}

static struct err run_session_revoke(struct command *command, struct tx *tx) {
    struct session_revoke *revoke = (struct session_revoke *)command;
    return revoke->id.len > 0 ? session_delete_of(tx, revoke->person_id, revoke->id)
                              : session_delete_all(tx, revoke->person_id, revoke->but_id);
}

void session_revoke(struct app *app, struct session_revoke *revoke) {
    revoke->command.run = run_session_revoke;
    revoke->command.after = NULL;
    command_submit(app, &revoke->command);
}

struct err sessions_read(const struct app *app, struct tx *tx, struct str person_id, size_t max,
                         struct row_list *ret_list) {
    TRY(session_list(tx, person_id, max, ret_list));
    struct session_row *rows = ret_list->items;
    size_t count = 0;
    for (size_t i = 0; i < ret_list->count; i++) {
        if (!is_over(&rows[i], app_now(app))) {
            rows[count++] = rows[i];
        }
    }
    ret_list->count = count;
    return OK;
}
