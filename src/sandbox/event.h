/* Events: what is shown of a change, to whom. A row for each endpoint that wants it is written with
 * the change; webhook.c carries them out. */
#ifndef SANDBOX_EVENT_H
#define SANDBOX_EVENT_H

#include "sandbox/world.h"

/* A copy of a document without the sandbox's own members; a new reference. */
json_t *event_render(json_t *document);
/* Records that something happened to `document`, and marks it as shown. */
void event_emit(struct world *world, const char *type, json_t *document);
/* The same, with the data of its thin form, which it takes and which may be NULL. The thin form, a
 * new reference. */
json_t *event_emit_thin(struct world *world, const char *type, json_t *document, json_t *thin_data);
/* The same with data.previous_attributes, the members that differ from what was shown last; nothing
 * happens when none does. */
void event_updated(struct world *world, const char *type, json_t *document);
/* The event as one endpoint gets it, whole or thin: a new reference, NULL when it has no such form.
 */
json_t *event_for_endpoint(json_t *event, json_t *endpoint);
/* The part of an event's stored text that may be shown, without its closing bracket. */
struct str event_text_shown(struct str text);

#endif
