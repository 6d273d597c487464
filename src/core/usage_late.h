/* What came late: an event counts in the hour in which it happened, also when that hour was past
 * before it came in. Whoever has looked at the hour meanwhile saw less; so what came late is added
 * up beside the total, and shown as adjusted.
 *
 * Late is judged by the instant at which the journal's group was begun that holds the record, which
 * the journal keeps: whoever adds up the journal again judges the same. */
#ifndef CORE_USAGE_LATE_H
#define CORE_USAGE_LATE_H

#include <stdbool.h>

#include "core/calendar.h"

/* Senders gather events for some minutes: what comes in within so many after the hour is not late.
 */
enum { USAGE_LATE_MINUTES = 15 };

/* Whether the hour in which it happened had ended for longer than that when it came in. */
bool usage_is_late(struct instant happened, struct instant received);

#endif
