/* Which calls an operation takes, one table row a kind, and which of them comes next.
 *
 * A call is needed unless the rows already say what it would tell; it is done when its outbox row
 * is answered. Both are read from the store, so there is no progress to keep beside it. */
#include "app/operation_plan.h"

#include <string.h>

#include "app/correction.h"
#include "app/dunning.h"
#include "app/offer.h"
#include "base/check.h"
#include "base/crypto.h"
#include "core/price.h"
#include "store/outbox.h"
#include "store/payment_method.h"
#include "store/setting.h"

enum { CALLS_MAX = 12 };
#define END_OF_CALLS PAYMENTS_KIND_COUNT

static const struct {
    const char *name;
    enum payments_kind calls[CALLS_MAX + 1];
} kinds[OPERATION_KIND_COUNT] = {
    [OPERATION_SUBSCRIBE] = {"subscribe",
                             {PAYMENTS_CUSTOMER_CREATE, PAYMENTS_METHOD_ATTACH,
                              PAYMENTS_METHOD_DEFAULT, PAYMENTS_INVOICE_VOID, PAYMENTS_PRICE_FIND,
                              PAYMENTS_PRICE_CREATE, PAYMENTS_COUPON_CREATE,
                              PAYMENTS_SUBSCRIPTION_CREATE, END_OF_CALLS}},
    [OPERATION_CHANGE] = {"change",
                          {PAYMENTS_PRICE_FIND, PAYMENTS_PRICE_CREATE, PAYMENTS_COUPON_CREATE,
                           PAYMENTS_INVOICE_VOID, PAYMENTS_INVOICE_PREVIEW,
                           PAYMENTS_SCHEDULE_RELEASE, PAYMENTS_SUBSCRIPTION_DISCOUNT,
                           PAYMENTS_SUBSCRIPTION_COLLECT, PAYMENTS_SUBSCRIPTION_CHANGE,
                           PAYMENTS_SUBSCRIPTION_END, PAYMENTS_SCHEDULE_CREATE,
                           PAYMENTS_SCHEDULE_UPDATE, END_OF_CALLS}},
    [OPERATION_CANCEL] = {"cancel",
                          {PAYMENTS_INVOICE_VOID, PAYMENTS_SCHEDULE_RELEASE,
                           PAYMENTS_SUBSCRIPTION_CANCEL, PAYMENTS_SUBSCRIPTION_END, END_OF_CALLS}},
    [OPERATION_RESUME] = {"resume",
                          {PAYMENTS_SCHEDULE_RELEASE, PAYMENTS_SUBSCRIPTION_END, END_OF_CALLS}},
    [OPERATION_METHOD_ATTACH] = {"method_attach",
                                 {PAYMENTS_CUSTOMER_CREATE, PAYMENTS_METHOD_ATTACH,
                                  PAYMENTS_METHOD_DEFAULT, END_OF_CALLS}},
    [OPERATION_METHOD_DEFAULT] = {"method_default", {PAYMENTS_METHOD_DEFAULT, END_OF_CALLS}},
    [OPERATION_METHOD_DETACH] = {"method_detach", {PAYMENTS_METHOD_DETACH, END_OF_CALLS}},
    [OPERATION_SETUP] = {"setup", {PAYMENTS_CUSTOMER_CREATE, PAYMENTS_SETUP_OPEN, END_OF_CALLS}},
    [OPERATION_INVOICE_PAY] = {"invoice_pay",
                               {PAYMENTS_INVOICE_PAY, PAYMENTS_SUBSCRIPTION_READ, END_OF_CALLS}},
    [OPERATION_COUPON] = {"coupon",
                          {PAYMENTS_COUPON_CREATE, PAYMENTS_SUBSCRIPTION_DISCOUNT, END_OF_CALLS}},
    [OPERATION_DETAILS] = {"details",
                           {PAYMENTS_CUSTOMER_CREATE, PAYMENTS_CUSTOMER_UPDATE, END_OF_CALLS}},
    /* What was charged is known before it is given back, so that the answer has an owner. */
    [OPERATION_REFUND] = {"refund",
                          {PAYMENTS_INVOICE_READ, PAYMENTS_CHARGE_READ, PAYMENTS_REFUND_CREATE,
                           END_OF_CALLS}},
    [OPERATION_CREDIT_NOTE] = {"credit_note",
                               {PAYMENTS_INVOICE_READ, PAYMENTS_CHARGE_READ,
                                PAYMENTS_CREDIT_NOTE_CREATE, END_OF_CALLS}},
    [OPERATION_BANK_TRANSFER] = {"bank_transfer",
                                 {PAYMENTS_CUSTOMER_CREATE, PAYMENTS_TRANSFER_ADDRESS,
                                  PAYMENTS_CASH_READ, END_OF_CALLS}},
    /* What there is afterwards is read: the provider checks numbers later, too. */
    [OPERATION_TAX_ID_ADD] = {"tax_id_add",
                              {PAYMENTS_CUSTOMER_CREATE, PAYMENTS_TAX_ID_CREATE,
                               PAYMENTS_TAX_ID_LIST, END_OF_CALLS}},
    [OPERATION_TAX_ID_REMOVE] = {"tax_id_remove",
                                 {PAYMENTS_TAX_ID_DELETE, PAYMENTS_TAX_ID_LIST, END_OF_CALLS}},
    /* The new invoice stands as a draft, and is compared, before the old one is credited. */
    [OPERATION_CORRECTION] = {"correction",
                              {PAYMENTS_CUSTOMER_READ, PAYMENTS_INVOICE_READ, PAYMENTS_CHARGE_READ,
                               PAYMENTS_INVOICE_DRAFT, PAYMENTS_INVOICE_ITEM, PAYMENTS_DRAFT_READ,
                               PAYMENTS_CREDIT_NOTE_CREATE, PAYMENTS_INVOICE_FINALIZE,
                               PAYMENTS_CREDIT_NOTE_MEMO, END_OF_CALLS}},
    [OPERATION_PRICE] = {"price", {PAYMENTS_PRICE_FIND, PAYMENTS_PRICE_CREATE, END_OF_CALLS}},
    [OPERATION_CARD_SETUP] = {"card_setup",
                              {PAYMENTS_CUSTOMER_CREATE, PAYMENTS_SETUP_INTENT_CREATE,
                               END_OF_CALLS}},
    [OPERATION_TRIAL] = {"trial", {PAYMENTS_SUBSCRIPTION_TRIAL, END_OF_CALLS}},
    [OPERATION_PAUSE] = {"pause", {PAYMENTS_SUBSCRIPTION_PAUSE, END_OF_CALLS}},
    [OPERATION_PAUSE_END] = {"pause_end", {PAYMENTS_SUBSCRIPTION_RESUME, END_OF_CALLS}},
    /* The provider has attached it when it succeeded; here it is looked at before it counts. */
    [OPERATION_CARD_KEEP] = {"card_keep",
                             {PAYMENTS_SETUP_INTENT_READ, PAYMENTS_METHOD_DEFAULT, END_OF_CALLS}},
};

const char *operation_kind_name(enum operation_kind kind) {
    check(kind < OPERATION_KIND_COUNT);
    return kinds[kind].name;
}

/* --- keys and names --- */

struct str work_key(const struct app *app, struct cx *cx, struct str user_id, struct str work) {
    struct str text = arena_printf(cx->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT,
                                   STR_ARG(app->installation_id), STR_ARG(user_id), STR_ARG(work));
    return sha256_text(cx->arena, text);
}

struct str price_lookup_key(struct cx *cx, const struct plan *plan, enum interval interval,
                            struct str currency) {
    return arena_printf(cx->arena, "turnpike_%s_v%d_%s_" STR_FMT, tier_name(plan->tier),
                        (int)plan->version, interval_name(interval), STR_ARG(currency));
}

bool price_lookup_parse(struct str lookup_key, struct price_name *ret_name) {
    struct str rest = lookup_key;
    struct price_name name = {0};
    bool is_ours = str_equal(str_cut(&rest, '_'), STR("turnpike"));
    bool has_tier = tier_parse(str_cut(&rest, '_'), &name.tier);
    struct str version = str_cut(&rest, '_');
    bool has_version = str_starts_with(version, STR("v")) &&
                       str_to_i64(str_skip(version, 1), &name.version) && name.version > 0;
    bool has_interval = interval_parse(str_cut(&rest, '_'), &name.interval);
    if (!is_ours || !has_tier || !has_version || !has_interval) {
        return false;
    }
    *ret_name = name;
    return true;
}

/* --- what the calls need to know --- */

struct facts {
    const struct operation_plan *plan;
    struct customer_row customer;
    struct str lookup_key, price_id; /* of the plan that is bought; empty when none is */
    struct money price;
    const char *plan_name;
    struct str method_id;              /* the plan's; once attached or read, the id it has then */
    bool has_method;                   /* the method is attached */
    struct str charge_id;              /* that paid the invoice; empty: none did */
    struct payments_schedule schedule; /* the plan ahead that this operation has begun */
    struct correction_facts correction;
};

static struct err read_price(struct app *app, struct tx *tx, struct facts *facts) {
    const struct operation_plan *plan = facts->plan;
    const struct plan *bought =
        plan->version == 0
            ? NULL
            : catalogue_plan_version(app->catalogue, (enum tier)plan->tier, (int32_t)plan->version);
    if (bought == NULL || !price_of(bought, (enum interval)plan->interval, &facts->price)) {
        return OK;
    }
    facts->plan_name = bought->name;
    facts->lookup_key =
        price_lookup_key(tx->cx, bought, (enum interval)plan->interval, facts->customer.currency);
    return plan_price_get(tx, facts->lookup_key, &facts->price_id);
}

static struct err read_method(struct tx *tx, struct facts *facts) {
    struct row_list methods;
    TRY(payment_method_list(tx, facts->customer.user_id, LIMIT_PAGE, &methods));
    const struct payment_method_row *rows = methods.items;
    for (size_t i = 0; i < methods.count; i++) {
        if (str_equal(rows[i].stripe_payment_method_id, facts->plan->method_id)) {
            facts->has_method = true;
        }
    }
    return OK;
}

static struct err read_facts(struct app *app, struct tx *tx, struct str user_id,
                             const struct operation_plan *plan, struct facts *ret_facts) {
    struct facts facts = {
        .plan = plan, .method_id = plan->method_id, .price_id = STR(""), .lookup_key = STR("")};
    bool is_found = false;
    TRY(customer_get(tx, user_id, &facts.customer, &is_found));
    check(is_found);
    TRY(read_price(app, tx, &facts));
    TRY(read_method(tx, &facts));
    TRY(correction_facts_read(tx, user_id, plan, &facts.correction));
    *ret_facts = facts;
    return OK;
}

/* --- which calls are needed --- */

static bool lacks_customer(const struct facts *facts) {
    return facts->customer.stripe_customer_id.len == 0;
}

static bool lacks_method(const struct facts *facts) {
    return facts->plan->method_id.len > 0 && !facts->has_method;
}

static bool chooses_default(const struct facts *facts) {
    return facts->method_id.len > 0 && facts->plan->makes_default;
}

static bool lacks_price(const struct facts *facts) {
    return facts->lookup_key.len > 0 && facts->price_id.len == 0;
}

static bool makes_coupon(const struct facts *facts) {
    return facts->plan->sets_coupon && facts->plan->coupon.len > 0;
}

static bool sets_coupon(const struct facts *facts) {
    return facts->plan->sets_coupon;
}

static bool sets_collection(const struct facts *facts) {
    return facts->plan->sets_collection;
}

static bool has_something_to_void(const struct facts *facts) {
    return facts->plan->void_id.len > 0;
}

static bool changes_now(const struct facts *facts) {
    return facts->lookup_key.len > 0 && !facts->plan->is_later;
}

static bool has_plan_ahead(const struct facts *facts) {
    return facts->plan->schedule_id.len > 0;
}

static bool changes_later(const struct facts *facts) {
    return facts->lookup_key.len > 0 && facts->plan->is_later;
}

/* Whether the subscription is told when it ends: with the period, or after all not. */
static bool tells_end(const struct facts *facts) {
    return facts->plan->at_period_end || facts->plan->undoes_end;
}

static bool ends_now(const struct facts *facts) {
    return !facts->plan->at_period_end;
}

/* Paying what was owed opens the access again. */
static bool may_open_access(const struct facts *facts) {
    return facts->plan->subscription_id.len > 0;
}

static bool was_charged(const struct facts *facts) {
    return facts->charge_id.len > 0;
}

/* An operation makes each call that its row names, unless it has a condition that does not hold. */
static bool (*const conditions[PAYMENTS_KIND_COUNT])(const struct facts *facts) = {
    [PAYMENTS_CUSTOMER_CREATE] = lacks_customer,
    [PAYMENTS_METHOD_ATTACH] = lacks_method,
    [PAYMENTS_METHOD_DEFAULT] = chooses_default,
    [PAYMENTS_PRICE_FIND] = lacks_price,
    [PAYMENTS_PRICE_CREATE] = lacks_price,
    [PAYMENTS_COUPON_CREATE] = makes_coupon,
    [PAYMENTS_SUBSCRIPTION_DISCOUNT] = sets_coupon,
    [PAYMENTS_INVOICE_VOID] = has_something_to_void,
    [PAYMENTS_INVOICE_PREVIEW] = changes_now,
    [PAYMENTS_SUBSCRIPTION_CHANGE] = changes_now,
    [PAYMENTS_SCHEDULE_RELEASE] = has_plan_ahead,
    [PAYMENTS_SCHEDULE_CREATE] = changes_later,
    [PAYMENTS_SCHEDULE_UPDATE] = changes_later,
    [PAYMENTS_SUBSCRIPTION_END] = tells_end,
    [PAYMENTS_SUBSCRIPTION_CANCEL] = ends_now,
    [PAYMENTS_SUBSCRIPTION_READ] = may_open_access,
    [PAYMENTS_CHARGE_READ] = was_charged,
    [PAYMENTS_SUBSCRIPTION_COLLECT] = sets_collection,
};

static bool is_needed(enum payments_kind call, const struct facts *facts) {
    return conditions[call] == NULL || conditions[call](facts);
}

/* A plan ahead begins with the price that it has found, and goes on with the one that is bought. */
static void describe_schedule(const struct facts *facts, struct payments_call *call) {
    if (call->kind == PAYMENTS_SCHEDULE_RELEASE) {
        call->schedule_id = facts->plan->schedule_id;
    } else if (call->kind == PAYMENTS_SCHEDULE_UPDATE) {
        call->schedule_id = facts->schedule.id;
        call->phase_start = facts->schedule.phase.start.ms;
        call->phase_end = facts->schedule.phase.end.ms;
        call->next_price_id = facts->price_id;
        call->price_id = facts->schedule.price_id;
    }
}

static void describe_customer(const struct billing_details *details, struct payments_call *call) {
    call->email = details->email;
    call->name = details->name;
    call->line1 = details->line1;
    call->line2 = details->line2;
    call->city = details->city;
    call->state = details->state;
    call->postal_code = details->postal_code;
    call->country = details->country;
    call->purchase_order = details->purchase_order;
}

/* What is given back, of which charge, and where it goes. */
static void describe_money_back(const struct facts *facts, struct payments_call *call) {
    const struct operation_plan *plan = facts->plan;
    if (plan->kind == OPERATION_CORRECTION) {
        call->object_id = facts->charge_id;
    }
    if (plan->kind != OPERATION_REFUND && plan->kind != OPERATION_CREDIT_NOTE) {
        return;
    }
    call->object_id = facts->charge_id;
    call->price = plan->amount;
    call->reason = plan->reason;
    call->memo = plan->comment;
    int64_t *const parts[] = {
        [MONEY_BACK_REFUND] = &call->refund_amount,
        [MONEY_BACK_BALANCE] = &call->credit_amount,
        [MONEY_BACK_OUT_OF_BAND] = &call->out_of_band_amount,
    };
    if (plan->is_settled) { /* of an open invoice the note just lowers what is owed */
        *parts[plan->returns] = plan->amount;
    }
}

/* One call of an operation; some are made several times. */
struct step {
    enum payments_kind kind;
    size_t nth;
};

/* Every member is filled; the adapter takes what its call needs. */
static struct payments_call call_of(const struct app *app, struct cx *cx, struct step step,
                                    const struct facts *facts) {
    enum payments_kind kind = step.kind;
    const struct operation_plan *plan = facts->plan;
    struct payments_call call = {
        .kind = kind,
        .user_id = facts->customer.user_id,
        .email = facts->customer.email,
        .name =
            kind == PAYMENTS_PRICE_CREATE ? str_from_cstr(facts->plan_name) : facts->customer.name,
        .country = facts->customer.country,
        .customer_id = facts->customer.stripe_customer_id,
        .method_id = facts->method_id,
        .method_type = plan->method_type,
        .return_url = plan->return_url,
        .lookup_key = facts->lookup_key,
        .price_id = facts->price_id,
        .price = facts->price.minor,
        .currency = facts->customer.currency,
        .interval = plan->interval,
        .local_id = plan->local_id,
        .subscription_id = plan->subscription_id,
        .item_id = plan->item_id,
        .invoice_id = kind == PAYMENTS_INVOICE_VOID ? plan->void_id : plan->invoice_id,
        .change = plan->change,
        .at = plan->at,
        .at_period_end = plan->at_period_end,
        .prorates = plan->prorates,
        .bills_waiting = plan->bills_waiting,
        .taxes = app->taxes,
        .trial_days = plan->trial_days,
        .sends_invoice = plan->sends_invoice,
        .ends_trial = plan->ends_trial,
        .days_until_due = plan->days_until_due,
        .tax_id_type = plan->tax_id_type,
        .tax_id_value = plan->tax_id_value,
        .object_id = kind == PAYMENTS_SETUP_INTENT_READ ? plan->setup_id : plan->tax_id,
    };
    bool inherits_coupon = kind == PAYMENTS_INVOICE_PREVIEW && !plan->sets_coupon;
    if (!inherits_coupon) {
        offer_describe(app, cx, plan->coupon, &call);
    }
    call.drops_coupon =
        kind == PAYMENTS_INVOICE_PREVIEW && plan->sets_coupon && plan->coupon.len == 0;
    describe_schedule(facts, &call);
    if (kind == PAYMENTS_CUSTOMER_UPDATE) {
        describe_customer(&plan->details, &call);
        call.drops_purchase_order = plan->drops_purchase_order;
    }
    describe_money_back(facts, &call);
    correction_describe_call(cx, &facts->correction, step.nth, &call);
    return call;
}

/* --- what a call has made there, kept with its row --- */

struct str outbox_result_of(struct cx *cx, int64_t kind, const struct payments_answer *answer) {
    const struct payments_schedule *schedule = &answer->schedule;
    if (kind == PAYMENTS_INVOICE_DRAFT || kind == PAYMENTS_INVOICE_FINALIZE) {
        return kind == PAYMENTS_INVOICE_DRAFT ? answer->invoice.id : answer->invoice.number;
    }
    if (kind == PAYMENTS_CREDIT_NOTE_CREATE) {
        return answer->has_credit_note ? answer->credit_note.id : STR("");
    }
    if (!answer->has_schedule) {
        return answer->has_method    ? answer->method.id
               : answer->has_invoice ? answer->invoice.charge_id
                                     : STR("");
    }
    return arena_printf(cx->arena, STR_FMT " " STR_FMT " %lld %lld", STR_ARG(schedule->id),
                        STR_ARG(schedule->price_id), (long long)schedule->phase.start.ms,
                        (long long)schedule->phase.end.ms);
}

/* A test token has become a method of its own; a plan ahead has an id and a first phase; an invoice
 * was paid by a charge. */
static void remember_result(enum payments_kind kind, struct str result, struct facts *facts) {
    if (result.len == 0) {
        return;
    }
    correction_remember(&facts->correction, kind, result);
    if (kind == PAYMENTS_METHOD_ATTACH || kind == PAYMENTS_SETUP_INTENT_READ) {
        facts->method_id = result;
    } else if (kind == PAYMENTS_INVOICE_READ) {
        facts->charge_id = result;
    } else if (kind == PAYMENTS_SCHEDULE_CREATE) {
        struct payments_schedule *schedule = &facts->schedule;
        schedule->id = str_cut(&result, ' ');
        schedule->price_id = str_cut(&result, ' ');
        bool has_phase = str_to_i64(str_cut(&result, ' '), &schedule->phase.start.ms) &&
                         str_to_i64(result, &schedule->phase.end.ms);
        check(has_phase); /* written by outbox_result_of */
    }
}

static struct err write_call(struct tx *tx, struct str user_id, const struct record_id *operation,
                             const struct payments_call *call) {
    int64_t now = cx_now_ms(tx->cx);
    struct outbox_row row = {
        .user_id = user_id,
        .id = call->idempotency_key,
        .operation_id = *operation,
        .kind = payments_is_read(call->kind)      ? STR("read")
                : payments_may_charge(call->kind) ? STR("charge")
                                                  : STR("payments"),
        .payload = payments_call_text(tx->cx, call),
        .status = STR("pending"),
        .next_attempt_at = now,
        .created_at = now,
        .finished_at = ROW_NONE,
    };
    return outbox_insert(tx, &row);
}

/* Under which key a step's call is made; the first of a kind as ever. */
static struct str step_key(struct app *app, struct tx *tx, const struct operation_row *row,
                           const struct operation_plan *plan, struct step step) {
    struct arena *arena = tx->cx->arena;
    struct str work =
        arena_printf(arena, "%s %s %d", row->id.text, kinds[plan->kind].name, (int)step.kind);
    if (step.nth > 0) {
        work = arena_printf(arena, STR_FMT " %zu", STR_ARG(work), step.nth);
    }
    return work_key(app, tx->cx, row->user_id, work);
}

struct advance {
    struct app *app;
    struct tx *tx;
    const struct operation_row *row;
    struct facts facts;
};

/* Writes the step's call unless it was made, or none is needed; *ret_is_written says which. */
static struct err take_step(struct advance *of, struct step step, bool *ret_is_written) {
    struct app *app = of->app;
    struct tx *tx = of->tx;
    const struct operation_row *row = of->row;
    struct facts *facts = &of->facts;
    struct outbox_row before;
    bool was_made = false;
    struct str key = step_key(app, tx, row, facts->plan, step);
    *ret_is_written = false;
    TRY(outbox_get(tx, row->user_id, key, &before, &was_made));
    if (was_made) {
        remember_result(step.kind, before.result_id, facts);
    }
    if (was_made || !is_needed(step.kind, facts)) {
        return OK;
    }
    struct payments_call call = call_of(app, tx->cx, step, facts);
    call.idempotency_key = key;
    *ret_is_written = true;
    TRY(call.kind == PAYMENTS_INVOICE_PAY ? dunning_note_attempt(tx, &call) : OK);
    return write_call(tx, row->user_id, &row->id, &call);
}

struct err operation_plan_advance(struct app *app, struct tx *tx, const struct operation_row *row,
                                  const struct operation_plan *plan, bool *ret_is_complete) {
    struct advance of = {.app = app, .tx = tx, .row = row};
    bool is_written = false;
    TRY(read_facts(app, tx, row->user_id, plan, &of.facts));
    const enum payments_kind *calls = kinds[plan->kind].calls;
    for (size_t i = 0; !is_written && calls[i] != END_OF_CALLS; i++) {
        size_t times = correction_times(&of.facts.correction, calls[i]);
        for (size_t nth = 0; !is_written && nth < times; nth++) {
            const struct step step = {calls[i], nth};
            TRY(take_step(&of, step, &is_written));
        }
    }
    *ret_is_complete = !is_written;
    return OK;
}

struct err operation_plan_undo(struct app *app, struct tx *tx, const struct operation_row *row,
                               const struct operation_plan *plan) {
    struct facts facts;
    TRY(read_facts(app, tx, row->user_id, plan, &facts));
    const enum payments_kind *calls = kinds[plan->kind].calls;
    for (size_t i = 0; facts.correction.is_it && calls[i] != END_OF_CALLS; i++) {
        const struct step step = {calls[i], 0};
        struct outbox_row before;
        bool was_made = false;
        TRY(outbox_get(tx, row->user_id, step_key(app, tx, row, plan, step), &before, &was_made));
        if (was_made) {
            remember_result(calls[i], before.result_id, &facts);
        }
    }
    return correction_tidy(app, tx, row->user_id, &facts.correction);
}

struct err operation_plan_aside(struct app *app, struct tx *tx, struct str user_id,
                                const struct payments_call *call) {
    struct payments_call keyed = *call;
    struct record_id none = {""};
    struct record_id once = id_new(tx->cx, "work"); /* kept with the row: the same after a crash */
    struct str work = arena_printf(tx->cx->arena, "aside %d %s", (int)call->kind, once.text);
    keyed.idempotency_key = work_key(app, tx->cx, user_id, work);
    return write_call(tx, user_id, &none, &keyed);
}

struct err operation_plan_work(struct app *app, struct tx *tx, const struct payments_call *call,
                               struct str work) {
    struct payments_call keyed = *call;
    struct record_id none = {""};
    keyed.idempotency_key = work_key(app, tx->cx, call->user_id, work);
    return write_call(tx, call->user_id, &none, &keyed);
}
