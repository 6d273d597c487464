/* Thin events (v2): that something happened to an object, and where to read it; not how it stands.
 *
 * They are no objects of their own here but another view of the stored event: "evt_test_x" is the
 * thin form of the snapshot event "evt_x". docs.stripe.com/event-destinations */
#ifndef SANDBOX_EVENT_THIN_H
#define SANDBOX_EVENT_THIN_H

#include "sandbox/world.h"

/* The thin form of a stored event, a new reference; NULL when its type has none. */
json_t *event_thin(const json_t *event);
/* The same as it is fetched: with what some types say besides. */
json_t *event_thin_whole(const json_t *event);
/* Types that have no snapshot; they are named as version 2 names them. */
bool event_is_thin_only(const char *type);
/* The stored event of a thin id; NULL with 404. */
json_t *event_of_thin_id(struct world *world, const char *id);

#endif
