/* The second half of every effect: the answer becomes rows, and the operation goes on or ends.
 *
 * One transaction does it all: the mirror, the price or customer that was learned, the outbox row
 * that is now done, the next call or the operation's result. If it is lost, the call is made again
 * under the same key and gives the same answer. */
#include "app/outbox.h"

#include "app/card_setup.h"
#include "app/change_check.h"
#include "app/correction.h"
#include "app/customer_details.h"
#include "app/dunning.h"
#include "app/freeze.h"
#include "app/mirror.h"
#include "app/offer.h"
#include "app/operation_plan.h"
#include "app/outbox_stale.h"
#include "app/reaction.h"
#include "app/transfer.h"
#include "base/check.h"
#include "store/customer.h"
#include "store/payment_method.h"
#include "store/quote.h"
#include "store/setting.h"
#include "store/subscription.h"
#include "store/touched.h"
#include "store/webhook.h"

/* A charge whose key may have been forgotten is not asked for again: what became of the first time
 * is read. */
static void read_instead(const struct outbox_row *row, int64_t now, struct outbox_work *work) {
    struct instant until =
        instant_add((struct instant){row->created_at}, duration_hours(CALL_KEY_HOURS));
    if (work->call.kind == PAYMENTS_INVOICE_PAY && until.ms <= now) {
        work->call.kind = PAYMENTS_INVOICE_READ;
        work->call.idempotency_key = STR("");
        work->is_reading_back = true;
    }
}

struct err outbox_waiting(struct tx *tx, size_t max, struct row_list *ret_list) {
    struct freeze freeze;
    TRY(freeze_read(tx, &freeze));
    return outbox_pending(tx, max, freeze.is_frozen, ret_list);
}

struct err outbox_work_of(struct tx *tx, const struct outbox_row *row,
                          struct outbox_work *ret_work) {
    *ret_work = (struct outbox_work){.is_reading_back = false};
    TRY(payments_call_read(tx->cx, row->payload, &ret_work->call));
    read_instead(row, cx_now_ms(tx->cx), ret_work);
    return outbox_look_first(tx, row, &ret_work->call);
}

/* --- what an answer teaches --- */

/* What was asked, and what came of it. */
struct lesson {
    struct app *app;
    struct tx *tx;
    const struct payments_call *call;
    const struct payments_answer *answer;
    struct gate_update *update;
};

static struct err learn_customer(const struct lesson *of) {
    struct str user_id = of->call->user_id;
    TRY(customer_set_stripe(of->tx, user_id, of->answer->customer_id));
    return stripe_object_put(of->tx, of->answer->customer_id, user_id, user_id);
}

static struct err learn_price(const struct lesson *of) {
    struct price_name name;
    struct str price_id = of->answer->price_id;
    if (price_id.len == 0 || !price_lookup_parse(of->call->lookup_key, &name)) {
        return OK;
    }
    struct plan_price_row row = {
        .lookup_key = of->call->lookup_key,
        .stripe_price_id = price_id,
        .tier = (int)name.tier,
        .version = name.version,
        .interval = (int)name.interval,
    };
    return plan_price_insert(of->tx, &row);
}

static struct err learn_default(const struct lesson *of) {
    struct stripe_object method;
    bool is_known = false;
    TRY(stripe_object_get(of->tx, of->call->method_id, &method, &is_known));
    if (!is_known) {
        return OK;
    }
    TRY(payment_method_set_default(of->tx, of->call->user_id, method.local_id));
    return dunning_on_default_method(of->app, of->tx, of->call->user_id, of->update);
}

/* The plan ahead that the subscription follows at the provider, or none. */
static struct err keep_schedule(const struct lesson *of, struct str schedule_id) {
    struct subscription_row row;
    bool is_found = false;
    TRY(subscription_in_force(of->tx, of->call->user_id, &row, &is_found));
    if (!is_found || row.stripe_subscription_id.len == 0) {
        return OK;
    }
    row.stripe_schedule_id = schedule_id;
    return subscription_replace(of->tx, &row);
}

static struct err learn_schedule(const struct lesson *of) {
    return keep_schedule(of, of->answer->schedule.id);
}

static struct err forget_schedule(const struct lesson *of) {
    return keep_schedule(of, STR(""));
}

static struct err learn_details(const struct lesson *of) {
    return customer_keep_details(of->tx, of->call);
}

static struct err learn_transfer(const struct lesson *of) {
    return transfer_learn(of->tx, of->call->user_id, &of->answer->transfer);
}

static struct err learn_draft(const struct lesson *of) {
    return correction_learn_invoice(of->tx, of->call, of->answer);
}

static struct err forget_draft(const struct lesson *of) {
    return invoice_forget_draft(of->tx, of->call->user_id, of->call->invoice_id);
}

static struct err learn_note(const struct lesson *of) {
    return correction_learn_note(of->tx, of->call, of->answer);
}

/* Beside what the mirror keeps, whoever asked; all others teach no more than that. */
static struct err (*const lessons[PAYMENTS_KIND_COUNT])(const struct lesson *of) = {
    [PAYMENTS_CUSTOMER_CREATE] = learn_customer, [PAYMENTS_PRICE_FIND] = learn_price,
    [PAYMENTS_PRICE_CREATE] = learn_price,       [PAYMENTS_METHOD_DEFAULT] = learn_default,
    [PAYMENTS_SCHEDULE_CREATE] = learn_schedule, [PAYMENTS_SCHEDULE_RELEASE] = forget_schedule,
    [PAYMENTS_CUSTOMER_UPDATE] = learn_details,  [PAYMENTS_TRANSFER_ADDRESS] = learn_transfer,
    [PAYMENTS_INVOICE_DRAFT] = learn_draft,      [PAYMENTS_DRAFT_DELETE] = forget_draft,
    [PAYMENTS_CREDIT_NOTE_CREATE] = learn_note,
};

static struct err learn(const struct lesson *of) {
    check(of->call->kind >= 0 && of->call->kind < PAYMENTS_KIND_COUNT);
    return lessons[of->call->kind] == NULL ? OK : lessons[of->call->kind](of);
}

/* --- how an operation ends --- */

static enum outcome outcome_of(const struct payments_call *call,
                               const struct payments_answer *answer) {
    bool is_about_method = call->kind == PAYMENTS_METHOD_ATTACH ||
                           call->kind == PAYMENTS_METHOD_DEFAULT ||
                           call->kind == PAYMENTS_SETUP_INTENT_READ;
    switch (answer->outcome) {
    case PAYMENTS_DONE:
        return OUTCOME_DONE;
    case PAYMENTS_DECLINED:
        return is_about_method ? OUTCOME_PAYMENT_METHOD_REFUSED : OUTCOME_PAYMENT_FAILED;
    case PAYMENTS_ACTION_REQUIRED:
        return call->kind == PAYMENTS_SETUP_INTENT_READ ? OUTCOME_CARD_NOT_CONFIRMED
                                                        : OUTCOME_PAYMENT_ACTION_REQUIRED;
    case PAYMENTS_MISSING:
        return is_about_method                        ? OUTCOME_PAYMENT_METHOD_NOT_FOUND
               : call->kind == PAYMENTS_TAX_ID_DELETE ? OUTCOME_TAX_ID_NOT_FOUND
                                                      : OUTCOME_PAYMENT_PROVIDER_REFUSED;
    case PAYMENTS_REFUSED:
        if (call->kind == PAYMENTS_INVOICE_VOID && answer->has_invoice) {
            return OUTCOME_CHANGED_MEANWHILE;
        }
        return is_about_method && call->kind != PAYMENTS_SETUP_INTENT_READ
                   ? OUTCOME_PAYMENT_METHOD_REFUSED
                   : payments_refusal(answer);
    case PAYMENTS_UNKNOWN:
        break;
    }
    return OUTCOME_PAYMENT_PENDING;
}

static struct err local_id(struct tx *tx, bool has, struct str stripe_id, struct str *ret_id) {
    struct stripe_object object = {.local_id = STR("")};
    bool is_known = false;
    if (has) {
        TRY(stripe_object_get(tx, stripe_id, &object, &is_known));
    }
    *ret_id = is_known ? object.local_id : STR("");
    return OK;
}

static struct err result_of(struct tx *tx, const struct payments_call *call,
                            const struct payments_answer *answer,
                            struct operation_result *ret_result) {
    struct operation_result result = {
        .outcome = outcome_of(call, answer),
        .decline_code = answer->decline_code.len > 0 ? answer->decline_code : answer->code,
        .message = answer->message,
        .url = answer->url,
        .expires_at = answer->expires_at,
    };
    if (call->kind == PAYMENTS_SETUP_INTENT_CREATE && answer->has_setup_intent) {
        result.client_secret = answer->setup_intent.client_secret;
    }
    struct str method_id = answer->has_method ? answer->method.id : call->method_id;
    TRY(local_id(tx, answer->has_subscription, answer->subscription.id, &result.subscription_id));
    TRY(local_id(tx, answer->has_invoice, answer->invoice.id, &result.invoice_id));
    TRY(local_id(tx, method_id.len > 0, method_id, &result.payment_method_id));
    TRY(local_id(tx, answer->has_refund || answer->has_credit_note,
                 answer->has_refund ? answer->refund.id : answer->credit_note.id,
                 &result.object_id));
    *ret_result = result;
    return OK;
}

/* One answer within its operation. */
struct turn {
    struct app *app;
    struct tx *tx;
    const struct payments_call *call;
    const struct payments_answer *answer;
    const struct operation_plan *plan;
};

/* A first payment that was declined leaves an incomplete subscription there, a declined change one
 * that waits: they are ended, so that nobody can complete by accident what was answered as refused.
 */
static struct err end_declined(const struct turn *turn) {
    const struct payments_answer *answer = turn->answer;
    const struct payments_call *call = turn->call;
    if (answer->outcome != PAYMENTS_DECLINED || !answer->has_subscription) {
        return OK;
    }
    struct payments_call end = {
        .user_id = call->user_id,
        .subscription_id = answer->subscription.id,
        .invoice_id = answer->invoice.id,
    };
    if (call->kind == PAYMENTS_SUBSCRIPTION_CREATE) {
        end.kind = PAYMENTS_SUBSCRIPTION_CANCEL;
        return operation_plan_aside(turn->app, turn->tx, call->user_id, &end);
    }
    if (call->kind == PAYMENTS_SUBSCRIPTION_CHANGE && answer->has_invoice) {
        end.kind = PAYMENTS_INVOICE_VOID;
        return operation_plan_aside(turn->app, turn->tx, call->user_id, &end);
    }
    return OK;
}

/* A change that failed has not changed the coupon either. One that waits for the customer keeps it:
 * the price that is to be paid was worked out with it. */
static struct err restore_coupon(const struct turn *turn, enum outcome outcome) {
    const struct operation_plan *plan = turn->plan;
    bool is_set = plan->sets_coupon && plan->kind == OPERATION_CHANGE;
    if (!is_set || outcome == OUTCOME_PAYMENT_ACTION_REQUIRED) {
        return OK;
    }
    struct payments_call back = {
        .kind = PAYMENTS_SUBSCRIPTION_DISCOUNT,
        .user_id = turn->call->user_id,
        .subscription_id = plan->subscription_id,
    };
    offer_describe(turn->app, turn->tx->cx, plan->coupon_before, &back);
    return operation_plan_aside(turn->app, turn->tx, turn->call->user_id, &back);
}

static struct err tidy_up(const struct turn *turn, const struct operation_row *operation,
                          enum outcome outcome) {
    TRY(end_declined(turn));
    TRY(outcome == OUTCOME_DONE ? OK
                                : operation_plan_undo(turn->app, turn->tx, operation, turn->plan));
    return outcome == OUTCOME_DONE ? OK : restore_coupon(turn, outcome);
}

/* By what the plan ends, where it does: for the facts of revenue. */
static void note_wish(struct tx *tx, const struct operation_row *operation,
                      const struct operation_plan *plan) {
    if (plan->to_free) {
        touched_wish(tx, operation->user_id, TOUCHED_TO_FREE);
    } else if (plan->kind == OPERATION_CANCEL) {
        touched_wish(tx, operation->user_id, TOUCHED_TO_END);
    }
}

/* What the subscription has from now on: a change for the period's end is remembered here, since
 * the provider shows it only when it comes; any other change replaces what was waiting. */
static struct err remember(struct app *app, struct tx *tx, const struct operation_row *operation,
                           const struct operation_plan *plan) {
    bool is_about_plan = plan->kind == OPERATION_CHANGE || plan->kind == OPERATION_RESUME ||
                         plan->kind == OPERATION_CANCEL;
    struct subscription_row row;
    bool is_found = false;
    note_wish(tx, operation, plan);
    TRY(subscription_in_force(tx, operation->user_id, &row, &is_found));
    if (!is_found || row.stripe_subscription_id.len == 0) {
        return OK;
    }
    const struct subscription_row before = row;
    if (plan->sets_coupon) {
        row.coupon = plan->coupon;
    }
    if (is_about_plan) {
        bool is_other = plan->tier != row.tier || plan->interval != row.interval;
        bool has_next =
            plan->kind == OPERATION_CHANGE && plan->is_later && is_other && plan->tier != TIER_FREE;
        row.pending_tier = has_next ? (int)plan->tier : -1;
        row.pending_interval = has_next ? (int)plan->interval : -1;
        row.pending_version = has_next ? plan->version : 0;
    }
    TRY(subscription_replace(tx, &row));
    const struct subscription_change change = {&before, &row};
    return reaction_subscription(app, tx, &change);
}

static struct err use_quote(struct tx *tx, const struct operation_row *operation,
                            const struct operation_plan *plan) {
    return plan->quote_id.len == 0
               ? OK
               : quote_use(tx, operation->user_id, plan->quote_id, cx_now_ms(tx->cx));
}

/* Before anything is charged: does the provider still ask what the quote says, and is that what we
 * would ask? */
static struct err look_at_price(const struct turn *turn, enum outcome *outcome) {
    const struct operation_plan *plan = turn->plan;
    const struct payments_answer *answer = turn->answer;
    if (turn->call->kind != PAYMENTS_INVOICE_PREVIEW || !answer->has_preview) {
        return OK;
    }
    struct change_expected expected = {plan->is_expected, plan->expected};
    if (!change_agrees(&expected, &answer->preview)) {
        *outcome = OUTCOME_PRICE_DISPUTED;
        return change_note_dispute(turn->app, turn->tx, turn->call->user_id, plan->expected,
                                   &answer->preview);
    }
    if (plan->is_quoted && answer->preview.amount_due.minor != plan->due) {
        *outcome = OUTCOME_QUOTE_EXPIRED;
    }
    return OK;
}

static struct err go_on(struct outbox_answer *answer, struct tx *tx,
                        const struct payments_call *call, const struct operation_row *operation) {
    struct app *app = answer->command.app;
    struct operation_plan plan;
    struct operation_result result;
    bool is_complete = false;
    const struct turn turn = {app, tx, call, answer->answer, &plan};
    TRY(operation_plan_read(tx->cx, operation->request, &plan));
    TRY(result_of(tx, call, answer->answer, &result));
    if (result.outcome == OUTCOME_DONE) {
        TRY(look_at_price(&turn, &result.outcome));
        TRY(correction_judge(tx, &plan, call, answer->answer, &result.outcome));
    }
    if (result.outcome == OUTCOME_DONE) {
        TRY(operation_plan_advance(app, tx, operation, &plan, &is_complete));
        if (!is_complete) {
            return OK;
        }
        TRY(remember(app, tx, operation, &plan));
        TRY(use_quote(tx, operation, &plan));
    }
    TRY(tidy_up(&turn, operation, result.outcome));
    TRY(operation_conclude(app, tx, operation, &plan, &result));
    answer->has_ended = true;
    answer->operation_id = operation->id;
    return OK;
}

/* --- the use case --- */

static struct err settle(struct outbox_answer *answer, struct tx *tx,
                         const struct outbox_row *row) {
    struct app *app = answer->command.app;
    struct gate_update *update = &answer->gate_update;
    struct payments_call call;
    struct operation_row operation;
    bool has_operation = false;
    TRY(payments_call_read(tx->cx, row->payload, &call));
    const struct payments_answer judged = card_setup_judged(&call, answer->answer);
    answer->answer = &judged; /* for this turn */
    TRY(outbox_finish(tx, row, outbox_result_of(tx->cx, call.kind, answer->answer)));
    if (answer->answer->outcome == PAYMENTS_DONE) {
        const struct lesson lesson = {app, tx, &call, answer->answer, update};
        TRY(learn(&lesson));
    }
    if (row->operation_id.text[0] != '\0') {
        TRY(operation_get(tx, row->user_id, id_str(&row->operation_id), &operation,
                          &has_operation));
    }
    TRY(mirror_answer(app, tx, answer->answer, update));
    TRY(dunning_answered(app, tx, row, answer->answer, update));
    return has_operation && operation.status == OPERATION_PENDING
               ? go_on(answer, tx, &call, &operation)
               : OK;
}

static struct err run(struct command *command, struct tx *tx) {
    struct outbox_answer *answer = (struct outbox_answer *)command;
    struct outbox_row row;
    bool is_found = false;
    TRY(outbox_get(tx, answer->user_id, answer->id, &row, &is_found));
    check(is_found);
    answer->is_settled = answer->answer->outcome != PAYMENTS_UNKNOWN;
    if (!str_equal(row.status, STR("pending"))) {
        return OK; /* answered before */
    }
    if (!answer->is_settled) {
        TRY(dunning_lost_sight(tx, row.user_id, row.id));
        return outbox_retry(tx, &row, cx_now_ms(tx->cx), answer->answer->message);
    }
    struct payments_answer read_back;
    bool is_absent = false;
    TRY(outbox_look_back(tx, &row, answer->answer, &read_back, &is_absent));
    if (is_absent) {
        answer->is_settled = false; /* the call itself is made now */
        return OK;
    }
    if (read_back.has_subscription) {
        answer->answer = &read_back;
    }
    if (answer->is_reading_back) {
        TRY(dunning_read_back(tx, &row, answer->answer, &read_back));
        answer->answer = &read_back;
    }
    return settle(answer, tx, &row);
}

static void after(struct command *command) {
    struct outbox_answer *answer = (struct outbox_answer *)command;
    gate_update_publish(command->app, &answer->gate_update);
}

void outbox_answered(struct app *app, struct outbox_answer *answer) {
    answer->gate_update.is_due = false;
    answer->has_ended = false;
    answer->command.run = run;
    answer->command.after = after;
    command_submit(app, &answer->command);
}
