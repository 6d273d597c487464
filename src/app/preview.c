/* Reads, asks the provider once or twice, and writes one row: on the loop's thread but for the last
 * step. A price that the provider has never sold is told to it first, by an operation like any
 * other. */
#include "app/preview.h"

#include "app/change_check.h"
#include "app/experiment_offer.h"
#include "app/offer.h"
#include "app/operation_plan.h"
#include "app/subscription.h"
#include "app/usage.h"
#include "base/check.h"
#include "core/coupon.h"
#include "gate/gate.h"
#include "store/customer.h"
#include "store/quote.h"
#include "store/setting.h"

static void finish(struct preview_command *command, enum outcome outcome) {
    command->command.outcome = outcome;
    command->finished(command);
}

/* --- what does not need the provider --- */

/* Metrics whose use now is above what the plan will allow. */
static unsigned exceeded_by(const struct app *app, struct str user_id,
                            const struct entitlements *after) {
    struct gate_verdict verdicts[METRIC_COUNT];
    struct quantity used[METRIC_COUNT];
    gate_snapshot(gate_customer(app->gate, user_id), app_now(app), verdicts);
    for (int i = 0; i < METRIC_COUNT; i++) {
        used[i] = verdicts[i].used;
    }
    return entitlement_exceeded(after, used);
}

static void compare_plans(const struct app *app, struct preview_command *command) {
    const struct planned_change *change = &command->change;
    struct entitlements after =
        entitlement_of(ACCESS_FULL, change->plan, catalogue_plan(app->catalogue, TIER_FREE), NULL);
    struct money nothing = money_zero(change->price.currency);
    command->preview = (struct preview){
        .is_now = change->is_now,
        .due = nothing,
        .tax = nothing,
        .discount = nothing,
        .total = nothing,
        .next_invoice_at = command->view.current_period.end,
        .next_invoice_amount = nothing,
        .features_lost = feature_set_without(command->view.entitlements.features, after.features),
        .limits_exceeded = exceeded_by(app, command->user_id, &after),
    };
    if (change->is_now && change->begins_period) {
        struct instant begin = instant_add(command->at, duration_days(command->trial_days));
        command->preview.next_invoice_at =
            command->trial_days > 0
                ? begin
                : period_containing(command->at, change->interval, command->at).end;
    }
}

/* --- the quote --- */

struct str preview_coupon(const struct preview_command *command) {
    return command->coupon.len > 0 ? command->coupon
           : command->drops_coupon ? STR("")
                                   : command->view.row.coupon;
}

static struct err run(struct command *base, struct tx *tx) {
    struct preview_command *command = (struct preview_command *)base;
    struct preview *preview = &command->preview;
    const struct planned_change *change = &command->change;
    if (command->is_disputed) {
        base->outcome = OUTCOME_PRICE_DISPUTED;
        return change_note_dispute(base->app, tx, command->user_id, command->expected,
                                   &command->now);
    }
    preview->quote_id = id_new(tx->cx, "quot");
    preview->valid_until = instant_add(command->at, duration_seconds(QUOTE_MINUTES * 60));
    struct quote_row row = {
        .user_id = command->user_id,
        .id = preview->quote_id,
        .subscription_id = command->view.row.id,
        .tier = (int)change->plan->tier,
        .interval = (int)change->interval,
        .proration_at = command->at.ms,
        .amount_due = preview->due.minor,
        .currency = str_from_cstr(change->price.currency.code),
        .valid_until = preview->valid_until.ms,
        .used_at = ROW_NONE,
        .coupon = preview_coupon(command),
    };
    return quote_insert(tx, &row);
}

static void quoted(struct command *base) {
    struct preview_command *command = (struct preview_command *)base;
    command->finished(command);
}

static void write_quote(struct preview_command *command) {
    command->command.run = run;
    command->command.after = NULL;
    command->command.done = quoted;
    command_submit(command->command.app, &command->command);
}

/* --- asking --- */

/* True when there is an answer to go on with; else the command is finished. */
static bool is_answered(struct preview_command *command, const struct payments_answer *answer) {
    if (answer->outcome == PAYMENTS_DONE && answer->has_preview) {
        return true;
    }
    finish(command, answer->outcome == PAYMENTS_UNKNOWN ? OUTCOME_PAYMENT_PROVIDER_UNAVAILABLE
                                                        : payments_refusal(answer));
    return false;
}

static void ask(struct preview_command *command, enum payments_change change, payments_done *done) {
    struct payments *payments = command->command.app->payments;
    command->call.change = change;
    payments->call(payments, &command->call, done, command);
}

/* What the customer's balance leaves of the next renewal, after the invoice of now. */
static void take_next(struct preview_command *command, const struct payments_invoice *next) {
    struct money amount = next->amount_due;
    bool has_now = command->now.lines != NULL;
    if (has_now && !money_add(next->total, command->now.ending_balance, &amount)) {
        amount = next->total;
    }
    command->preview.next_invoice_amount =
        money_is_negative(amount) ? money_zero(amount.currency) : amount;
}

static void on_next(void *context, const struct payments_answer *answer) {
    struct preview_command *command = context;
    if (is_answered(command, answer)) {
        take_next(command, &answer->preview);
        write_quote(command);
    }
}

static void ask_next(struct preview_command *command) {
    bool is_whole = command->change.is_now && command->change.begins_period;
    ask(command, is_whole ? PAYMENTS_CHANGE_WHOLE_PERIOD : PAYMENTS_CHANGE_NEXT_PERIOD, on_next);
}

/* False when the arena has ended. */
static bool keep_now(struct preview_command *command, const struct payments_answer *answer) {
    struct payments_answer kept = payments_answer_copy(command->arena, answer);
    struct preview *preview = &command->preview;
    command->now = kept.preview;
    preview->lines = kept.preview.lines;
    preview->line_count = kept.preview.line_count;
    preview->due = kept.preview.amount_due;
    preview->tax = kept.preview.tax;
    preview->discount = kept.preview.discount;
    preview->total = kept.preview.total;
    return !arena_failed(command->arena);
}

static struct err judge(struct preview_command *command) {
    struct app *app = command->command.app;
    struct cx cx;
    struct change_expected expected;
    cx_init(&cx, app->env, command->arena);
    struct tx tx = app_read(app, &cx);
    TRY(change_expect(&tx, &command->view, &command->change, command->at, &expected));
    command->expected = expected.total;
    expected.is_known &= command->coupon.len == 0 && !command->drops_coupon;
    command->is_disputed = !change_agrees(&expected, &command->now);
    return OK;
}

static void on_now(void *context, const struct payments_answer *answer) {
    struct preview_command *command = context;
    if (!is_answered(command, answer)) {
        return;
    }
    if (!keep_now(command, answer) || err_failed(judge(command))) {
        finish(command, OUTCOME_STORE_FAILED);
    } else if (command->is_disputed) {
        write_quote(command); /* says so instead */
    } else {
        ask_next(command);
    }
}

/* What a new subscription renews at once its coupon is gone. */
static void on_renewal(void *context, const struct payments_answer *answer) {
    struct preview_command *command = context;
    if (is_answered(command, answer)) {
        command->preview.next_invoice_amount = answer->preview.total;
        write_quote(command);
    }
}

/* The coupon that the first invoice has and the next has not any more. */
static bool is_gone_at_renewal(const struct preview_command *command) {
    const struct coupon *coupon = coupon_of(command->command.app->catalogue, command->coupon);
    return coupon != NULL && !coupon_lasts(coupon, command->change.interval);
}

/* The first invoice of a subscription to come is also what it renews at; a trial puts it off. */
static void on_start(void *context, const struct payments_answer *answer) {
    struct preview_command *command = context;
    struct preview *preview = &command->preview;
    if (!is_answered(command, answer)) {
        return;
    }
    if (!keep_now(command, answer)) {
        finish(command, OUTCOME_STORE_FAILED);
        return;
    }
    preview->next_invoice_amount = command->now.total;
    if (command->trial_days > 0) {
        preview->line_count = 0;
        preview->due = preview->tax = preview->discount = preview->total =
            money_zero(preview->due.currency);
    } else if (is_gone_at_renewal(command)) {
        command->call.coupon_id = STR("");
        ask(command, PAYMENTS_CHANGE_START, on_renewal);
        return;
    }
    write_quote(command);
}

/* The list price, less what a coupon takes off it. */
static void fill_own_line(struct preview_command *command, struct payments_invoice_line *line) {
    struct preview *preview = &command->preview;
    const struct planned_change *change = &command->change;
    const struct coupon *coupon = coupon_of(command->command.app->catalogue, command->coupon);
    struct money off = money_zero(change->price.currency);
    bool is_sound = coupon == NULL || coupon_off(coupon, change->price, &off);
    check(is_sound); /* the catalogue's check: one currency */
    is_sound = money_subtract(change->price, off, &preview->total);
    check(is_sound); /* no more off than there is */
    *line = (struct payments_invoice_line){
        .description = str_from_cstr(change->plan->name),
        .amount = change->price,
        .discount = off,
        .tax = money_zero(change->price.currency),
        .period = period_containing(command->at, change->interval, command->at),
    };
    preview->discount = off;
    preview->due = preview->total;
    preview->lines = line;
    preview->line_count = 1;
    if (!is_gone_at_renewal(command)) {
        preview->next_invoice_amount = preview->total;
    }
}

/* Nobody whom the provider knows: no balance, no place to tax by. */
static void price_by_ourselves(struct preview_command *command) {
    struct preview *preview = &command->preview;
    const struct planned_change *change = &command->change;
    struct payments_invoice_line *line = ARENA_NEW(command->arena, struct payments_invoice_line);
    if (line == NULL) {
        finish(command, OUTCOME_STORE_FAILED);
        return;
    }
    preview->next_invoice_amount = change->price;
    preview->is_estimated = true;
    if (command->trial_days == 0) {
        fill_own_line(command, line);
    }
    write_quote(command);
}

static void ask_provider(struct preview_command *command) {
    const struct planned_change *change = &command->change;
    bool is_paid = command->view.row.stripe_subscription_id.len > 0;
    if (change->plan->tier == TIER_FREE) {
        write_quote(command); /* it ends, and nothing is billed any more */
    } else if (!is_paid && command->call.customer_id.len == 0) {
        price_by_ourselves(command);
    } else if (!is_paid) {
        ask(command, PAYMENTS_CHANGE_START, on_start);
    } else if (change->is_now) {
        ask(command, change->begins_period ? PAYMENTS_CHANGE_NEW_PERIOD : PAYMENTS_CHANGE_NOW,
            on_now);
    } else {
        ask_next(command);
    }
}

/* --- preparing --- */

static struct err describe_call(struct preview_command *command, struct tx *tx,
                                struct customer_row *customer) {
    struct app *app = command->command.app;
    struct str lookup_key = price_lookup_key(tx->cx, command->change.plan, command->change.interval,
                                             customer->currency);
    command->call = (struct payments_call){
        .kind = PAYMENTS_INVOICE_PREVIEW,
        .customer_id = customer->stripe_customer_id,
        .subscription_id = command->view.row.stripe_subscription_id,
        .item_id = command->view.row.stripe_item_id,
        .at = command->at.ms,
        .taxes = app->taxes,
        .drops_coupon = command->drops_coupon,
    };
    offer_describe(app, tx->cx, command->coupon, &command->call);
    return plan_price_get(tx, lookup_key, &command->call.price_id);
}

/* What the coupon will be; a code that is not asked for stays the provider's business. */
static enum outcome choose_coupon(struct preview_command *command) {
    struct app *app = command->command.app;
    enum tier tier = command->change.plan->tier;
    struct str has = command->view.row.coupon;
    const struct coupon *coupon = NULL;
    if (command->coupon.len > 0) {
        return offer_coupon(app, command->coupon, tier, &coupon);
    }
    coupon = has.len > 0 ? coupon_of(app->catalogue, has) : NULL;
    command->drops_coupon |= coupon != NULL && !coupon_applies(coupon, tier);
    return OUTCOME_DONE;
}

static struct err prepare(struct preview_command *command, struct tx *tx, bool *ret_needs_price) {
    struct app *app = command->command.app;
    struct customer_row customer;
    bool is_found = false;
    enum outcome *outcome = &command->command.outcome;
    TRY(subscription_view_read(app, tx, command->user_id, &command->view, &is_found));
    TRY(experiment_catalogue(app, tx, command->user_id, &command->request.offered));
    *outcome = is_found ? change_decide(app, &command->view, &command->request, &command->change)
                        : OUTCOME_CUSTOMER_NOT_FOUND;
    *outcome = *outcome == OUTCOME_DONE ? choose_coupon(command) : *outcome;
    if (*outcome != OUTCOME_DONE) {
        return OK;
    }
    if (command->view.row.stripe_subscription_id.len == 0) {
        TRY(offer_trial(tx, command->user_id, command->change.plan, &command->trial_days));
    }
    TRY(customer_get(tx, command->user_id, &customer, &is_found));
    check(is_found);
    TRY(describe_call(command, tx, &customer));
    *ret_needs_price = command->call.price_id.len == 0 && command->call.customer_id.len > 0 &&
                       command->change.plan->tier != TIER_FREE;
    return OK;
}

static void on_price(struct operation_command *operation);

static void tell_price(struct preview_command *command) {
    command->price = (struct operation_command){
        .command = {.context = command},
        .arena = command->arena,
        .request = {.kind = OPERATION_PRICE,
                    .user_id = command->user_id,
                    .tier = (int)command->change.plan->tier,
                    .interval = (int)command->change.interval},
        .finished = on_price,
    };
    operation_start(command->command.app, &command->price);
}

static void begin(struct preview_command *command, bool may_tell_price) {
    struct app *app = command->command.app;
    struct cx cx;
    bool needs_price = false;
    cx_init(&cx, app->env, command->arena);
    struct tx tx = app_read(app, &cx);
    struct err err = prepare(command, &tx, &needs_price);
    if (err_failed(err) || arena_failed(command->arena)) {
        finish(command, OUTCOME_STORE_FAILED);
    } else if (command->command.outcome != OUTCOME_DONE) {
        command->finished(command);
    } else if (needs_price) {
        may_tell_price ? tell_price(command) : finish(command, OUTCOME_PAYMENT_PROVIDER_REFUSED);
    } else {
        compare_plans(app, command);
        ask_provider(command);
    }
}

static void on_price(struct operation_command *operation) {
    struct preview_command *command = operation->command.context;
    if (operation->result.outcome == OUTCOME_DONE) {
        begin(command, false);
    } else {
        finish(command, operation->result.outcome);
    }
}

void preview_start(struct app *app, struct preview_command *command) {
    command->command.app = app;
    command->at = app_now(app);
    command->trial_days = 0;
    command->is_disputed = false;
    command->now = (struct payments_invoice){0};
    begin(command, true);
}
