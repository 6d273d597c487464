/* Sessions of people, and the links that begin them. Secrets are shown once; hashes are kept. */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/app.h"
#include "app/secret.h"
#include "core/role.h"
#include "core/session.h"
#include "store/session.h"

/* Who is signed in, as of now. The texts are in the arena that it was found with. */
struct signed_in {
    struct str token, id;
    enum session_kind kind;
    struct str person_id; /* of an impersonation, the operator's */
    struct str user_id;   /* empty: an operator's */
    enum role role;
    bool is_pending; /* a second factor is still to be proved, or to be set up */
    unsigned proofs; /* enum proof bits */
    struct instant authenticated_at;
    struct instant mfa_at; /* 0: never */
    struct instant seen_at;
    struct instant expires_at; /* whatever is done in it */
    struct str reason;         /* of an impersonation */
};

/* False in *ret_found when the token opens nothing: unknown, ended, its person's role is gone. A
 * change of role holds from the next request on, since the role is read here. */
MUST_USE struct err session_find(const struct app *app, struct tx *tx, struct str token,
                                 struct signed_in *ret_session, bool *ret_found);
/* Notes that the session was used; now and then, and without anybody waiting for it. */
void session_touch(struct app *app, const struct signed_in *session);

enum { CSRF_TOKEN_SIZE = 33 };
/* What a page must send along with a change, beside the cookie that a browser sends by itself. */
void session_csrf_token(const struct signed_in *session, char ret_token[CSRF_TOKEN_SIZE]);

/* --- links --- */

/* Signs its bearer in as a person of the customer, once, within 15 minutes. */
struct link_create {
    struct command command;
    struct str user_id, return_path;
    struct str member_id; /* the platform's id of the person; empty: the customer itself */
    struct str email, name;
    enum role role;
    unsigned proofs; /* what the platform says was proved, at `authenticated_at` */
    struct instant authenticated_at;
    char token[TOKEN_SIZE];
    struct instant expires_at;
};
/* CREATED, CUSTOMER_NOT_FOUND. */
void link_create(struct app *app, struct link_create *create);

/* Where a session is used from, as far as that is known. */
struct session_place {
    struct str address, user_agent;
};

/* Uses a link and begins a session. DONE, LINK_INVALID. */
struct session_begin {
    struct command command;
    struct str link_token;
    struct session_place place;
    enum session_kind kind;
    char token[TOKEN_SIZE];
    char return_path[256];
};
void session_begin(struct app *app, struct session_begin *begin);

struct session_end {
    struct command command;
    struct str token;
};
void session_end(struct app *app, struct session_end *end);

/* Ends one session of a person, or all but the one that asks. DONE. */
struct session_revoke {
    struct command command;
    struct str person_id;
    struct str id;     /* empty: all … */
    struct str but_id; /* … but this */
};
void session_revoke(struct app *app, struct session_revoke *revoke);
/* Those of a person that live, the newest first; struct session_row. */
MUST_USE struct err sessions_read(const struct app *app, struct tx *tx, struct str person_id,
                                  size_t max, struct row_list *ret_list);

/* An operator opens a customer's pages, reading only, for half an hour. CREATED,
 * CUSTOMER_NOT_FOUND. */
struct impersonate {
    struct command command;
    struct str person_id, user_id, reason;
    char token[TOKEN_SIZE];
    struct instant expires_at;
};
void impersonate(struct app *app, struct impersonate *impersonate);

#endif
