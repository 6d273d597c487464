/* Parked: nothing that may charge this customer leaves, and every renewal that comes up is held as
 * a draft at the provider, which charges what is not held by itself. What was held is kept in rows,
 * so that exactly that goes on when the customer does. */
#include "app/parking.h"

#include "app/billing_event.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/operation_plan.h"
#include "base/log.h"
#include "core/dunning.h"
#include "store/dunning.h"
#include "store/webhook.h"

enum { HELD_MAX = 100 };

/* --- invoices --- */

static struct err tell_provider(struct app *app, struct tx *tx, struct str user_id,
                                const struct held_invoice_row *held, bool advances) {
    const struct payments_call call = {
        .kind = PAYMENTS_INVOICE_ADVANCE,
        .user_id = user_id,
        .invoice_id = held->stripe_invoice_id,
        .advances = advances,
    };
    struct str work =
        arena_printf(tx->cx->arena, "%s " STR_FMT " %lld", advances ? "let go" : "hold",
                     STR_ARG(held->stripe_invoice_id), (long long)held->held_at);
    return operation_plan_work(app, tx, &call, work);
}

static bool can_be_held(const struct invoice_row *invoice) {
    return (invoice->status == INVOICE_DRAFT || invoice->status == INVOICE_OPEN) &&
           str_equal(invoice->billing_reason, STR("subscription_cycle"));
}

static struct err hold(struct app *app, struct tx *tx, const struct invoice_row *invoice) {
    const struct held_invoice_row held = {
        .user_id = invoice->user_id,
        .stripe_invoice_id = invoice->stripe_invoice_id,
        .held_at = cx_now_ms(tx->cx),
    };
    bool is_new = false;
    TRY(held_invoice_insert(tx, &held, &is_new));
    return is_new ? tell_provider(app, tx, invoice->user_id, &held, false) : OK;
}

/* Those that were drafted before. */
static struct err hold_drafts(struct app *app, struct tx *tx, struct str user_id) {
    struct row_list list;
    TRY(invoice_drafts(tx, user_id, HELD_MAX, &list));
    const struct invoice_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(can_be_held(&rows[i]) ? hold(app, tx, &rows[i]) : OK);
    }
    return OK;
}

/* Dunning collects by itself: the provider must not do so beside it. */
static struct err may_go_on(struct tx *tx, const struct held_invoice_row *held, bool *ret_may) {
    struct stripe_object object;
    struct invoice_row invoice;
    struct dunning_row dunning;
    bool is_found = false;
    bool has_case = false;
    *ret_may = false;
    TRY(stripe_object_get(tx, held->stripe_invoice_id, &object, &is_found));
    if (is_found) {
        TRY(invoice_get(tx, held->user_id, object.local_id, &invoice, &is_found));
    }
    if (!is_found || !can_be_held(&invoice)) {
        return OK;
    }
    TRY(dunning_of_invoice(tx, held->user_id, id_str(&invoice.id), &dunning, &has_case));
    *ret_may = !has_case;
    return OK;
}

static struct err let_go_all(struct app *app, struct tx *tx, struct str user_id) {
    struct row_list list = {NULL, HELD_MAX};
    while (list.count == HELD_MAX) {
        TRY(held_invoice_list(tx, user_id, HELD_MAX, &list));
        const struct held_invoice_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            bool may = false;
            TRY(may_go_on(tx, &rows[i], &may));
            TRY(may ? tell_provider(app, tx, user_id, &rows[i], true) : OK);
            TRY(held_invoice_delete(tx, &rows[i]));
        }
    }
    return OK;
}

/* --- the customer --- */

static struct err note(struct tx *tx, const struct parked_row *row, const char *type,
                       struct str says) {
    struct currency currency;
    bool has_amount = currency_parse(row->currency, &currency);
    const struct billing_note line = {
        .type = type,
        .description = says,
        .metadata = arena_printf(tx->cx->arena, "{\"reason\":\"" STR_FMT "\",\"usual\":%lld}",
                                 STR_ARG(row->reason), (long long)row->usual),
        .has_amount = has_amount,
        .amount = {row->amount, currency},
    };
    return billing_event_note(tx, row->user_id, &line);
}

static struct err alert(struct app *app, struct tx *tx, const struct parked_row *row) {
    static const struct {
        const char *flag;
        const char *reason;
    } flags[] = {
        {"isUnusual", PARKED_UNUSUAL},
        {"isSecond", PARKED_SECOND},
        {"isDisputed", PARKED_DISPUTED},
        {"isPrice", PARKED_PRICE},
    };
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "userId", row->user_id);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        mail_values_flag(&values, flags[i].flag,
                         str_equal(row->reason, str_from_cstr(flags[i].reason)));
    }
    mail_values_i64(&values, "amount", row->amount);
    if (row->usual != 0) {
        mail_values_i64(&values, "usual", row->usual);
    }
    mail_values_str(&values, "currency", row->currency);
    mail_values_str(&values, "invoiceId", row->stripe_invoice_id);
    mail_values_time(&values, "parkedAt", row->parked_at);
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_CUSTOMER_PARKED,
        .dedupe_key = arena_printf(tx->cx->arena, "customer_parked:%s", row->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

struct err parking_park(struct app *app, struct tx *tx, const struct parking_cause *cause) {
    bool is_parked = false;
    TRY(parking_is_parked(tx, cause->user_id, &is_parked));
    if (is_parked) {
        return OK;
    }
    const struct parked_row row = {
        .user_id = cause->user_id,
        .id = id_new(tx->cx, "park"),
        .reason = str_from_cstr(cause->reason),
        .stripe_invoice_id = cause->stripe_invoice_id,
        .currency = cause->currency,
        .amount = cause->amount,
        .usual = cause->usual,
        .parked_at = cx_now_ms(tx->cx),
        .released_at = ROW_NONE,
    };
    log_event(app->env, LOG_WARNING, "customer.parked",
              "reason=%s invoice=" STR_FMT " amount=%lld usual=%lld", cause->reason,
              STR_ARG(cause->stripe_invoice_id), (long long)cause->amount, (long long)cause->usual);
    TRY(parked_insert(tx, &row));
    TRY(hold_drafts(app, tx, row.user_id));
    TRY(alert(app, tx, &row));
    return note(tx, &row, "customer.parked", STR("Nothing is charged until a person has looked"));
}

struct err parking_hold_if_parked(struct app *app, struct tx *tx,
                                  const struct invoice_row *invoice) {
    bool is_parked = false;
    if (!can_be_held(invoice)) {
        return OK;
    }
    TRY(parking_is_parked(tx, invoice->user_id, &is_parked));
    return is_parked ? hold(app, tx, invoice) : OK;
}

static struct err release_row(struct app *app, struct tx *tx, const struct parked_row *row,
                              struct str why) {
    TRY(parked_release(tx, row->user_id, why));
    TRY(let_go_all(app, tx, row->user_id));
    return note(tx, row, "customer.released", why);
}

/* --- disputes --- */

struct err parking_end_dispute(struct app *app, struct tx *tx, struct str user_id) {
    struct parked_row row;
    struct row_list list;
    bool is_parked = false;
    TRY(parked_open(tx, user_id, &row, &is_parked));
    if (!is_parked || !str_equal(row.reason, STR(PARKED_DISPUTED))) {
        return OK;
    }
    TRY(dunning_live(tx, user_id, HELD_MAX, &list));
    const struct dunning_row *cases = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (cases[i].kind == DUNNING_DISPUTE) {
            return OK; /* another payment is still disputed */
        }
    }
    return release_row(app, tx, &row, STR("The bank has decided"));
}

/* --- operators --- */

struct err parking_is_parked(struct tx *tx, struct str user_id, bool *ret_is_parked) {
    struct parked_row row;
    return parked_open(tx, user_id, &row, ret_is_parked);
}

struct err parked_read(struct tx *tx, struct str after, size_t max, struct row_list *ret_list) {
    return parked_page(tx, after, max, ret_list);
}

struct err parked_figure(struct tx *tx, uint64_t *ret_count) {
    int64_t count = 0;
    TRY(parked_count(tx, &count));
    *ret_count = (uint64_t)count;
    return OK;
}

static struct err run_release(struct command *command, struct tx *tx) {
    struct parking_release *release = (struct parking_release *)command;
    struct parked_row row;
    bool is_parked = false;
    TRY(parked_open(tx, release->user_id, &row, &is_parked));
    if (!is_parked) {
        command->outcome = OUTCOME_CUSTOMER_NOT_PARKED;
        return OK;
    }
    return release_row(command->app, tx, &row, release->reason);
}

void parking_let_go(struct app *app, struct parking_release *release) {
    release->command.run = run_release;
    release->command.after = NULL;
    command_submit(app, &release->command);
}
