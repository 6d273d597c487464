/* When whoever has to answer by a day is told of it again: 14, 7 and 1 days before, and on the day.
 * Pure. */
#ifndef CORE_DEADLINE_H
#define CORE_DEADLINE_H

#include "core/calendar.h"

/* The first of these moments after `now`; INSTANT_MAX once it is due. */
struct instant deadline_next_notice(struct instant due, struct instant now);
/* Whole days that are left, a part of one counted as one; 0 once it is due. */
int64_t deadline_days_left(struct instant due, struct instant now);

#endif
