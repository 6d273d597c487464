/* What a mirrored invoice means for dunning, whoever brought the news and however often.
 *
 * First, which attempts are known now: a debit that was under way has ended, a charge that was not
 * ours has failed. Then the case: paid closes it, void or given up closes it, and an automatic
 * payment that failed opens one. The first payment of a subscription is not dunning: declined, it
 * leaves nothing that was sold. Nor is a change that waits for its payment. */
#include "app/dunning_case.h"

#include "app/operation_plan.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* One invoice as it was just seen. */
struct sight {
    struct dunning dunning;
    const struct invoice_row *row;
    const struct payments_invoice *seen;
    bool has_debit;      /* one is under way, as far as we know */
    bool was_processing; /* a debit that was under way has failed, says this sight */
};

static bool has_word(struct str text, const char *word) {
    return str_equal(text, str_from_cstr(word));
}

static bool is_processing(const struct payments_invoice *seen) {
    return seen->has_payment && has_word(seen->payment_status, "processing");
}

/* --- attempts --- */

static struct payment_attempt_row attempt_of(const struct sight *sight, enum attempt_status status,
                                             enum attempt_origin origin) {
    return (struct payment_attempt_row){
        .user_id = sight->row->user_id,
        .invoice_id = sight->row->id,
        .origin = (int)origin,
        .status = (int)status,
        .charge_id = status == ATTEMPT_FAILED ? sight->seen->failed_charge_id : STR(""),
        .decline_code = status == ATTEMPT_FAILED ? sight->seen->decline_code : STR(""),
    };
}

static struct err case_of(struct sight *sight, bool *ret_found) {
    return dunning_of_invoice(sight->dunning.tx, sight->row->user_id, id_str(&sight->row->id),
                              &sight->dunning.row, ret_found);
}

static struct err fail_case(struct sight *sight, enum dunning_event event) {
    bool is_found = false;
    bool is_legal = false;
    TRY(case_of(sight, &is_found));
    struct dunning_input input = {
        .event = event,
        .now = {cx_now_ms(sight->dunning.tx->cx)},
        .is_hard_decline = dunning_is_hard_decline(sight->seen->decline_code),
    };
    return is_found ? dunning_move(&sight->dunning, &input, &is_legal) : OK;
}

/* What was under way for days has ended. */
static struct err end_debit(struct sight *sight, struct payment_attempt_row *attempt) {
    const struct payments_invoice *seen = sight->seen;
    bool is_paid = seen->status == INVOICE_PAID;
    if (!is_paid && (!seen->has_payment || is_processing(seen))) {
        return OK;
    }
    attempt->status = is_paid ? ATTEMPT_SUCCEEDED : ATTEMPT_FAILED;
    attempt->settled_at = cx_now_ms(sight->dunning.tx->cx);
    attempt->charge_id = is_paid ? STR("") : seen->failed_charge_id;
    attempt->decline_code = is_paid ? STR("") : seen->decline_code;
    TRY(payment_attempt_replace(sight->dunning.tx, attempt));
    sight->was_processing = !is_paid;
    return is_paid ? OK
                   : fail_case(sight, attempt->origin == ATTEMPT_RETRY ? DUNNING_RETRY_FAILED
                                                                       : DUNNING_CUSTOMER_FAILED);
}

/* A charge that failed elsewhere: on the hosted page, or by the provider's own retries. */
static struct err hear_of_failure(struct sight *sight) {
    struct tx *tx = sight->dunning.tx;
    bool is_new = false;
    TRY(dunning_is_new_charge(tx, sight->row->user_id, id_str(&sight->row->id),
                              sight->seen->failed_charge_id, &is_new));
    bool has_case = false;
    TRY(case_of(sight, &has_case));
    if (!is_new || !has_case) {
        return OK; /* without a case, opening one writes the first attempt */
    }
    enum attempt_origin origin =
        sight->dunning.row.needs_takeover ? ATTEMPT_PROVIDER : ATTEMPT_CUSTOMER;
    struct payment_attempt_row attempt = attempt_of(sight, ATTEMPT_FAILED, origin);
    TRY(dunning_put_attempt(tx, &attempt));
    return fail_case(sight, DUNNING_CUSTOMER_FAILED);
}

static struct err know_attempts(struct sight *sight) {
    struct tx *tx = sight->dunning.tx;
    struct payment_attempt_row attempt;
    bool is_in_flight = false;
    TRY(payment_attempt_in_flight(tx, sight->row->user_id, id_str(&sight->row->id), &attempt,
                                  &is_in_flight));
    sight->has_debit = is_in_flight && attempt.status == ATTEMPT_PROCESSING;
    if (is_in_flight) { /* what the outbox waits for is judged by its answer */
        return sight->has_debit ? end_debit(sight, &attempt) : OK;
    }
    if (sight->seen->status == INVOICE_OPEN && is_processing(sight->seen)) {
        struct payment_attempt_row debit = attempt_of(sight, ATTEMPT_PROCESSING, ATTEMPT_PROVIDER);
        return dunning_put_attempt(tx, &debit);
    }
    return sight->seen->has_payment ? hear_of_failure(sight) : OK;
}

/* --- opening --- */

/* Charged by the provider without anybody asking for it just now. */
static bool is_automatic(const struct payments_invoice *seen) {
    static const char *const reasons[] = {"subscription_cycle", "subscription_threshold",
                                          "automatic_pending_invoice_item_invoice"};
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        if (has_word(seen->billing_reason, reasons[i])) {
            return true;
        }
    }
    bool was_asked_for = has_word(seen->billing_reason, "subscription_create") ||
                         has_word(seen->billing_reason, "subscription_update");
    return !was_asked_for && seen->auto_advance;
}

static bool is_owed(const struct payments_invoice *seen) {
    return seen->status == INVOICE_OPEN && seen->is_charged && seen->is_attempted &&
           money_compare(seen->amount_paid, seen->amount_due) < 0;
}

static struct err open_case(struct sight *sight, enum dunning_kind kind) {
    struct dunning *dunning = &sight->dunning;
    const struct invoice_row *row = sight->row;
    struct payment_attempt_row first = attempt_of(sight, ATTEMPT_FAILED, ATTEMPT_PROVIDER);
    if (kind == DUNNING_PAYMENT) { /* of a late failure the attempt is known */
        TRY(dunning_put_attempt(dunning->tx, &first));
    }
    dunning->row = (struct dunning_row){
        .user_id = row->user_id,
        .kind = (int)kind,
        .invoice_id = row->id,
        .subscription_id = row->subscription_id,
        .needs_takeover = sight->seen->has_next_attempt && sight->seen->auto_advance,
    };
    struct dunning_step opened = dunning_open(&dunning->app->catalogue->dunning,
                                              (struct instant){cx_now_ms(dunning->tx->cx)},
                                              dunning_is_hard_decline(first.decline_code));
    bool is_final = row->status != INVOICE_OPEN; /* a debit whose invoice is void: no second try */
    bool is_legal = false;
    opened.effects = is_final ? 0 : opened.effects; /* the end is told, not the failure */
    TRY(dunning_begin(dunning, &opened));
    if (is_final) {
        return dunning_event(dunning, DUNNING_LOST, &is_legal);
    }
    return dunning->row.needs_takeover ? dunning_take_over(dunning) : OK;
}

/* The payment was not asked for beside the invoice (it came in a list): read with it, at most once
 * a day, it tells whether there is a case, or how a debit has ended. */
static struct err look_closer(struct sight *sight) {
    struct tx *tx = sight->dunning.tx;
    struct payments_call call = {
        .kind = PAYMENTS_INVOICE_READ,
        .user_id = sight->row->user_id,
        .invoice_id = sight->seen->id,
    };
    struct str work =
        arena_printf(tx->cx->arena, "dunning look " STR_FMT " %lld", STR_ARG(sight->seen->id),
                     (long long)(cx_now_ms(tx->cx) / DAY_MS));
    return operation_plan_work(sight->dunning.app, tx, &call, work);
}

static struct err consider_opening(struct sight *sight) {
    const struct payments_invoice *seen = sight->seen;
    if (sight->was_processing) {
        return open_case(sight, DUNNING_LATE);
    }
    bool has_failed = is_owed(seen) && is_automatic(seen) && seen->has_payment;
    return has_failed && !is_processing(seen) ? open_case(sight, DUNNING_PAYMENT) : OK;
}

/* --- the case that there is --- */

/* A debit whose invoice became void has its case ended by that; the void is not news. */
static struct err follow(struct sight *sight, const struct invoice_change *change) {
    struct dunning *dunning = &sight->dunning;
    bool is_news = change->before == NULL || change->before->status != change->after->status;
    bool is_legal = false;
    switch (sight->seen->status) {
    case INVOICE_PAID:
        TRY(dunning_event(dunning, DUNNING_PAID, &is_legal));
        break;
    case INVOICE_VOID:
    case INVOICE_UNCOLLECTIBLE:
        TRY(is_news ? dunning_event(dunning, DUNNING_INVOICE_CLOSED, &is_legal) : OK);
        break;
    case INVOICE_DRAFT:
    case INVOICE_OPEN:
        if (dunning->row.needs_takeover && !sight->seen->auto_advance) {
            dunning->row.needs_takeover = false;
        }
        break;
    }
    return is_legal ? OK : dunning_keep(dunning);
}

struct err dunning_on_invoice(struct app *app, struct tx *tx, const struct invoice_change *change) {
    struct sight sight = {
        .dunning = {.app = app, .tx = tx, .update = change->gate_update},
        .row = change->after,
        .seen = change->seen,
    };
    bool has_case = false;
    if (sight.seen->status == INVOICE_DRAFT) {
        return OK;
    }
    TRY(know_attempts(&sight));
    if (is_owed(sight.seen) && !sight.seen->has_payment &&
        (is_automatic(sight.seen) || sight.has_debit)) {
        TRY(look_closer(&sight));
    }
    TRY(case_of(&sight, &has_case));
    return has_case ? follow(&sight, change) : consider_opening(&sight);
}
