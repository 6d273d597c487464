/* Disputes as the clock ends them; they open with the charge (payment.h). */
#ifndef SANDBOX_DISPUTE_H
#define SANDBOX_DISPUTE_H

#include "sandbox/world.h"

/* The day by which evidence is due passed without any. */
void dispute_on_due(struct world *world, json_t *dispute);
int64_t dispute_due(const json_t *dispute);

#endif
