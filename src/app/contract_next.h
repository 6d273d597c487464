/* What a contract says of an interval to come: for who shows what will be billed. */
#ifndef APP_CONTRACT_NEXT_H
#define APP_CONTRACT_NEXT_H

#include "app/app.h"

struct contract_saying {
    bool is_bound;    /* a contract is in force: the rest is its word */
    bool is_end;      /* nothing is billed: the subscription ends there */
    struct plan plan; /* what is billed */
    enum interval interval;
    int32_t version; /* of the plan; 0 while nobody has been told of it */
};
/* Of the interval that begins on the day of `at`. */
MUST_USE struct err contract_says(const struct app *app, struct tx *tx, struct str user_id,
                                  struct instant at, struct contract_saying *ret_saying);

#endif
