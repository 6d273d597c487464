/* Contracts: a plan at terms of its own, agreed by two sides.
 *
 * A customer asks, an operator offers, a second operator agrees, the customer accepts: from then on
 * the subscription follows the terms. Terms (contract_terms.h) never change; an amendment or a
 * renewal is the contract's next version, a row of its own that takes the place of the one before.
 * What becomes due of one in force: contract_life.h.
 *
 * Pure: the caller keeps rows and instants. The status x event table in contract.c has every cell.
 */
#ifndef CORE_CONTRACT_H
#define CORE_CONTRACT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"

enum contract_status {
    CONTRACT_REQUESTED, /* somebody would like one */
    CONTRACT_DRAFT,     /* an operator writes terms */
    CONTRACT_PENDING,   /* the terms wait for a second operator */
    CONTRACT_OFFERED,   /* the customer may accept */
    CONTRACT_ACCEPTED,  /* they have; it begins, or waits for its day */
    CONTRACT_ACTIVE,
    CONTRACT_DECLINED,   /* by either side */
    CONTRACT_WITHDRAWN,  /* by the operator */
    CONTRACT_EXPIRED,    /* nobody accepted in time */
    CONTRACT_SUPERSEDED, /* an amendment has taken its place */
    CONTRACT_RENEWED,    /* its term is over, and another follows */
    CONTRACT_ENDED,
};
enum { CONTRACT_STATUS_COUNT = CONTRACT_ENDED + 1 };
const char *contract_status_name(enum contract_status status); /* "offered" */
MUST_USE bool contract_status_parse(struct str text, enum contract_status *ret_status);

enum contract_event {
    CONTRACT_WRITE,   /* terms are written, or written anew */
    CONTRACT_SUBMIT,  /* to a second operator */
    CONTRACT_APPROVE, /* who agrees */
    CONTRACT_REFUSE,  /* or does not */
    CONTRACT_ACCEPT,  /* by the customer */
    CONTRACT_DECLINE, /* by the customer; of a request, by the operator */
    CONTRACT_WITHDRAW,
    CONTRACT_EXPIRE,    /* the offer's time is over */
    CONTRACT_BEGIN,     /* the subscription has begun */
    CONTRACT_FAIL,      /* it could not: the customer may accept once more */
    CONTRACT_SUPERSEDE, /* an amendment begins */
    CONTRACT_RENEW,     /* the term is over, the next begins */
    CONTRACT_END,       /* the term is over, or the subscription has ended */
};
enum { CONTRACT_EVENT_COUNT = CONTRACT_END + 1 };
const char *contract_event_name(enum contract_event event); /* "submit" */

struct contract_step {
    bool is_legal; /* false: refused, `next` is the status before */
    enum contract_status next;
};
struct contract_step contract_step(enum contract_status status, enum contract_event event);
/* Whether nothing can become of it any more. */
bool contract_is_over(enum contract_status status);

#endif
