#include "app/contract_tell.h"

#include "app/audit.h"
#include "app/billing_event.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "base/check.h"

static struct err note(struct app *app, struct tx *tx, const struct contract_row *row,
                       const char *what) {
    struct arena *arena = tx->cx->arena;
    struct contract_terms terms;
    struct billing_note event = {
        .type = arena_cstr(arena, arena_printf(arena, "contract.%s", what)),
        .description = arena_printf(arena, "Contract %lld: %s.", (long long)row->number, what),
        .metadata =
            AUDIT_FACTS(tx->cx, AUDIT_TEXT("contractId", id_str(&row->id)),
                        AUDIT_WHOLE("number", row->number), AUDIT_WHOLE("version", row->version)),
        .has_amount = contract_shows_terms(row),
    };
    if (event.has_amount) {
        TRY(contract_row_terms(app, tx->cx, row, &terms));
        event.has_amount = contract_total(&terms, &event.amount);
    }
    return billing_event_note(tx, row->user_id, &event);
}

static struct err mail_request(struct app *app, struct tx *tx, const struct contract_row *row) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "userId", row->user_id);
    mail_values_str(&values, "contractId", id_str(&row->id));
    mail_values_str(&values, "message", row->message);
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_CONTRACT_REQUESTED,
        .dedupe_key = arena_printf(tx->cx->arena, "contract_requested:%s", row->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

static struct err mail_offer(struct app *app, struct tx *tx, const struct contract_row *row) {
    struct contract_terms terms;
    struct mail_values values;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    mail_values_begin(&values, tx->cx);
    mail_values_i64(&values, "number", row->number);
    mail_values_i64(&values, "amount", terms.amount.minor);
    mail_values_str(&values, "currency", str_from_cstr(terms.amount.currency.code));
    mail_values_i64(&values, "termMonths", terms.term_months);
    mail_values_flag(&values, "isYearly", terms.interval == INTERVAL_YEAR);
    mail_values_time(&values, "validUntil", row->valid_until);
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_CONTRACT_OFFERED,
        .dedupe_key =
            arena_printf(tx->cx->arena, "contract_offered:%s:" STR_FMT ":%lld", row->id.text,
                         STR_ARG(row->approval_id), (long long)row->valid_until),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

/* What the next term costs, and until when it can be said that there is none. */
static struct str renewal_values(struct tx *tx, const struct contract_row *row,
                                 const struct contract_terms *terms) {
    struct instant start = {row->starts_at};
    struct contract_terms next = *terms;
    struct mail_values values;
    bool has_price = contract_renewed(terms, start, &next);
    mail_values_begin(&values, tx->cx);
    mail_values_i64(&values, "number", row->number);
    mail_values_time(&values, "endsAt", row->ends_at);
    mail_values_time(&values, "noticeUntil", contract_notice_at(terms, start).ms);
    mail_values_i64(&values, "amount", has_price ? next.amount.minor : terms->amount.minor);
    mail_values_str(&values, "currency", str_from_cstr(terms->amount.currency.code));
    mail_values_i64(&values, "termMonths", terms->term_months);
    mail_values_flag(&values, "isYearly", terms->interval == INTERVAL_YEAR);
    return mail_values_end(&values);
}

static struct str ending_values(struct tx *tx, const struct contract_row *row) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_i64(&values, "number", row->number);
    mail_values_time(&values, "endsAt", row->ends_at);
    return mail_values_end(&values);
}

static struct str deadline_values(struct tx *tx, const struct contract_row *row,
                                  const struct contract_terms *terms, bool renews) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "userId", row->user_id);
    mail_values_str(&values, "contractId", id_str(&row->id));
    mail_values_i64(&values, "number", row->number);
    mail_values_time(&values, "endsAt", row->ends_at);
    mail_values_time(&values, "noticeUntil",
                     renews ? contract_notice_at(terms, (struct instant){row->starts_at}).ms
                            : ROW_NONE);
    return mail_values_end(&values);
}

/* Both sides: the customer's billing address, and the operators. */
static struct err mail_deadline(struct app *app, struct tx *tx, const struct contract_row *row,
                                bool renews) {
    struct contract_terms terms;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    struct mail_order order = {
        .user_id = row->user_id,
        .kind = renews ? MAIL_KIND_CONTRACT_RENEWING : MAIL_KIND_CONTRACT_ENDING,
        .dedupe_key = arena_printf(tx->cx->arena, "contract_%s:%s", renews ? "renewing" : "ending",
                                   row->id.text),
        .values = renews ? renewal_values(tx, row, &terms) : ending_values(tx, row),
    };
    TRY(mail_order(app, tx, &order));
    order.kind = MAIL_KIND_CONTRACT_DEADLINE;
    order.dedupe_key = arena_printf(tx->cx->arena, "contract_deadline:%s:%d", row->id.text, renews);
    order.values = deadline_values(tx, row, &terms, renews);
    return mail_order(app, tx, &order);
}

struct err contract_tell(struct app *app, struct tx *tx, const struct contract_row *row,
                         const char *what) {
    struct str word = str_from_cstr(what);
    TRY(note(app, tx, row, what));
    if (str_equal(word, STR("requested"))) {
        return mail_request(app, tx, row);
    }
    bool renews = str_equal(word, STR("renewal_upcoming"));
    if (renews || str_equal(word, STR("ending"))) {
        return mail_deadline(app, tx, row, renews);
    }
    return str_equal(word, STR("offered")) ? mail_offer(app, tx, row) : OK;
}
