/* The customer portal: what a session may do, by its configuration. */
#ifndef SANDBOX_PORTAL_H
#define SANDBOX_PORTAL_H

#include "sandbox/world.h"

enum { PORTAL_LIFE_S = 3600 };

/* Whether a feature ("subscription_cancel") is on for a session, and its flow allows it. */
bool portal_offers(struct world *world, const json_t *session, const char *feature);

#endif
