/* Invitations: somebody asks a person in, for a customer or to operate, by a link in a mail.
 * Whoever opens it proves to read the address's mail, and nothing else yet: their session is
 * pending until they have set up what proves them from then on. */
#ifndef APP_INVITATION_H
#define APP_INVITATION_H

#include "app/session.h"
#include "store/person.h"

enum { INVITATION_DAYS = 7 };

struct invite {
    struct command command;
    struct str user_id; /* empty: to operate */
    struct str email;
    enum role role;        /* of the kind that fits user_id */
    struct str invited_by; /* whom the mail names; empty: nobody */
    /* Out. One that waits already for the same address and role is given again, and its mail is
     * not sent again; with another role it is replaced. */
    struct record_id id;
    struct instant expires_at;
};
/* CREATED, DONE for one that there was, CUSTOMER_NOT_FOUND, ALREADY_MEMBER. */
void invite(struct app *app, struct invite *invite);
/* The same inside another use case; what came of it is invite->command.outcome. */
MUST_USE struct err invitation_make(struct app *app, struct tx *tx, struct invite *invite);

struct invitation_accept {
    struct command command;
    struct str token, name;
    struct session_place place;
    enum session_kind kind; /* out */
    char session_token[TOKEN_SIZE];
};
/* Makes the person, or finds the one who has the address, gives them the role, and begins a
 * session. CREATED, INVITATION_INVALID. */
void invitation_accepted(struct app *app, struct invitation_accept *accept);

/* Inside another use case: the invitation to operate that waits for an address, which somebody has
 * proved to be theirs. The person is made or found and has the role; *ret_is_in is false when none
 * waits. */
struct invited {
    struct str email, name;
};
MUST_USE struct err invitation_take(struct app *app, struct tx *tx, const struct invited *invited,
                                    struct person_row *ret_person, bool *ret_is_in);

struct invitation_end {
    struct command command;
    struct str user_id, id;
};
/* DONE, PERSON_NOT_FOUND when none such waits. */
void invitation_end(struct app *app, struct invitation_end *end);

/* Those of a customer that wait, or, with an empty user_id, to operate; struct invitation_row. */
MUST_USE struct err invitations_read(struct app *app, struct tx *tx, struct str user_id,
                                     struct row_list *ret_list);

/* --- the first operator --- */

/* A link that makes the first operator, once; those of before are worth nothing. ALREADY_SET_UP
 * when there is an admin. */
struct setup_link {
    struct command command;
    char token[TOKEN_SIZE];
};
void setup_link(struct app *app, struct setup_link *link);

struct setup {
    struct command command;
    struct str token, email, name;
    struct session_place place;
    char session_token[TOKEN_SIZE];
};
/* CREATED, LINK_INVALID, ALREADY_SET_UP. */
void setup(struct app *app, struct setup *setup);

#endif
