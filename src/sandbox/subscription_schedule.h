/* Subscription schedules: phases that a subscription goes through by itself
 * (billing/subscriptions/subscription-schedules).
 *
 * subscription_schedule.c has the routes, schedule_phase.c reads phases, schedule_life.c is what
 * time and the subscription do to a schedule. */
#ifndef SANDBOX_SUBSCRIPTION_SCHEDULE_H
#define SANDBOX_SUBSCRIPTION_SCHEDULE_H

#include "sandbox/call.h"

/* --- phases (schedule_phase.c) --- */

extern const struct param schedule_phase_params[];

/* The phases that are asked for, the first beginning at `start`, as they are shown; NULL with a
 * fault. */
json_t *schedule_phases_read(struct call *call, int64_t start, int64_t now);
/* The present items of a subscription as one phase over its present period; a new reference. */
json_t *schedule_phase_of(json_t *subscription);
/* The parameters that turn a subscription's items into a phase's; a new reference. */
json_t *schedule_phase_change(json_t *subscription, const json_t *phase);
/* The parameters that create a subscription in a phase; a new reference. */
json_t *schedule_phase_create(const json_t *schedule, const json_t *phase);

/* A phase's discounts, and what is sold once with it, as the parameters that give them; new
 * references. */
json_t *schedule_phase_discounts(const json_t *phase);
json_t *schedule_phase_sales(const json_t *phase);

/* Adds a phase's taxes, else those of the default settings, to such parameters. */
void schedule_phase_taxes(const json_t *schedule, const json_t *phase, json_t *params);

/* --- life (schedule_life.c) --- */

/* When something happens to it next by itself, UTC seconds; STORE_NEVER. */
int64_t schedule_due_at(const json_t *schedule);
void schedule_on_due(struct world *world, json_t *schedule);
/* Its subscription ended otherwise; `is_delinquent`: because it was not paid. */
void schedule_on_subscription_end(struct world *world, json_t *subscription, bool is_delinquent);
/* Sets current_phase to the phase that holds `at`. */
void schedule_set_current(json_t *schedule, int64_t at);
/* Starts a schedule whose first phase has begun: makes its subscription; false with a fault. */
bool schedule_begin(struct call *call, json_t *schedule);
/* Puts the current phase on the subscription; false with a fault. `behavior` is the
 * proration_behavior. */
bool schedule_apply_phase(struct call *call, json_t *schedule, const char *behavior);
/* Lets the subscription go; `keeps_end` leaves the end that the schedule has set. */
void schedule_release(struct world *world, json_t *schedule, bool keeps_end);
/* Tells the subscription when the schedule will end it. */
void schedule_set_end(struct world *world, json_t *schedule);

#endif
