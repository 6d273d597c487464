#include "app/consent.h"

#include "app/audit.h"
#include "app/subscription.h"
#include "base/check.h"
#include "base/crypto.h"
#include "core/coupon.h"
#include "core/price.h"
#include "store/customer.h"

/* --- the words --- */

bool consent_renewal_of(const struct app *app, const struct consent_sale *sale,
                        struct renewal *ret_renewal) {
    const struct coupon *coupon = coupon_of(app->catalogue, sale->coupon);
    bool lasts = coupon != NULL && coupon_lasts(coupon, sale->interval);
    struct renewal renewal = {
        .plan = sale->plan,
        .interval = sale->interval,
        .first_at = sale->first_at,
        .coupon = lasts ? coupon : NULL,
        .is_taxed = app->taxes,
    };
    if (price_is_free(sale->plan) || !price_of(sale->plan, sale->interval, &renewal.price)) {
        return false;
    }
    *ret_renewal = renewal;
    return true;
}

static struct consent_words words_of(struct arena *arena, const struct text *text) {
    struct str kept = arena_str(arena, str_of(text->bytes, text->len));
    return (struct consent_words){kept, sha256_text(arena, kept)};
}

struct consent_words consent_renewal_words(struct arena *arena, enum language language,
                                           const struct renewal *renewal) {
    char bytes[RENEWAL_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    renewal_sentence(&text, language, renewal);
    return words_of(arena, &text);
}

struct consent_words consent_early_start_words(const struct app *app, struct arena *arena,
                                               enum language language, const struct plan *plan) {
    char bytes[RENEWAL_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    renewal_early_start(&text, language, plan, app->catalogue->consumer.withdrawal_days);
    return words_of(arena, &text);
}

struct err consent_language(struct tx *tx, struct str user_id, enum language *ret_language) {
    struct customer_row customer;
    enum language language = LANGUAGE_EN;
    bool is_found = false;
    TRY(customer_get(tx, user_id, &customer, &is_found));
    bool is_known = is_found && language_parse(customer.language, &language);
    *ret_language = is_known ? language : LANGUAGE_EN;
    return OK;
}

struct err consent_may_withdraw(const struct app *app, struct tx *tx, struct str user_id,
                                enum tier tier, bool *ret_may) {
    struct customer_row customer;
    struct str tax_ids;
    bool is_found = false;
    *ret_may = false;
    TRY(customer_get(tx, user_id, &customer, &is_found));
    if (!is_found) {
        return OK;
    }
    TRY(customer_tax_ids(tx, user_id, &tax_ids));
    const struct consumer_facts facts = {
        .country = customer.country,
        .has_tax_id = tax_ids.len > 0 && !str_equal(tax_ids, STR("[]")),
        .tier = tier,
    };
    *ret_may = consumer_may_withdraw(&app->catalogue->consumer, &facts);
    return OK;
}

/* --- what a request agrees to --- */

static bool is_sale(const struct operation_request *request, const struct operation_plan *plan) {
    bool is_bought = plan->kind == OPERATION_SUBSCRIBE || plan->kind == OPERATION_CHANGE;
    return is_bought && plan->version > 0 && request->version == 0;
}

/* As app/preview.c says it: a period that begins ends an interval later, one that goes on ends when
 * it would have ended. */
static struct instant first_renewal(struct tx *tx, const struct subscription_view *view,
                                    const struct operation_plan *plan) {
    struct instant begin = {plan->kind == OPERATION_SUBSCRIBE ? cx_now_ms(tx->cx) : plan->at};
    bool is_new = plan->kind == OPERATION_SUBSCRIBE ||
                  (!plan->is_later && plan->change == PAYMENTS_CHANGE_NEW_PERIOD);
    if (!is_new) {
        return view->current_period.end;
    }
    return plan->trial_days > 0
               ? instant_add(begin, duration_days(plan->trial_days))
               : period_containing(begin, (enum interval)plan->interval, begin).end;
}

struct asked {
    const struct operation_request *request;
    const struct subscription_view *view;
    const struct renewal *renewal;
};

static struct consent_row row_of(struct tx *tx, const struct asked *asked) {
    const struct renewal *renewal = asked->renewal;
    const struct actor *actor = audit_actor(tx);
    return (struct consent_row){
        .id = id_new(tx->cx, "cons"),
        .user_id = asked->request->user_id,
        .subscription_id = asked->view->row.id,
        .actor_kind = str_from_cstr(actor_kind_name(actor == NULL ? ACTOR_SYSTEM : actor->kind)),
        .actor = audit_actor_id(tx),
        .tier = (int)renewal->plan->tier,
        .plan_version = renewal->plan->version,
        .interval = (int)renewal->interval,
        .amount = renewal->price.minor,
        .currency = arena_str(tx->cx->arena, str_from_cstr(renewal->price.currency.code)),
        .renews_at = renewal->first_at.ms,
        .created_at = cx_now_ms(tx->cx),
    };
}

/* The language in which the words have this hash; false when they have it in none. */
static bool add_if_same(struct tx *tx, const struct app *app, struct str hash,
                        const struct renewal *renewal, struct consent_row *row) {
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        struct consent_words words =
            row->kind == CONSENT_RENEWAL
                ? consent_renewal_words(tx->cx->arena, (enum language)i, renewal)
                : consent_early_start_words(app, tx->cx->arena, (enum language)i, renewal->plan);
        if (str_equal(words.hash, hash)) {
            row->text = words.text;
            row->text_hash = words.hash;
            row->locale = str_from_cstr(language_name((enum language)i));
            return true;
        }
    }
    return false;
}

/* One of the two, when its hash came with the request. */
static enum outcome take(struct tx *tx, const struct app *app, const struct asked *asked,
                         enum consent_kind kind, struct consent_given *given) {
    struct str hash = kind == CONSENT_RENEWAL ? asked->request->renewal_consent
                                              : asked->request->early_start_consent;
    if (hash.len == 0) {
        return OUTCOME_DONE;
    }
    struct consent_row row = row_of(tx, asked);
    row.kind = (int)kind;
    if (!add_if_same(tx, app, hash, asked->renewal, &row)) {
        return OUTCOME_RENEWAL_CHANGED;
    }
    given->rows[given->count++] = row;
    return OUTCOME_DONE;
}

/* What renews when this plan is carried out; false: nothing that is sold at a price. */
static bool renewal_to_come(const struct app *app, struct tx *tx,
                            const struct subscription_view *view, const struct operation_plan *plan,
                            struct renewal *ret_renewal) {
    const struct consent_sale sale = {
        .plan =
            catalogue_plan_version(app->catalogue, (enum tier)plan->tier, (int32_t)plan->version),
        .interval = (enum interval)plan->interval,
        .coupon = plan->coupon,
        .first_at = first_renewal(tx, view, plan),
    };
    check(sale.plan != NULL); /* operation_decide() has found it */
    return consent_renewal_of(app, &sale, ret_renewal);
}

struct err consent_check(struct app *app, struct tx *tx, const struct operation_request *request,
                         const struct operation_plan *plan, struct consent_given *ret_given) {
    struct subscription_view view;
    struct renewal renewal;
    const struct asked asked = {request, &view, &renewal};
    bool is_given = request->renewal_consent.len > 0 || request->early_start_consent.len > 0;
    bool is_needed = request->is_of_person && app->catalogue->consumer.needs_renewal_consent &&
                     is_sale(request, plan);
    bool is_found = false;
    bool may_withdraw = false;
    ret_given->count = 0;
    ret_given->outcome = OUTCOME_DONE;
    if (!is_given && !is_needed) {
        return OK;
    }
    ret_given->outcome =
        OUTCOME_RENEWAL_CHANGED; /* where nothing renews there is nothing to agree to */
    TRY(subscription_view_read(app, tx, request->user_id, &view, &is_found));
    if (!is_found || !is_sale(request, plan) || !renewal_to_come(app, tx, &view, plan, &renewal)) {
        return OK;
    }
    if (is_needed && request->renewal_consent.len == 0) {
        ret_given->outcome = OUTCOME_RENEWAL_CONSENT_REQUIRED;
        return OK;
    }
    TRY(consent_may_withdraw(app, tx, request->user_id, renewal.plan->tier, &may_withdraw));
    may_withdraw &= plan->kind == OPERATION_SUBSCRIBE;
    if (may_withdraw || request->early_start_consent.len == 0) {
        ret_given->outcome = take(tx, app, &asked, CONSENT_RENEWAL, ret_given);
    }
    if (ret_given->outcome == OUTCOME_DONE) {
        ret_given->outcome = take(tx, app, &asked, CONSENT_EARLY_START, ret_given);
    }
    return OK;
}

/* --- kept --- */

static struct err tell(struct tx *tx, const struct consent_row *row) {
    struct str kind = str_from_cstr(consent_kind_name((enum consent_kind)row->kind));
    return audit_append(
        tx, &(struct audit_entry){
                .action = STR("consent.given"),
                .said = {.customer = row->user_id,
                         .object = arena_str(tx->cx->arena, id_str(&row->id)),
                         .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("kind", kind),
                                              AUDIT_TEXT("operationId", id_str(&row->operation_id)),
                                              AUDIT_TEXT("textHash", row->text_hash))},
            });
}

struct err consent_keep(struct tx *tx, const struct consent_given *given,
                        const struct operation_begun *begun) {
    for (size_t i = 0; i < given->count; i++) {
        struct consent_row row = given->rows[i];
        row.operation_id = begun->row.id;
        row.operation = begun->row.kind;
        if (begun->subscription_id.text[0] != '\0') {
            row.subscription_id = begun->subscription_id;
        }
        TRY(consent_insert(tx, &row));
        TRY(tell(tx, &row));
    }
    return OK;
}

struct err consents_read(struct tx *tx, struct str user_id, struct str before, size_t max,
                         struct row_list *ret_list) {
    return consent_page(tx, user_id, before, max, ret_list);
}
