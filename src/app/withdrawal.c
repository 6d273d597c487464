#include "app/withdrawal.h"

#include "app/audit.h"
#include "app/consent.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/operation_start.h"
#include "app/subscription.h"
#include "app/withdrawal_pay.h"
#include "base/check.h"
#include "base/crypto.h"
#include "core/plan_book.h"
#include "store/customer.h"

/* --- whether --- */

static struct err judge(const struct app *app, struct tx *tx, const struct subscription_view *view,
                        struct withdrawal_offer *offer) {
    bool is_offered = false;
    struct instant now = {cx_now_ms(tx->cx)};
    TRY(consent_may_withdraw(app, tx, view->row.user_id, view->plan->tier, &is_offered));
    is_offered &= !plan_version_is_private(view->row.plan_version); /* a contract has its own */
    offer->until =
        consumer_withdrawal_end(&app->catalogue->consumer, (struct instant){view->row.created_at});
    bool is_over = !instant_is_before(now, offer->until);
    offer->outcome = !is_offered ? OUTCOME_WITHDRAWAL_NOT_OFFERED
                     : is_over   ? OUTCOME_WITHDRAWAL_OVER
                                 : OUTCOME_DONE;
    return consent_given(tx, view->row.user_id, id_str(&view->row.id), CONSENT_EARLY_START,
                         &offer->is_share);
}

struct err withdrawal_offer_read(const struct app *app, struct tx *tx, struct str user_id,
                                 struct withdrawal_offer *ret_offer) {
    struct subscription_view view;
    struct customer_row customer;
    bool is_found = false;
    *ret_offer = (struct withdrawal_offer){.outcome = OUTCOME_CUSTOMER_NOT_FOUND};
    TRY(subscription_view_read(app, tx, user_id, &view, &is_found));
    if (!is_found) {
        return OK;
    }
    ret_offer->outcome = OUTCOME_NOT_SUBSCRIBED;
    if (view.row.stripe_subscription_id.len == 0) {
        return OK;
    }
    TRY(customer_get(tx, user_id, &customer, &is_found));
    check(is_found);
    ret_offer->facts = (struct withdrawal_facts){
        .plan = view.plan,
        .interval = (enum interval)view.row.interval,
        .subscription_id = arena_str(tx->cx->arena, id_str(&view.row.id)),
        .bought_at = {view.row.created_at},
        .name = customer.name,
        .email = customer.email,
    };
    return judge(app, tx, &view, ret_offer);
}

struct withdrawal_words withdrawal_words_of(struct arena *arena, enum language language,
                                            const struct withdrawal_facts *facts) {
    char bytes[WITHDRAWAL_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    withdrawal_statement(&text, language, facts);
    struct str kept = arena_str(arena, str_of(text.bytes, text.len));
    return (struct withdrawal_words){kept, sha256_text(arena, kept)};
}

/* --- confirming --- */

/* The language in which the statement has the hash that was confirmed; LANGUAGE_COUNT: in none. */
static int language_of(struct arena *arena, struct str hash, const struct withdrawal_facts *facts,
                       struct withdrawal_words *ret_words) {
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        *ret_words = withdrawal_words_of(arena, (enum language)i, facts);
        if (str_equal(ret_words->hash, hash)) {
            return i;
        }
    }
    return LANGUAGE_COUNT;
}

/* What is sent at once: the words, and when they arrived. */
static struct err acknowledge(struct app *app, struct tx *tx, const struct withdrawal_row *row) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "plan", str_from_cstr(tier_name((enum tier)row->tier)));
    mail_values_time(&values, "receivedAt", row->created_at);
    mail_values_str(&values, "statement", row->statement);
    mail_values_flag(&values, "isShare", row->is_share);
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_WITHDRAWAL_RECEIVED,
        .dedupe_key = arena_printf(tx->cx->arena, "withdrawal_received:%s", row->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

static struct err end_subscription(struct app *app, struct tx *tx, struct withdrawal_row *row,
                                   enum outcome *ret_outcome) {
    const struct operation_request request = {
        .kind = OPERATION_CANCEL,
        .user_id = row->user_id,
        .tier = -1,
        .interval = -1,
        .when = CHANGE_WHEN_NOW,
        .reason = STR("withdrawal"),
    };
    return operation_begin_agreed(app, tx, &request, &row->operation_id, ret_outcome);
}

static struct err begin(struct withdrawal_confirm *confirm, struct tx *tx,
                        const struct withdrawal_offer *offer) {
    struct app *app = confirm->command.app;
    struct withdrawal_words words;
    int language = language_of(tx->cx->arena, confirm->hash, &offer->facts, &words);
    if (language == LANGUAGE_COUNT) {
        confirm->command.outcome = OUTCOME_WITHDRAWAL_CHANGED;
        return OK;
    }
    struct withdrawal_row row = {
        .id = id_new(tx->cx, "wdrw"),
        .user_id = confirm->user_id,
        .subscription_id = id_from(offer->facts.subscription_id),
        .status = (int)WITHDRAWAL_ENDING,
        .name = offer->facts.name,
        .statement = words.text,
        .statement_hash = words.hash,
        .locale = str_from_cstr(language_name((enum language)language)),
        .tier = (int)offer->facts.plan->tier,
        .interval = (int)offer->facts.interval,
        .is_share = offer->is_share,
        .currency = str_from_cstr(app->catalogue->currency.code),
        .bought_at = offer->facts.bought_at.ms,
        .created_at = cx_now_ms(tx->cx),
        .finished_at = ROW_NONE,
    };
    TRY(end_subscription(app, tx, &row, &confirm->command.outcome));
    if (confirm->command.outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(withdrawal_insert(tx, &row));
    TRY(acknowledge(app, tx, &row));
    confirm->command.outcome = OUTCOME_CREATED;
    audit_say(tx, &(struct audit_said){
                      .customer = row.user_id,
                      .object = arena_str(tx->cx->arena, id_str(&row.id)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("statementHash", row.statement_hash),
                                           AUDIT_TEXT("operationId", row.operation_id)),
                  });
    return withdrawal_note(tx, &row, "subscription.withdrawn");
}

/* The same was confirmed before: an answer that was lost is asked for again. */
static struct err is_repeat(const struct withdrawal_confirm *confirm, struct tx *tx, bool *ret_is) {
    struct row_list list;
    TRY(withdrawal_page(tx, confirm->user_id, STR(""), 1, &list));
    const struct withdrawal_row *row = list.items;
    *ret_is = list.count > 0 && row->status != (int)WITHDRAWAL_REFUSED &&
              str_equal(row->statement_hash, confirm->hash);
    return OK;
}

static struct err run(struct command *command, struct tx *tx) {
    struct withdrawal_confirm *confirm = (struct withdrawal_confirm *)command;
    struct withdrawal_offer offer;
    bool was_made = false;
    TRY(is_repeat(confirm, tx, &was_made));
    if (was_made) {
        command->outcome = OUTCOME_DONE;
        return OK;
    }
    TRY(withdrawal_offer_read(command->app, tx, confirm->user_id, &offer));
    command->outcome = offer.outcome;
    if (offer.outcome != OUTCOME_DONE) {
        return OK;
    }
    if (confirm->name.len > 0) {
        offer.facts.name = confirm->name;
    }
    return begin(confirm, tx, &offer);
}

void withdrawal_confirm(struct app *app, struct withdrawal_confirm *confirm) {
    confirm->command.run = run;
    confirm->command.after = NULL;
    command_submit(app, &confirm->command);
}

struct err withdrawals_read(struct tx *tx, struct str user_id, struct str before, size_t max,
                            struct row_list *ret_list) {
    return withdrawal_page(tx, user_id, before, max, ret_list);
}
