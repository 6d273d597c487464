/* Reminders wait for office hours where the customer is: nine o'clock, Monday to Friday. What
 * happens by itself and is told as it happens does not wait: a first failure, an end. */
#ifndef APP_MAIL_HOURS_H
#define APP_MAIL_HOURS_H

#include "core/calendar.h"
#include "store/row.h"

/* Whether the system's tz database has this zone: "Europe/Berlin". Reads a small file. */
MUST_USE bool mail_zone_is_known(struct cx *cx, struct str name);

/* The file of a zone, in the arena; empty, which is UTC, when there is none. */
struct str mail_zone_file(struct cx *cx, struct str name);

/* How long a mail rests that is pointless from `before` on. */
MUST_USE struct err mail_hours_rest(struct tx *tx, struct str user_id, struct instant before,
                                    struct duration *ret_rest);

#endif
