#include "app/card_setup.h"

#include "base/check.h"

static bool is_status(const struct payments_setup_intent *intent, const char *status) {
    return str_equal(intent->status, str_from_cstr(status));
}

/* `status` is an open enum: all that is not a success is none. */
static enum payments_outcome judge(const struct payments_call *call,
                                   const struct payments_answer *answer) {
    const struct payments_setup_intent *intent = &answer->setup_intent;
    check(call->customer_id.len > 0); /* or nobody's would be theirs */
    if (!str_equal(intent->id, call->object_id) ||
        !str_equal(intent->customer_id, call->customer_id)) {
        return PAYMENTS_MISSING;
    }
    if (!is_status(intent, "succeeded")) { /* an error may be that of an earlier try */
        bool is_refused = is_status(intent, "requires_payment_method") && answer->code.len > 0;
        return is_refused ? PAYMENTS_DECLINED : PAYMENTS_ACTION_REQUIRED;
    }
    bool is_attached =
        answer->has_method && str_equal(answer->method.customer_id, call->customer_id);
    return is_attached ? PAYMENTS_DONE : PAYMENTS_MISSING;
}

struct payments_answer card_setup_judged(const struct payments_call *call,
                                         const struct payments_answer *answer) {
    bool is_read = answer->outcome == PAYMENTS_DONE;
    if (call->kind != PAYMENTS_SETUP_INTENT_READ ||
        (!is_read && answer->outcome != PAYMENTS_MISSING)) {
        return *answer;
    }
    check(answer->has_setup_intent || !is_read);
    enum payments_outcome outcome = is_read ? judge(call, answer) : PAYMENTS_MISSING;
    struct payments_answer judged = {.outcome = outcome};
    if (outcome == PAYMENTS_DONE) {
        judged.has_method = true;
        judged.method = answer->method;
    } else if (outcome == PAYMENTS_DECLINED) {
        judged.code = answer->code;
        judged.decline_code = answer->decline_code;
        judged.message = answer->message;
    }
    check(judged.has_method == (outcome == PAYMENTS_DONE));
    return judged;
}
