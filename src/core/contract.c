#include "core/contract.h"

#include "base/check.h"

static const char *const status_names[CONTRACT_STATUS_COUNT] = {
    [CONTRACT_REQUESTED] = "requested", [CONTRACT_DRAFT] = "draft",
    [CONTRACT_PENDING] = "pending",     [CONTRACT_OFFERED] = "offered",
    [CONTRACT_ACCEPTED] = "accepted",   [CONTRACT_ACTIVE] = "active",
    [CONTRACT_DECLINED] = "declined",   [CONTRACT_WITHDRAWN] = "withdrawn",
    [CONTRACT_EXPIRED] = "expired",     [CONTRACT_SUPERSEDED] = "superseded",
    [CONTRACT_RENEWED] = "renewed",     [CONTRACT_ENDED] = "ended",
};

static const char *const event_names[CONTRACT_EVENT_COUNT] = {
    [CONTRACT_WRITE] = "write",
    [CONTRACT_SUBMIT] = "submit",
    [CONTRACT_APPROVE] = "approve",
    [CONTRACT_REFUSE] = "refuse",
    [CONTRACT_ACCEPT] = "accept",
    [CONTRACT_DECLINE] = "decline",
    [CONTRACT_WITHDRAW] = "withdraw",
    [CONTRACT_EXPIRE] = "expire",
    [CONTRACT_BEGIN] = "begin",
    [CONTRACT_FAIL] = "fail",
    [CONTRACT_SUPERSEDE] = "supersede",
    [CONTRACT_RENEW] = "renew",
    [CONTRACT_END] = "end",
};

enum verdict { CELL_MISSING, CELL_LEGAL, CELL_REFUSED };

struct cell {
    enum verdict verdict;
    enum contract_status next;
};

#define TO(status)                                                                                 \
    { CELL_LEGAL, (status) }
#define NO                                                                                         \
    { CELL_REFUSED, CONTRACT_REQUESTED }
/* What is over stays as it is. */
#define OVER                                                                                       \
    {                                                                                              \
        [CONTRACT_WRITE] = NO, [CONTRACT_SUBMIT] = NO, [CONTRACT_APPROVE] = NO,                    \
        [CONTRACT_REFUSE] = NO, [CONTRACT_ACCEPT] = NO, [CONTRACT_DECLINE] = NO,                   \
        [CONTRACT_WITHDRAW] = NO, [CONTRACT_EXPIRE] = NO, [CONTRACT_BEGIN] = NO,                   \
        [CONTRACT_FAIL] = NO, [CONTRACT_SUPERSEDE] = NO, [CONTRACT_RENEW] = NO,                    \
        [CONTRACT_END] = NO                                                                        \
    }

static const struct cell cells[CONTRACT_STATUS_COUNT][CONTRACT_EVENT_COUNT] = {
    [CONTRACT_REQUESTED] =
        {
            [CONTRACT_WRITE] = TO(CONTRACT_DRAFT),
            [CONTRACT_SUBMIT] = NO, /* there are no terms yet */
            [CONTRACT_APPROVE] = NO,
            [CONTRACT_REFUSE] = NO,
            [CONTRACT_ACCEPT] = NO,
            [CONTRACT_DECLINE] = TO(CONTRACT_DECLINED),
            [CONTRACT_WITHDRAW] = TO(CONTRACT_WITHDRAWN),
            [CONTRACT_EXPIRE] = NO,
            [CONTRACT_BEGIN] = NO,
            [CONTRACT_FAIL] = NO,
            [CONTRACT_SUPERSEDE] = NO,
            [CONTRACT_RENEW] = NO,
            [CONTRACT_END] = NO,
        },
    [CONTRACT_DRAFT] =
        {
            [CONTRACT_WRITE] = TO(CONTRACT_DRAFT),
            [CONTRACT_SUBMIT] = TO(CONTRACT_PENDING),
            [CONTRACT_APPROVE] = NO, /* nobody was asked */
            [CONTRACT_REFUSE] = NO,
            [CONTRACT_ACCEPT] = NO,
            [CONTRACT_DECLINE] = NO, /* the customer has not seen it */
            [CONTRACT_WITHDRAW] = TO(CONTRACT_WITHDRAWN),
            [CONTRACT_EXPIRE] = NO,
            [CONTRACT_BEGIN] = NO,
            [CONTRACT_FAIL] = NO,
            [CONTRACT_SUPERSEDE] = NO,
            [CONTRACT_RENEW] = NO,
            [CONTRACT_END] = NO,
        },
    [CONTRACT_PENDING] =
        {
            [CONTRACT_WRITE] = NO, /* somebody looks at these terms and no others */
            [CONTRACT_SUBMIT] = NO,
            [CONTRACT_APPROVE] = TO(CONTRACT_OFFERED),
            [CONTRACT_REFUSE] = TO(CONTRACT_DRAFT),
            [CONTRACT_ACCEPT] = NO, /* one person alone has agreed */
            [CONTRACT_DECLINE] = NO,
            [CONTRACT_WITHDRAW] = TO(CONTRACT_WITHDRAWN),
            [CONTRACT_EXPIRE] = NO,
            [CONTRACT_BEGIN] = NO,
            [CONTRACT_FAIL] = NO,
            [CONTRACT_SUPERSEDE] = NO,
            [CONTRACT_RENEW] = NO,
            [CONTRACT_END] = NO,
        },
    [CONTRACT_OFFERED] =
        {
            [CONTRACT_WRITE] = TO(CONTRACT_DRAFT), /* other terms: it is asked for again */
            [CONTRACT_SUBMIT] = NO,
            [CONTRACT_APPROVE] = NO,
            [CONTRACT_REFUSE] = NO,
            [CONTRACT_ACCEPT] = TO(CONTRACT_ACCEPTED),
            [CONTRACT_DECLINE] = TO(CONTRACT_DECLINED),
            [CONTRACT_WITHDRAW] = TO(CONTRACT_WITHDRAWN),
            [CONTRACT_EXPIRE] = TO(CONTRACT_EXPIRED),
            [CONTRACT_BEGIN] = NO,
            [CONTRACT_FAIL] = NO,
            [CONTRACT_SUPERSEDE] = NO,
            [CONTRACT_RENEW] = NO,
            [CONTRACT_END] = NO,
        },
    [CONTRACT_ACCEPTED] =
        {
            [CONTRACT_WRITE] = NO,
            [CONTRACT_SUBMIT] = NO,
            [CONTRACT_APPROVE] = NO,
            [CONTRACT_REFUSE] = NO,
            [CONTRACT_ACCEPT] = NO, /* or it would be bought twice */
            [CONTRACT_DECLINE] = NO,
            [CONTRACT_WITHDRAW] = TO(CONTRACT_WITHDRAWN), /* before its day, by two persons */
            [CONTRACT_EXPIRE] = NO,
            [CONTRACT_BEGIN] = TO(CONTRACT_ACTIVE),
            [CONTRACT_FAIL] = TO(CONTRACT_OFFERED),
            [CONTRACT_SUPERSEDE] = NO,
            [CONTRACT_RENEW] = NO,
            [CONTRACT_END] = TO(CONTRACT_ENDED),
        },
    [CONTRACT_ACTIVE] =
        {
            [CONTRACT_WRITE] = NO, /* an amendment is a contract of its own */
            [CONTRACT_SUBMIT] = NO,
            [CONTRACT_APPROVE] = NO,
            [CONTRACT_REFUSE] = NO,
            [CONTRACT_ACCEPT] = NO,
            [CONTRACT_DECLINE] = NO,
            [CONTRACT_WITHDRAW] = NO,
            [CONTRACT_EXPIRE] = NO,
            [CONTRACT_BEGIN] = NO,
            [CONTRACT_FAIL] = NO,
            [CONTRACT_SUPERSEDE] = TO(CONTRACT_SUPERSEDED),
            [CONTRACT_RENEW] = TO(CONTRACT_RENEWED),
            [CONTRACT_END] = TO(CONTRACT_ENDED),
        },
    [CONTRACT_DECLINED] = OVER,
    [CONTRACT_WITHDRAWN] = OVER,
    [CONTRACT_EXPIRED] = OVER,
    [CONTRACT_SUPERSEDED] = OVER,
    [CONTRACT_RENEWED] = OVER,
    [CONTRACT_ENDED] = OVER,
};

const char *contract_status_name(enum contract_status status) {
    check((unsigned)status < CONTRACT_STATUS_COUNT);
    return status_names[status];
}

bool contract_status_parse(struct str text, enum contract_status *ret_status) {
    for (unsigned i = 0; i < CONTRACT_STATUS_COUNT; i++) {
        if (str_equal(text, str_from_cstr(status_names[i]))) {
            *ret_status = (enum contract_status)i;
            return true;
        }
    }
    return false;
}

const char *contract_event_name(enum contract_event event) {
    check((unsigned)event < CONTRACT_EVENT_COUNT);
    return event_names[event];
}

struct contract_step contract_step(enum contract_status status, enum contract_event event) {
    check((unsigned)status < CONTRACT_STATUS_COUNT);
    check((unsigned)event < CONTRACT_EVENT_COUNT);
    struct cell cell = cells[status][event];
    check(cell.verdict != CELL_MISSING);
    bool is_legal = cell.verdict == CELL_LEGAL;
    check(!is_legal || !contract_is_over(status)); /* over is over */
    return (struct contract_step){is_legal, is_legal ? cell.next : status};
}

bool contract_is_over(enum contract_status status) {
    check((unsigned)status < CONTRACT_STATUS_COUNT);
    return status >= CONTRACT_DECLINED;
}
