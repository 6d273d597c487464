/* Who acts for a customer, and who operates: listed, given another role, removed. Somebody always
 * stays who can let others in. */
#ifndef APP_MEMBER_H
#define APP_MEMBER_H

#include "app/person.h"

/* A person with their role there. */
struct member {
    struct str id, email, name;
    enum role role;
    struct factors factors;
    bool is_linked; /* a provider knows them */
    int64_t created_at;
};

/* Of a customer, by the time they came, or, with an empty user_id, those who operate; struct
 * member. */
MUST_USE struct err members_read(struct tx *tx, struct str user_id, struct row_list *ret_list);

/* Gives a person another role, or with ROLE_NONE takes the one that they have. Their sessions there
 * end, unless a customer's person may do less from now on; a mail tells them. DONE,
 * PERSON_NOT_FOUND, LAST_ONE. */
struct member_change {
    struct command command;
    struct str user_id; /* empty: of an operator */
    struct str person_id;
    enum role role;
};
void member_change(struct app *app, struct member_change *change);
/* The same within another use case; its command has the app, and says in
 * `outcome` how it ended. */
MUST_USE struct err member_change_inside(struct tx *tx, struct member_change *change);

#endif
