/* Time zones: what a clock on a wall shows, from a file of the tz database (RFC 8536), and when
 * office hours are there. The file is input like any other; what is none, or is cut short, is
 * UTC. After its last transition the rule in its footer holds, as far as it is of the form
 * "CET-1CEST,M3.5.0,M10.5.0/3"; without one the last offset stays. */
#ifndef CORE_ZONE_H
#define CORE_ZONE_H

#include "core/period.h"

/* "Europe/Berlin": whether a name can be that of a file in the database, and of no other. */
MUST_USE bool zone_name_is_valid(struct str name);
MUST_USE bool zone_file_is_valid(struct str file);
/* Local time less UTC. */
struct duration zone_offset(struct str file, struct instant at);

/* The day on the wall there that contains the instant: of 23 or 25 hours where clocks are changed.
 * Of the first and the last year of all it is the day of another year. */
struct period zone_day(struct str file, struct instant at);

/* The next nine o'clock there from `from` on, of Monday to Friday. Where that would be at or after
 * `before`, one of any day; where that is too late as well, `from`. */
struct instant zone_office_hour(struct str file, struct instant from, struct instant before);

#endif
