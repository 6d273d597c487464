/* Stripe's objects become those of the port. Inside the layer.
 *
 * The text in the results is borrowed from the JSON, lists lie in the arena. References may be an
 * id or, expanded, the object itself. */
#ifndef STRIPE_OBJECT_H
#define STRIPE_OBJECT_H

#include "app/ports.h"
#include "base/arena.h"
#include "base/json.h"

enum object_result {
    OBJECT_READ,
    OBJECT_UNKNOWN_VALUE, /* this release cannot represent it: a status or currency that is newer
                             than it, an amount or date out of range, a subscription without item */
    OBJECT_NOT_IT,        /* not an object of this kind */
};

/* True for an object of Stripe's of that type ("customer") with an id. */
bool object_is(const json_t *object, const char *type);
/* The id that a reference at the dotted path names; empty when there is none. */
struct str object_reference(const json_t *object, const char *path);
/* Seconds since 1970 at the path; false when that is no instant. */
MUST_USE bool object_instant(const json_t *object, const char *path, struct instant *ret_instant);

enum object_result object_read_method(const json_t *object, struct payments_method *ret_method);
enum object_result object_read_subscription(const json_t *object,
                                            struct payments_subscription *ret_subscription);
/* The lines are those that the invoice shows, at most PAYMENTS_LINES_MAX. */
enum object_result object_read_invoice(const json_t *object, struct arena *arena,
                                       struct payments_invoice *ret_invoice);
/* Of one that was deleted only the id is read. */
enum object_result object_read_customer(const json_t *object,
                                        struct payments_customer *ret_customer);
enum object_result object_read_charge(const json_t *object, struct payments_charge *ret_charge);
enum object_result object_read_refund(const json_t *object, struct payments_refund *ret_refund);
/* The body is the event as it would have been delivered. */
enum object_result object_read_event(const json_t *object, struct arena *arena,
                                     struct payments_event *ret_event);
/* invoice_id is left empty: another reading tells it. The charge must have been expanded. */
enum object_result object_read_dispute(const json_t *object, struct payments_dispute *ret_dispute);
enum object_result object_read_schedule(const json_t *object,
                                        struct payments_schedule *ret_schedule);
/* The payment intent that is to pay the invoice, when `payments` was expanded; else empty. */
struct str object_intent_of_invoice(const json_t *invoice);

MUST_USE enum object_result object_read_credit_note(const json_t *object,
                                                    struct payments_credit_note *ret_note);

#endif
