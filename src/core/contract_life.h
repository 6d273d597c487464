/* What becomes due of a contract in force, and when: both sides are reminded, the provider is told
 * what follows an interval, the term ends or renews.
 *
 * A price of a contract begins with an interval and never inside one. So the provider is told in
 * the interval before, and bills it by itself; nothing has to be done at the very instant. Pure:
 * the caller keeps rows and instants. */
#ifndef CORE_CONTRACT_LIFE_H
#define CORE_CONTRACT_LIFE_H

#include "core/contract_terms.h"

enum contract_due {
    CONTRACT_DUE_REMINDER, /* both sides are told that the term ends, or renews */
    CONTRACT_DUE_CHANGE,   /* the provider is told what begins at the next boundary */
    CONTRACT_DUE_END,      /* the term is over */
};
enum { CONTRACT_DUE_COUNT = CONTRACT_DUE_END + 1 };

/* Of checked terms in force. */
struct contract_life {
    struct instant start;
    bool is_stopped;           /* either side has said that it does not renew */
    bool is_reminded;          /* both sides were */
    struct instant told_until; /* the provider knows what begins until then */
};

/* What begins at a boundary. */
enum contract_next {
    CONTRACT_NEXT_STEP,    /* a price of these terms */
    CONTRACT_NEXT_RENEWAL, /* the price of the term that follows */
    CONTRACT_NEXT_NOTHING, /* the subscription ends */
};
struct contract_boundary {
    enum contract_next next;
    struct instant at;
    size_t step; /* of CONTRACT_NEXT_STEP, as contract_plan() wants it */
};

struct contract_task {
    enum contract_due due;
    struct instant at;
    struct contract_boundary boundary; /* of CONTRACT_DUE_CHANGE */
};
/* The earliest that is not done yet; there is always the end. */
struct contract_task contract_next_task(const struct contract_terms *terms,
                                        const struct contract_life *life);

/* The price after that of `at`: of the ramp, or of the term that follows. False when none does. */
MUST_USE bool contract_next_price(const struct contract_terms *terms,
                                  const struct contract_life *life, struct instant at,
                                  struct instant *ret_at, struct money *ret_amount);
enum { CONTRACT_PRICES_MAX = CONTRACT_RAMP_MAX + 1 };
struct contract_price {
    struct instant at; /* from when on */
    struct money amount;
    bool is_renewal; /* of the term that follows */
};
/* All prices after that of `at`, in their order, as far as they are agreed: those of the ramp, then
 * that of the term that follows. How many. */
size_t contract_prices_after(const struct contract_terms *terms, const struct contract_life *life,
                             struct instant at,
                             struct contract_price ret_prices[CONTRACT_PRICES_MAX]);
/* What is billed for the interval that begins on the day of `at`, which is not before the start. */
struct contract_boundary contract_billed_at(const struct contract_terms *terms,
                                            const struct contract_life *life, struct instant at);
/* Whether another term follows by itself. */
bool contract_renews(const struct contract_terms *terms, const struct contract_life *life);
/* When both sides are reminded: of terms that renew, `notice_days` before the last moment to give
 * notice (contract_notice_at), else as long before the end. Not before the start. False without
 * such days. */
MUST_USE bool contract_reminder_at(const struct contract_terms *terms, struct instant start,
                                   struct instant *ret_at);
/* Whether an interval of the term, or what follows the last one, begins on the day of `at`; then
 * when exactly. */
MUST_USE bool contract_interval_at(const struct contract_terms *terms, struct instant start,
                                   struct instant at, struct instant *ret_begins);
/* From when on the provider may be told what begins with an interval: an hour into the one before,
 * when what that one bills is settled. */
struct instant contract_tell_at(const struct contract_terms *terms, struct instant start,
                                struct instant begins);

/* How the provider stands to a boundary, by the interval that it bills now. */
enum contract_reach {
    CONTRACT_REACH_BEFORE, /* another interval lies between: too early */
    CONTRACT_REACH_NEXT,   /* it ends there */
    CONTRACT_REACH_PAST,   /* it has begun there, or later: too late to tell */
};
enum contract_reach contract_reach(struct period billed, struct instant boundary);

#endif
