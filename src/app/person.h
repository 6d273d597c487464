/* People: who they are here, and whom other houses know them as. */
#ifndef APP_PERSON_H
#define APP_PERSON_H

#include "app/app.h"
#include "proof/throttle.h"
#include "store/factor.h"
#include "store/person.h"

/* What finds a person by an address, whatever its case: a keyed hash, so that a copy of the table
 * answers nobody who guesses addresses. Empty for an empty address. */
struct str person_email_index(const struct app *app, struct cx *cx, struct str email);

MUST_USE struct err person_read(struct tx *tx, struct str id, struct person_row *ret_person,
                                bool *ret_found);
/* By what else than a password they can prove who they are. */
MUST_USE struct err person_factors(struct tx *tx, struct str id, struct factors *ret_factors);

/* Each is counted for itself. Were they one, strangers who guess a password would lock a person out
 * of their codes, and who knows the password could begin to guess codes anew by it. */
enum attempts_at { ATTEMPTS_PASSWORD, ATTEMPTS_CODE };
/* Wrong attempts of theirs, for throttle_ask(); one more, put into the row, whose state after it is
 * given back; and none any more. */
struct throttle_account person_attempts(const struct person_row *person, enum attempts_at at);
struct throttle_account person_count_attempt(struct person_row *person, enum attempts_at at,
                                             int64_t now_ms);
void person_forget_attempts(struct person_row *person, enum attempts_at at);

/* Whether without this admin nobody could let others in: there is no other, or, where a provider
 * signs people in, none who comes in without it. The day it is down, or its administrator is the
 * attacker, that one is needed. */
MUST_USE struct err person_is_last_admin(const struct app *app, struct tx *tx,
                                         const struct person_row *person, bool *ret_is);

/* Somebody new with nothing but these; the texts are borrowed. */
struct person_row person_new(const struct app *app, struct cx *cx, struct str email,
                             struct str name);

/* They correct what they are called. DONE, PERSON_NOT_FOUND. */
struct person_rename {
    struct command command;
    struct str person_id, name;
};
void person_rename(struct app *app, struct person_rename *rename);

/* As the issuer of an identity: the platform that opens portal sessions. */
#define PERSON_PLATFORM STR("platform")

/* The platform's word for somebody who acts for a customer. */
struct platform_person {
    struct str user_id;
    struct str id; /* the platform's; empty: the customer itself */
    struct str email, name;
    enum role role;
};
/* Finds or makes the person, and gives them this role for the customer: the platform knows best.
 * The result is in the tx's arena. */
MUST_USE struct err person_of_platform(const struct app *app, struct tx *tx,
                                       const struct platform_person *from, struct str *ret_id);

#endif
