/* The table of invoice statuses; see invoice.h. */
#include "core/invoice.h"

#include "base/check.h"

static const char *const status_names[INVOICE_STATUS_COUNT] = {
    [INVOICE_DRAFT] = "draft",
    [INVOICE_OPEN] = "open",
    [INVOICE_PAID] = "paid",
    [INVOICE_VOID] = "void",
    [INVOICE_UNCOLLECTIBLE] = "uncollectible",
};

static const char *const event_names[INVOICE_EVENT_COUNT] = {
    [INVOICE_FINALIZE] = "finalize",
    [INVOICE_PAY] = "pay",
    [INVOICE_MAKE_VOID] = "void",
    [INVOICE_GIVE_UP] = "mark_uncollectible",
};

#define TO(status)                                                                                 \
    { true, (status) }
#define REFUSED(status)                                                                            \
    { false, (status) }

static const struct invoice_step steps[INVOICE_STATUS_COUNT][INVOICE_EVENT_COUNT] = {
    [INVOICE_DRAFT] =
        {
            [INVOICE_FINALIZE] = TO(INVOICE_OPEN),
            [INVOICE_PAY] = REFUSED(INVOICE_DRAFT),       /* finalize it first */
            [INVOICE_MAKE_VOID] = REFUSED(INVOICE_DRAFT), /* a draft is deleted instead */
            [INVOICE_GIVE_UP] = REFUSED(INVOICE_DRAFT),
        },
    [INVOICE_OPEN] =
        {
            [INVOICE_FINALIZE] = REFUSED(INVOICE_OPEN),
            [INVOICE_PAY] = TO(INVOICE_PAID),
            [INVOICE_MAKE_VOID] = TO(INVOICE_VOID),
            [INVOICE_GIVE_UP] = TO(INVOICE_UNCOLLECTIBLE),
        },
    [INVOICE_PAID] =
        {
            [INVOICE_FINALIZE] = REFUSED(INVOICE_PAID),
            [INVOICE_PAY] = REFUSED(INVOICE_PAID), /* or it would be charged twice */
            [INVOICE_MAKE_VOID] = REFUSED(INVOICE_PAID),
            [INVOICE_GIVE_UP] = REFUSED(INVOICE_PAID),
        },
    [INVOICE_VOID] =
        {
            [INVOICE_FINALIZE] = REFUSED(INVOICE_VOID),
            [INVOICE_PAY] = REFUSED(INVOICE_VOID),
            [INVOICE_MAKE_VOID] = REFUSED(INVOICE_VOID),
            [INVOICE_GIVE_UP] = REFUSED(INVOICE_VOID),
        },
    [INVOICE_UNCOLLECTIBLE] =
        {
            [INVOICE_FINALIZE] = REFUSED(INVOICE_UNCOLLECTIBLE),
            [INVOICE_PAY] = TO(INVOICE_PAID),
            [INVOICE_MAKE_VOID] = TO(INVOICE_VOID),
            [INVOICE_GIVE_UP] = REFUSED(INVOICE_UNCOLLECTIBLE),
        },
};

const char *invoice_status_name(enum invoice_status status) {
    check((unsigned)status < INVOICE_STATUS_COUNT);
    return status_names[status];
}

bool invoice_status_parse(struct str text, enum invoice_status *ret_status) {
    for (unsigned i = 0; i < INVOICE_STATUS_COUNT; i++) {
        if (str_equal(text, str_from_cstr(status_names[i]))) {
            *ret_status = (enum invoice_status)i;
            return true;
        }
    }
    return false;
}

const char *invoice_event_name(enum invoice_event event) {
    check((unsigned)event < INVOICE_EVENT_COUNT);
    return event_names[event];
}

struct invoice_step invoice_step(enum invoice_status status, enum invoice_event event) {
    check((unsigned)status < INVOICE_STATUS_COUNT);
    check((unsigned)event < INVOICE_EVENT_COUNT);
    struct invoice_step step = steps[status][event];
    check(step.is_legal != (step.next == status));
    return step;
}

bool invoice_is_owed(enum invoice_status status) {
    check((unsigned)status < INVOICE_STATUS_COUNT);
    return status == INVOICE_OPEN;
}
