#include "core/contract_life.h"

#include "base/check.h"

enum { TELL_HOURS = 1, MONTHS_A_YEAR = 12 };

static int32_t months_of(enum interval interval) {
    check((unsigned)interval < INTERVAL_COUNT);
    return interval == INTERVAL_YEAR ? MONTHS_A_YEAR : 1;
}

bool contract_renews(const struct contract_terms *terms, const struct contract_life *life) {
    return terms->renewal == CONTRACT_RENEWS_AUTOMATICALLY && !life->is_stopped;
}

bool contract_reminder_at(const struct contract_terms *terms, struct instant start,
                          struct instant *ret_at) {
    bool renews = terms->renewal == CONTRACT_RENEWS_AUTOMATICALLY;
    struct duration ahead = duration_days(renews ? -terms->notice_days : 0);
    check(terms->notice_days >= 0);
    if (terms->notice_days == 0) {
        return false;
    }
    *ret_at = instant_later(instant_add(contract_notice_at(terms, start), ahead), start);
    return true;
}

bool contract_interval_at(const struct contract_terms *terms, struct instant start,
                          struct instant at, struct instant *ret_begins) {
    int32_t months = months_of(terms->interval);
    check(terms->term_months > 0);
    check(terms->term_months % months == 0);
    for (int32_t month = 0; month <= terms->term_months; month += months) {
        struct instant begins = instant_add_months(start, month);
        int64_t day = duration_days(1).ms;
        if (begins.ms / day == at.ms / day) {
            *ret_begins = begins;
            return true;
        }
    }
    return false;
}

struct instant contract_tell_at(const struct contract_terms *terms, struct instant start,
                                struct instant begins) {
    int32_t months = months_of(terms->interval);
    int32_t before = 0;
    check(!instant_is_before(begins, start));
    while (instant_is_before(instant_add_months(start, before + months), begins)) {
        before += months;
    }
    return instant_add(instant_add_months(start, before), duration_hours(TELL_HOURS));
}

enum contract_reach contract_reach(struct period billed, struct instant boundary) {
    struct instant near = instant_add(boundary, duration_days(-1));
    check(instant_is_before(billed.start, billed.end));
    if (!instant_is_before(billed.start, near)) {
        return CONTRACT_REACH_PAST;
    }
    return instant_is_before(billed.end, near) ? CONTRACT_REACH_BEFORE : CONTRACT_REACH_NEXT;
}

struct contract_boundary contract_billed_at(const struct contract_terms *terms,
                                            const struct contract_life *life, struct instant at) {
    struct instant day = instant_add(at, duration_days(1)); /* seconds of the provider's own */
    struct contract_boundary billed = {CONTRACT_NEXT_STEP, at, 0};
    check(terms->ramp_count <= CONTRACT_RAMP_MAX);
    if (!instant_is_before(day, contract_ends_at(terms, life->start))) {
        billed.next = contract_renews(terms, life) ? CONTRACT_NEXT_RENEWAL : CONTRACT_NEXT_NOTHING;
        return billed;
    }
    for (size_t i = 0; i < terms->ramp_count; i++) {
        struct instant begins = instant_add_months(life->start, terms->ramp[i].month);
        billed.step = instant_is_before(day, begins) ? billed.step : i + 1;
    }
    return billed;
}

bool contract_next_price(const struct contract_terms *terms, const struct contract_life *life,
                         struct instant at, struct instant *ret_at, struct money *ret_amount) {
    struct contract_terms next;
    if (contract_next_ramp(terms, life->start, at, ret_at, ret_amount)) {
        return true;
    }
    if (!contract_renews(terms, life) || !contract_renewed(terms, life->start, &next)) {
        return false;
    }
    *ret_at = next.starts_at;
    *ret_amount = next.amount;
    return instant_is_before(at, next.starts_at);
}

size_t contract_prices_after(const struct contract_terms *terms, const struct contract_life *life,
                             struct instant at,
                             struct contract_price ret_prices[CONTRACT_PRICES_MAX]) {
    struct instant end = contract_ends_at(terms, life->start);
    struct contract_price price = {.at = at};
    size_t count = 0;
    check(terms->ramp_count <= CONTRACT_RAMP_MAX);
    while (contract_next_price(terms, life, at, &price.at, &price.amount)) {
        check(count < CONTRACT_PRICES_MAX);
        check(instant_is_before(at, price.at));
        price.is_renewal = !instant_is_before(price.at, end);
        ret_prices[count++] = price;
        at = price.at;
    }
    return count;
}

/* The renewal's price is the last one raised: told only when it is another. */
static bool is_raised(const struct contract_terms *terms, struct instant start) {
    check(terms->ramp_count <= CONTRACT_RAMP_MAX);
    struct contract_terms next;
    struct money last =
        terms->ramp_count == 0 ? terms->amount : terms->ramp[terms->ramp_count - 1].amount;
    return contract_renewed(terms, start, &next) && money_compare(next.amount, last) != 0;
}

/* The first boundary that the provider does not know; false when it knows all of them. */
static bool next_boundary(const struct contract_terms *terms, const struct contract_life *life,
                          struct contract_boundary *ret_boundary) {
    struct instant end = contract_ends_at(terms, life->start);
    bool renews = contract_renews(terms, life);
    check(terms->ramp_count <= CONTRACT_RAMP_MAX);
    for (size_t step = 0; step <= terms->ramp_count; step++) {
        int32_t month = step == 0 ? 0 : terms->ramp[step - 1].month;
        struct instant at = instant_add_months(life->start, month);
        if (instant_is_before(life->told_until, at)) {
            *ret_boundary = (struct contract_boundary){CONTRACT_NEXT_STEP, at, step};
            return true;
        }
    }
    *ret_boundary =
        (struct contract_boundary){renews ? CONTRACT_NEXT_RENEWAL : CONTRACT_NEXT_NOTHING, end, 0};
    return instant_is_before(life->told_until, end) && (!renews || is_raised(terms, life->start));
}

struct contract_task contract_next_task(const struct contract_terms *terms,
                                        const struct contract_life *life) {
    struct contract_task task = {
        .due = CONTRACT_DUE_END,
        .at = contract_ends_at(terms, life->start),
    };
    struct contract_boundary boundary;
    struct instant reminder;
    if (next_boundary(terms, life, &boundary)) {
        struct instant at = contract_tell_at(terms, life->start, boundary.at);
        if (instant_is_before(at, task.at)) {
            task = (struct contract_task){CONTRACT_DUE_CHANGE, at, boundary};
        }
    }
    bool has_reminder = !life->is_reminded && contract_reminder_at(terms, life->start, &reminder);
    if (has_reminder && !instant_is_before(task.at, reminder)) {
        task = (struct contract_task){.due = CONTRACT_DUE_REMINDER, .at = reminder};
    }
    check(!instant_is_before(task.at, life->start));
    return task;
}
