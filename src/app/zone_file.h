/* Files of the system's tz database, by the names of zones: "Europe/Berlin". */
#ifndef APP_ZONE_FILE_H
#define APP_ZONE_FILE_H

#include "base/cx.h"

/* In the arena, for core/zone.h; empty, which is UTC, when there is no such zone. */
struct str zone_file(struct cx *cx, struct str name);
/* Whether the database has this zone. Reads a small file. */
MUST_USE bool zone_file_is_known(struct cx *cx, struct str name);

#endif
