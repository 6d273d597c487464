/* Second factors: set up, and proved. A proof gives the session a new secret, so that one that was
 * copied before is worth nothing afterwards; it also makes a pending session whole.
 *
 * Wrong codes are counted for themselves (app/person.h), an account at a time; who meets the lock
 * of codes knows the password already. Passkeys are not throttled: they cannot be guessed. Whenever
 * what proves a person changes, their other sessions end. */
#ifndef APP_FACTOR_H
#define APP_FACTOR_H

#include "app/session.h"
#include "proof/recovery_code.h"
#include "proof/totp.h"
#include "proof/webauthn.h"
#include "store/factor.h"

/* --- one-time codes --- */

/* A secret that the next right code confirms; one that waits is replaced. CREATED, FACTOR_EXISTS.
 */
struct totp_begin {
    struct command command;
    struct str person_id;
    uint8_t secret[TOTP_SECRET_SIZE]; /* out */
};
void totp_begin(struct app *app, struct totp_begin *begin);

/* By a code of the app, or a recovery code. DONE, PROOF_WRONG, PROOF_THROTTLED, NO_SUCH_FACTOR,
 * SESSION_ENDED. */
struct code_prove {
    struct command command;
    struct signed_in session;
    struct str code;
    bool is_recovery;
    struct session_place place;
    char token[TOKEN_SIZE]; /* out: the session's new secret */
    int64_t wait_ms;        /* out, of PROOF_THROTTLED */
};
void code_prove(struct app *app, struct code_prove *prove);

struct recovery_codes_make {
    struct command command;
    struct str person_id;
    struct str but_session_id;                          /* the other sessions end */
    char codes[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1]; /* out: shown this once */
};
/* Those of before are worth nothing. CREATED. */
void recovery_codes_make(struct app *app, struct recovery_codes_make *make);

/* Removes the app's secret, or with an id one passkey. DONE, NO_SUCH_FACTOR, LAST_FACTOR,
 * LAST_WAY_IN. */
struct factor_remove {
    struct command command;
    struct str person_id;
    struct str passkey_id;     /* empty: the secret for one-time codes */
    struct str but_session_id; /* the other sessions end */
    struct session_place place;
};
void factor_remove(struct app *app, struct factor_remove *remove);

/* --- passkeys --- */

enum {
    CHALLENGE_MINUTES = 5,
    PASSKEYS_MAX = 20,
    PASSKEY_NAME_MAX = 200,                    /* characters, in any script */
    PASSKEY_NAME_BYTES = 4 * PASSKEY_NAME_MAX, /* which are so many at most */
};
#define CHALLENGE_SIGN_IN STR("sign_in")
#define CHALLENGE_REGISTER STR("register")
#define CHALLENGE_PROVE STR("prove")

struct challenge_make {
    struct command command;
    struct str purpose;    /* one of the three */
    struct str session_id; /* empty to sign in */
    uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE];
};
void challenge_make(struct app *app, struct challenge_make *make);

/* Where passkeys are for. */
struct passkey_site {
    struct str origin, rp_id;
};

struct passkey_register {
    struct command command;
    struct signed_in session;
    struct passkey_site site;
    struct webauthn_registration registration;
    struct str name, transports;
    struct session_place place;
    enum webauthn_verdict verdict; /* out, of PASSKEY_REFUSED */
    char token[TOKEN_SIZE];        /* out: it was used, so it proves its person */
};
/* CREATED, PASSKEY_REFUSED, CHALLENGE_GONE, FACTOR_EXISTS, SESSION_ENDED. */
void passkey_register(struct app *app, struct passkey_register *registers);

struct passkey_prove {
    struct command command;
    bool has_session;         /* else it signs in */
    struct signed_in session; /* of whom it proves */
    struct passkey_site site;
    struct str credential_id; /* base64url */
    struct webauthn_assertion assertion;
    struct str user_id; /* to sign in: for which customer; empty: as whatever the person is */
    struct session_place place;
    enum session_kind kind;        /* out, to sign in */
    enum webauthn_verdict verdict; /* out, of PASSKEY_REFUSED */
    char token[TOKEN_SIZE];
};
/* DONE, PASSKEY_REFUSED, CHALLENGE_GONE, NO_SUCH_FACTOR, SESSION_ENDED, NO_HOUSE. */
void passkey_prove(struct app *app, struct passkey_prove *prove);

/* A person's, by the time they were made; struct passkey_row. */
MUST_USE struct err passkeys_read(struct tx *tx, struct str person_id, struct row_list *ret_list);

/* Its person calls it something else. DONE, NO_SUCH_FACTOR. */
struct passkey_rename {
    struct command command;
    struct str person_id, passkey_id;
    struct str name; /* PASSKEY_NAME_MAX characters */
};
void passkey_rename(struct app *app, struct passkey_rename *rename);

#endif
