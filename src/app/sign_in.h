/* Coming in by password, and what every way in has in common: for whom a session is, what it may do
 * before a second factor is proved, and what the person is told of it. */
#ifndef APP_SIGN_IN_H
#define APP_SIGN_IN_H

#include "app/person.h"
#include "app/session.h"

/* --- what factor.c and this have in common --- */

/* As whom a person comes in. */
struct house {
    enum session_kind kind;
    struct str user_id; /* empty: to operate */
};
/* `user_id` names the customer; empty: as an operator, else for the first of their customers. False
 * in *ret_found when the person has no place there. */
MUST_USE struct err house_of(struct tx *tx, const struct person_row *person, struct str user_id,
                             struct house *ret_house, bool *ret_found);

struct session_start {
    struct house house;
    struct str person_id;
    unsigned proofs;
    bool is_pending;
    bool has_proved_at;       /* else the second factor, if any, was proved just now */
    struct instant proved_at; /* 0: nobody has said when */
    struct session_place place;
};
MUST_USE struct err session_start(struct tx *tx, const struct session_start *start,
                                  const char *token);

/* Uses up a link that does not sign in by itself; *ret_is_good is false when it is of another
 * purpose, was used, or is too old. */
MUST_USE struct err link_take(struct tx *tx, enum link_purpose purpose, struct str token,
                              struct str *ret_person_id, bool *ret_is_good);

/* What security mails tell; each a flag of theirs. */
enum notice {
    NOTICE_SIGN_IN,
    NOTICE_PASSKEY_ADDED,
    NOTICE_CODES_ADDED,
    NOTICE_FACTOR_REMOVED,
    NOTICE_PASSWORD_CHANGED,
    NOTICE_RECOVERY_USED,
    NOTICE_LOCKED,
    NOTICE_CODES_LOCKED,
    NOTICE_PASSKEY_COPIED,
    NOTICE_PROVIDER_LINKED,
    NOTICE_PROVIDER_UNLINKED,
    NOTICE_ROLE_CHANGED,
    NOTICE_EMAIL_CHANGED, /* to the old address */
    NOTICE_EMAIL_STOPPED, /* the same */
    NOTICE_COUNT,
};
MUST_USE struct err notice_send(struct app *app, struct tx *tx, const struct person_row *person,
                                enum notice notice, const struct session_place *place);

/* --- by password --- */

/* What a password is checked against, read before the hash is computed elsewhere. */
struct password_target {
    struct str person_id; /* empty: nobody has this address, or no password */
    struct str hash;      /* of nobody: empty */
    int64_t wait_ms;      /* not before then; 0: now */
};
MUST_USE struct err password_target(struct app *app, struct tx *tx, struct str email,
                                    struct password_target *ret_target);

/* What the comparison came to. DONE, PASSWORD_WRONG, NO_HOUSE. */
struct password_sign_in {
    struct command command;
    struct str person_id; /* empty: nobody */
    bool is_right;
    struct str new_hash; /* of a password that was right, under today's parameters; empty: as is */
    struct str user_id;  /* for which customer; empty: as whatever the person is */
    struct session_place place;
    enum session_kind kind; /* out */
    char token[TOKEN_SIZE];
};
void password_sign_in(struct app *app, struct password_sign_in *sign_in);

/* Sets it and ends all other sessions of the person. DONE, LINK_INVALID. */
struct password_set {
    struct command command;
    struct str person_id;
    struct str reset_token; /* instead of a person: who opened the link in the mail */
    struct str hash;
    struct str but_session_id; /* this one stays */
    struct session_place place;
};
void password_set(struct app *app, struct password_set *set);

/* A link to set a new password, by mail; nothing at all for an address that nobody has. DONE. */
struct password_reset {
    struct command command;
    struct str email;
};
void password_reset(struct app *app, struct password_reset *reset);

/* Another session of the same person, for another customer or as an operator, with what was proved.
 * DONE, NO_HOUSE. */
struct session_switch {
    struct command command;
    struct signed_in session;
    struct str user_id; /* empty: to operate */
    struct session_place place;
    enum session_kind kind; /* out */
    char token[TOKEN_SIZE];
};
void session_switch(struct app *app, struct session_switch *to);

#endif
