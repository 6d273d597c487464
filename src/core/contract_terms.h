/* The terms of a contract: what is sold, at which price, for how long, and how it is paid. Amounts
 * are of an interval and before taxes; months are counted by the calendar from the contract's
 * start, as billing periods are (core/period.h), so that the 31st stays the 31st. */
#ifndef CORE_CONTRACT_TERMS_H
#define CORE_CONTRACT_TERMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/calendar.h"
#include "core/catalogue.h"
#include "core/entitlement.h"
#include "core/money.h"
#include "core/period.h"

enum contract_renewal { CONTRACT_RENEWS_NOT, CONTRACT_RENEWS_AUTOMATICALLY };
enum { CONTRACT_RENEWAL_COUNT = CONTRACT_RENEWS_AUTOMATICALLY + 1 };
const char *contract_renewal_name(enum contract_renewal renewal); /* "auto" */

/* How it is paid: charged by itself, or by an invoice that is sent. */
enum contract_collection { CONTRACT_CHARGE, CONTRACT_INVOICE };
enum { CONTRACT_COLLECTION_COUNT = CONTRACT_INVOICE + 1 };
/* Stripe's words: "charge_automatically", "send_invoice". */
const char *contract_collection_name(enum contract_collection collection);

enum {
    CONTRACT_RAMP_MAX = 8,
    CONTRACT_TERM_MAX = 120,    /* months */
    CONTRACT_NOTICE_MAX = 180,  /* days */
    CONTRACT_UPLIFT_MAX = 5000, /* basis points: 50 % */
    CONTRACT_DUE_MAX = 90,      /* days */
    CONTRACT_OFFER_MAX = 180,   /* days until an offer expires */
    CONTRACT_BASIS_POINTS = 10000,
    CONTRACT_PROBLEMS_MAX = 16,
};

/* From a month of the term on, another price. */
struct contract_ramp {
    int32_t month; /* 1.. */
    struct money amount;
};

struct contract_terms {
    enum tier tier;
    int32_t plan_version; /* whose limits and features it builds on */
    enum interval interval;
    struct money amount; /* an interval, from the beginning */
    size_t ramp_count;
    struct contract_ramp ramp[CONTRACT_RAMP_MAX]; /* ascending */
    struct entitlement_override override;
    int32_t term_months;
    bool has_start; /* else it begins when it is accepted */
    struct instant starts_at;
    enum contract_renewal renewal;
    int32_t notice_days;         /* before the end, both sides are reminded */
    int32_t uplift_basis_points; /* of the price, with each renewal */
    enum contract_collection collection;
    int32_t days_until_due; /* of CONTRACT_INVOICE */
};

/* Where in the terms (JSON Pointer, "/ramp/1/month"), and what was expected there. */
struct contract_problem {
    char path[CATALOGUE_PATH_SIZE];
    const char *expected; /* static text */
};
struct contract_problems {
    struct contract_problem list[CONTRACT_PROBLEMS_MAX];
    size_t count; /* stops at the limit */
};
/* Finds every contradiction; true when there is none. Checked: a plan that is sold by contract;
 * prices of the catalogue's currency, more than nothing; a term of whole intervals; ramps that
 * ascend, begin with an interval and lie within the term; limits as a catalogue may have them, on
 * metrics that the plan limits; days and basis points within bounds; days until due with invoices
 * alone; a start that is not before `now`. */
MUST_USE bool contract_check(const struct catalogue *catalogue, const struct contract_terms *terms,
                             struct instant now, struct contract_problems *ret_problems);

/* --- of checked terms, that begin at `start` --- */

struct instant contract_ends_at(const struct contract_terms *terms, struct instant start);
/* When both sides are reminded; not before the start. */
struct instant contract_notice_at(const struct contract_terms *terms, struct instant start);
/* The price of the interval that begins at `at`, or holds it. */
struct money contract_amount_at(const struct contract_terms *terms, struct instant start,
                                struct instant at);
/* The next step of the ramp that begins after `after`; false when none does. */
MUST_USE bool contract_next_ramp(const struct contract_terms *terms, struct instant start,
                                 struct instant after, struct instant *ret_at,
                                 struct money *ret_amount);
/* What all intervals of the term come to, before taxes. False when no amount can hold it. */
MUST_USE bool contract_total(const struct contract_terms *terms, struct money *ret_total);
/* What is sold by them: the plan that they build on, with their limits and features, at the price
 * of a step of the ramp (0: the beginning). Its version is 0 until it has one of its own. */
struct plan contract_plan(const struct catalogue *catalogue, const struct contract_terms *terms,
                          size_t step);
/* The terms of the term that follows by itself: the last price with its uplift, no ramp, begun
 * where this one ends. False when the price would leave the range. */
MUST_USE bool contract_renewed(const struct contract_terms *terms, struct instant start,
                               struct contract_terms *ret_terms);

#endif
