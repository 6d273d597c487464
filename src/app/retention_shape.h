/* How long what is kept, as a catalogue says it: {"country":"DE","sweeps":true,
 * "periods":{"origins":"P13M"}} into core's policy. */
#ifndef APP_RETENTION_SHAPE_H
#define APP_RETENTION_SHAPE_H

#include "base/cx.h"
#include "base/shape.h"
#include "core/retention.h"

/* Absent members are as by default. */
struct retention_entry {
    int country; /* of retention_countries */
    bool has_country, sweeps, has_sweeps;
    struct calendar_step periods[RETENTION_KIND_COUNT];
    bool has[RETENTION_KIND_COUNT];
};
extern const struct shape retention_entry_shape;

/* Adds an error for each period that is shorter than it may be. */
struct retention_policy retention_policy_of(struct cx *cx, const struct retention_entry *entry,
                                            struct shape_errors *errors);

#endif
