/* Where a person signed in, or tried to: kept for 90 days, for themselves. Who comes from a network
 * and with a browser that they have not come by is told by mail; the version of a browser does not
 * matter. Who is in already and proves something afresh leaves no row. */
#ifndef APP_SIGN_IN_HISTORY_H
#define APP_SIGN_IN_HISTORY_H

#include "app/sign_in.h"
#include "store/sign_in.h"

enum { SIGN_INS_KEPT = 100, SIGN_INS_DAYS = 90 };

/* By what. */
enum sign_in_method {
    BY_PASSWORD,
    BY_PASSKEY,
    BY_PROVIDER, /* the OpenID provider */
    BY_PLATFORM, /* its link */
    BY_CODE,     /* of an app, after another way */
    BY_RECOVERY_CODE,
    SIGN_IN_METHOD_COUNT,
};
const char *sign_in_method_name(enum sign_in_method method);

enum sign_in_end {
    SIGN_IN_DONE,
    SIGN_IN_PENDING, /* what is still to be proved */
    SIGN_IN_WRONG,
    SIGN_IN_LOCKED, /* wrong once too often */
    SIGN_IN_END_COUNT,
};
const char *sign_in_end_name(enum sign_in_end end);

struct sign_in_note {
    enum sign_in_method method;
    enum sign_in_end end;
    const struct session_place *place;
};
/* Also tells the person by mail, of what is done or pending somewhere new; the platform's people
 * are the platform's to tell. */
MUST_USE struct err sign_in_note(struct app *app, struct tx *tx, const struct person_row *person,
                                 struct sign_in_note note);
/* The newest first, SIGN_INS_KEPT at most; struct sign_in_row. */
MUST_USE struct err sign_ins_read(struct tx *tx, struct str person_id, struct row_list *ret_list);

#endif
