/* How a person wants pages to look (light, dark, or as their system does), and to be written: in
 * which language, with the numbers and dates of which locale, in which time zone, with which first
 * day of the week. Kept with the person, so that it is the same on every machine. */
#ifndef APP_APPEARANCE_H
#define APP_APPEARANCE_H

#include "app/app.h"
#include "core/locale.h"

/* DONE; PERSON_NOT_FOUND. */
struct appearance_choose {
    struct command command;
    struct str person_id;
    struct str scheme; /* "system", "light", "dark" */
};
void appearance_choose(struct app *app, struct appearance_choose *choose);

/* "system" of who has chosen nothing. */
MUST_USE struct err appearance_read(struct tx *tx, struct str person_id, struct str *ret_scheme);

/* What was chosen; empty and 0: nothing. */
struct appearance_settings {
    struct str language;   /* language_name() */
    struct str locale;     /* one of appearance_locales, of that language where there is one */
    struct str time_zone;  /* zone_file_is_known(), appearance_zone_fits() */
    int64_t first_weekday; /* 1: Monday, 7: Sunday */
};

/* All four at once. DONE; PERSON_NOT_FOUND. The audit log has them before and after. */
struct appearance_settle {
    struct command command;
    struct str person_id;
    struct appearance_settings settings;
};
void appearance_settle(struct app *app, struct appearance_settle *settle);

MUST_USE struct err appearance_settings_read(struct tx *tx, struct str person_id,
                                             struct appearance_settings *ret_settings);

/* What holds for a person who acts for a customer, or for none (empty): the zone is theirs, else
 * the customer's, else empty, which is UTC; the first weekday is theirs, else that of their locale,
 * else Monday; the language theirs, else that of their locale, else empty. */
MUST_USE struct err appearance_in_force(struct tx *tx, struct str person_id, struct str user_id,
                                        struct appearance_settings *ret_settings);

#endif
