/* The words and the steps of invoice_question.h. */
#include "core/invoice_question.h"

#include "base/check.h"

static const char *const kind_names[INVOICE_QUESTION_KIND_COUNT] = {"question", "dispute"};
static const char *const state_names[INVOICE_QUESTION_STATE_COUNT] = {"open", "answered",
                                                                      "settled"};
static const char *const settlement_names[INVOICE_QUESTION_SETTLEMENT_COUNT] = {
    "explained", "corrected", "withdrawn"};

const char *invoice_question_kind_name(enum invoice_question_kind kind) {
    check((unsigned)kind < INVOICE_QUESTION_KIND_COUNT);
    return kind_names[kind];
}

const char *invoice_question_state_name(enum invoice_question_state state) {
    check((unsigned)state < INVOICE_QUESTION_STATE_COUNT);
    return state_names[state];
}

const char *invoice_question_settlement_name(enum invoice_question_settlement settlement) {
    check((unsigned)settlement < INVOICE_QUESTION_SETTLEMENT_COUNT);
    return settlement_names[settlement];
}

struct invoice_question_step invoice_question_step(enum invoice_question_state state,
                                                   enum invoice_question_event event) {
    static const struct invoice_question_step
        steps[INVOICE_QUESTION_STATE_COUNT][INVOICE_QUESTION_EVENT_COUNT] = {
            [INVOICE_QUESTION_OPEN] =
                {[INVOICE_QUESTION_ANSWER] = {true, INVOICE_QUESTION_ANSWERED},
                 [INVOICE_QUESTION_EXPLAIN] = {false, INVOICE_QUESTION_OPEN},
                 [INVOICE_QUESTION_CORRECT] = {true, INVOICE_QUESTION_SETTLED},
                 [INVOICE_QUESTION_WITHDRAW] = {true, INVOICE_QUESTION_SETTLED}},
            [INVOICE_QUESTION_ANSWERED] =
                {[INVOICE_QUESTION_ANSWER] = {false, INVOICE_QUESTION_ANSWERED},
                 [INVOICE_QUESTION_EXPLAIN] = {true, INVOICE_QUESTION_SETTLED},
                 [INVOICE_QUESTION_CORRECT] = {true, INVOICE_QUESTION_SETTLED},
                 [INVOICE_QUESTION_WITHDRAW] = {true, INVOICE_QUESTION_SETTLED}},
            [INVOICE_QUESTION_SETTLED] =
                {[INVOICE_QUESTION_ANSWER] = {false, INVOICE_QUESTION_SETTLED},
                 [INVOICE_QUESTION_EXPLAIN] = {false, INVOICE_QUESTION_SETTLED},
                 [INVOICE_QUESTION_CORRECT] = {false, INVOICE_QUESTION_SETTLED},
                 [INVOICE_QUESTION_WITHDRAW] = {false, INVOICE_QUESTION_SETTLED}},
        };
    check((unsigned)state < INVOICE_QUESTION_STATE_COUNT);
    check((unsigned)event < INVOICE_QUESTION_EVENT_COUNT);
    return steps[state][event];
}

enum invoice_question_event invoice_question_event_of(enum invoice_question_settlement settlement) {
    static const enum invoice_question_event events[INVOICE_QUESTION_SETTLEMENT_COUNT] = {
        [INVOICE_QUESTION_EXPLAINED] = INVOICE_QUESTION_EXPLAIN,
        [INVOICE_QUESTION_CORRECTED] = INVOICE_QUESTION_CORRECT,
        [INVOICE_QUESTION_WITHDRAWN] = INVOICE_QUESTION_WITHDRAW,
    };
    check((unsigned)settlement < INVOICE_QUESTION_SETTLEMENT_COUNT);
    return events[settlement];
}
