/* Coming in by the OpenID provider. A person is known by issuer and subject, and by nothing else
 * once they came: who comes the first time is the operator, member or invited operator of the same
 * address, if the provider has verified it.
 *
 * An attempt is bound to one browser: a hash of the state and of a secret in its cookie is kept for
 * 10 minutes, and nothing else; nonce and verifier are made of both (proof/oidc.h). */
#ifndef APP_OIDC_H
#define APP_OIDC_H

#include "app/session.h"
#include "core/role.h"
#include "store/person.h"

enum { OIDC_ATTEMPT_MINUTES = 10, OIDC_STATE_SIZE = 192, OIDC_PATH_MAX = 64 };

/* An attempt begins. DONE. */
struct oidc_begin {
    struct command command;
    struct str return_path;      /* OIDC_PATH_MAX at most; the state carries it */
    struct str session_id;       /* of who proves afresh who they are; empty: to come in */
    bool links;                  /* of that session: the account shall be theirs from then on */
    char secret[TOKEN_SIZE];     /* out: for the cookie */
    char state[OIDC_STATE_SIZE]; /* out */
};
void oidc_begin(struct app *app, struct oidc_begin *begin);

/* It ends, whatever comes of it. DONE, OIDC_ATTEMPT_GONE. */
struct oidc_end {
    struct command command;
    struct str secret, state;
    struct str return_path, session_id; /* out, in the arena that is given */
    struct arena *arena;
    bool links;       /* out */
    int64_t began_at; /* out: milliseconds UTC */
};
void oidc_end(struct app *app, struct oidc_end *end);

/* What the provider has said of somebody, and was held against its keys. */
struct oidc_said {
    struct str issuer, subject, email, name;
    bool is_verified;         /* the address */
    bool has_two_factors;     /* were asked for … */
    struct instant proved_at; /* … then; 0: not said when */
};

/* DONE, OIDC_EMAIL_UNVERIFIED, OIDC_PERSON_UNKNOWN, OIDC_SUBJECT_CHANGED. Without two factors the
 * session is pending. */
struct oidc_sign_in {
    struct command command;
    struct oidc_said said;
    enum role newcomers; /* of whom nobody has invited; ROLE_NONE: they are unknown */
    struct session_place place;
    enum session_kind kind; /* out */
    char token[TOKEN_SIZE];
};
void oidc_sign_in(struct app *app, struct oidc_sign_in *sign_in);

/* Who is signed in has proved afresh who they are. DONE, OIDC_OTHER_PERSON, OIDC_ONE_FACTOR,
 * SESSION_ENDED. */
struct oidc_prove {
    struct command command;
    struct oidc_said said;
    struct signed_in session;
    char token[TOKEN_SIZE]; /* out: the session's new secret */
};
void oidc_prove(struct app *app, struct oidc_prove *prove);

/* Who is signed in goes by the provider's account as well from now on, whatever its address is:
 * they have shown that both are theirs. DONE (also when it was theirs before), IDENTITY_TAKEN,
 * IDENTITY_EXISTS. */
struct oidc_link {
    struct command command;
    struct oidc_said said;
    struct str person_id;
    struct session_place place;
};
void oidc_link(struct app *app, struct oidc_link *link);

/* No longer. Their other sessions end. DONE, IDENTITY_NOT_FOUND, LAST_WAY_IN. */
struct oidc_unlink {
    struct command command;
    struct str person_id, issuer;
    struct str but_session_id; /* this one stays */
    struct session_place place;
};
void oidc_unlink(struct app *app, struct oidc_unlink *unlink);

enum { IDENTITIES_MAX = 16 };
/* Which providers know the person; struct identity_row, without the platform's word. */
MUST_USE struct err oidc_identities(struct tx *tx, struct str person_id, struct row_list *ret_list);
/* The provider knows them by this account from now on; for those who have looked whether it may. */
MUST_USE struct err oidc_identity_add(struct tx *tx, const struct oidc_said *said,
                                      struct str person_id);

/* Whether the provider of this issuer knows the person. */
MUST_USE struct err oidc_knows(struct tx *tx, struct str issuer, struct str person_id,
                               bool *ret_knows);

#endif
