/* How a person wants pages to look: light, dark, or as their system does. Kept with the person, so
 * that it is the same on every machine. */
#ifndef APP_APPEARANCE_H
#define APP_APPEARANCE_H

#include "app/app.h"

/* DONE; PERSON_NOT_FOUND. */
struct appearance_choose {
    struct command command;
    struct str person_id;
    struct str scheme; /* "system", "light", "dark" */
};
void appearance_choose(struct app *app, struct appearance_choose *choose);

/* "system" of who has chosen nothing. */
MUST_USE struct err appearance_read(struct tx *tx, struct str person_id, struct str *ret_scheme);

#endif
