/* Customers that were asked for lately, by name: events of a batch name the same few in any order.
 *
 * Names come from outside, and a table that grows with them needs a hash with a key (gate.c). This
 * one has one place for a name, so that the worst that a chosen name can do is to be looked for in
 * the gate; a hash of a multiplication is enough. Belongs to one thread. */
#ifndef GATE_RECENT_H
#define GATE_RECENT_H

#include "base/limits.h"
#include "gate/gate.h"

enum { RECENT_CUSTOMERS = 4096 }; /* a power of two */

struct recent_customer {
    struct gate_handle handle; /* a zeroed one: no name */
    uint8_t len;
    char name[LIMIT_USER_ID];
};
struct recent {
    struct recent_customer customers[RECENT_CUSTOMERS];
};

void recent_init(struct recent *recent);
/* As gate_customer, always with the same gate. */
struct gate_handle recent_find(struct recent *recent, const struct gate *gate, struct str user_id);

/* Brings the counter near for who will count soon. */
static inline void recent_prefetch(struct gate_handle handle, enum metric metric) {
    __builtin_prefetch((const char *)handle.entries + 64 * (size_t)metric, 1);
}

#endif
