/* Guards: every statement fits the schema, every row comes back as it went in, nothing included,
 * and what may happen once happens once. */
#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"
#include "core/catalogue.h"
#include "core/dunning.h"
#include "core/invoice.h"
#include "core/subscription.h"
#include "db/db.h"
#include "store/billing_event.h"
#include "store/customer.h"
#include "store/dunning.h"
#include "store/invoice.h"
#include "store/key.h"
#include "store/keyring.h"
#include "store/operation.h"
#include "store/outbox.h"
#include "store/payment_attempt.h"
#include "store/payment_method.h"
#include "store/queries.h"
#include "store/quote.h"
#include "store/release.h"
#include "store/session.h"
#include "store/setting.h"
#include "store/subscription.h"
#include "store/usage.h"
#include "store/webhook.h"

#define ALICE STR("alice")
#define ID(kind, last) ((struct record_id){kind "_01jd3k5t9x7m0c8a4w2e6r1q5" last})

struct shelf {
    struct env_sim *sim;
    struct vfs_sim *vfs;
    struct arena arena;
    struct cx cx;
    struct key_safe *safe;
    struct tx tx;
};

static int set_up(void **state) {
    struct shelf *shelf = test_calloc(1, sizeof *shelf);
    shelf->sim = env_sim_create(1);
    struct env *env = env_sim_env(shelf->sim);
    assert_ok(vfs_sim_create(env, 512, &shelf->vfs));
    arena_init(&shelf->arena, env, 1 << 24);
    cx_init(&shelf->cx, env, &shelf->arena);
    struct db_options options = {.path = "store.db",
                                 .statements = q_statements,
                                 .statement_count = Q_STATEMENT_COUNT,
                                 .application = "TPKE",
                                 .sim = shelf->vfs};
    shelf->tx.cx = &shelf->cx;
    assert_ok(db_open(&shelf->cx, &options, &shelf->tx.db));
    assert_ok(db_migrate(&shelf->cx, shelf->tx.db, &q_schema));
    bool is_new = false;
    assert_ok(key_safe_create(env, &(struct kek_list){{{7}}, 1}, &shelf->safe));
    assert_ok(keyring_create(shelf->safe, &shelf->tx.keyring));
    assert_ok(keyring_prepare(&shelf->tx, &is_new));
    *state = shelf;
    return 0;
}

static int tear_down(void **state) {
    struct shelf *shelf = *state;
    keyring_free(shelf->tx.keyring);
    key_safe_destroy(shelf->safe);
    db_close(shelf->tx.db);
    arena_finish(&shelf->arena);
    vfs_sim_destroy(shelf->vfs);
    env_sim_destroy(shelf->sim);
    test_free(shelf);
    return 0;
}
#define ROWS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TX(state) (&((struct shelf *)*(state))->tx)

#define same_text(a, b, member) assert_true(str_equal((a).member, (b).member))
#define same_number(a, b, member) assert_true((a).member == (b).member)
#define same_id(a, b, member) assert_string_equal((a).member.text, (b).member.text)

static void every_statement_fits_the_schema(void **state) {
    struct shelf *shelf = *state;
    assert_ok(db_check_statements(&shelf->cx, shelf->tx.db));
}

static void a_customer_comes_back(void **state) {
    struct tx *tx = TX(state);
    struct customer_row in = {ALICE,   STR("a@example.com"), STR("Älice"), STR("DE"), STR("usd"),
                              STR(""), 1234567890123,        STR("de"),    STR("UTC")};
    struct customer_row out;
    bool is_found = true;
    assert_ok(customer_get(tx, ALICE, &out, &is_found));
    assert_false(is_found);
    assert_ok(customer_insert(tx, &in));
    assert_err(customer_insert(tx, &in), ERR_CONFLICT);
    assert_ok(customer_get(tx, ALICE, &out, &is_found));
    assert_true(is_found);
    same_text(in, out, email);
    same_text(in, out, name);
    same_text(in, out, country);
    same_text(in, out, currency);
    same_text(in, out, time_zone);
    same_number(in, out, created_at);
    assert_text(out.stripe_customer_id, "");
    assert_ok(customer_set_stripe(tx, ALICE, STR("cus_1")));
    assert_err(customer_set_stripe(tx, STR("bob"), STR("cus_1")), ERR_CONFLICT);
    assert_ok(customer_get(tx, ALICE, &out, &is_found));
    assert_text(out.stripe_customer_id, "cus_1");
}

static struct subscription_row subscription(struct record_id id, int64_t anchor) {
    return (struct subscription_row){
        .user_id = ALICE,
        .id = id,
        .tier = TIER_STARTER,
        .plan_version = 3,
        .interval = INTERVAL_YEAR,
        .status = SUBSCRIPTION_PAST_DUE,
        .currency = STR("usd"),
        .current_period_start = anchor,
        .current_period_end = anchor + 1000,
        .usage_anchor = anchor,
        .cancel_at_period_end = true,
        .pending_tier = TIER_FREE,
        .pending_interval = INTERVAL_MONTH,
        .past_due_since = anchor + 5,
        .stripe_subscription_id = STR("sub_1"),
        .stripe_item_id = STR("si_1"),
        .created_at = anchor,
        .ended_at = ROW_NONE,
        .access_until = anchor + 7,
        .stripe_schedule_id = STR("sub_sched_1"),
        .coupon = STR("LAUNCH"),
        .trial_ends_at = anchor + 7,
        .pending_version = 3,
    };
}

static void assert_same_subscription(const struct subscription_row *a,
                                     const struct subscription_row *b) {
    same_id(*a, *b, id);
    same_number(*a, *b, tier);
    same_number(*a, *b, plan_version);
    same_number(*a, *b, interval);
    same_number(*a, *b, status);
    same_number(*a, *b, current_period_start);
    same_number(*a, *b, current_period_end);
    same_number(*a, *b, usage_anchor);
    same_number(*a, *b, cancel_at_period_end);
    same_number(*a, *b, pending_tier);
    same_number(*a, *b, pending_interval);
    same_number(*a, *b, past_due_since);
    same_text(*a, *b, stripe_subscription_id);
    same_text(*a, *b, stripe_item_id);
    same_number(*a, *b, created_at);
    same_number(*a, *b, ended_at);
    same_number(*a, *b, access_until);
    same_text(*a, *b, stripe_schedule_id);
    same_text(*a, *b, coupon);
    same_number(*a, *b, trial_ends_at);
    same_number(*a, *b, pending_version);
}

static void one_subscription_is_in_force(void **state) {
    struct tx *tx = TX(state);
    struct subscription_row first = subscription(ID("subs", "a"), 100);
    struct subscription_row second = subscription(ID("subs", "b"), 200);
    struct subscription_row out;
    bool is_found = false;
    assert_ok(subscription_insert(tx, &first));
    assert_ok(subscription_in_force(tx, ALICE, &out, &is_found));
    assert_same_subscription(&first, &out);
    assert_err(subscription_insert(tx, &second), ERR_CONFLICT);
    first.ended_at = 200;
    first.pending_tier = first.pending_interval = -1;
    first.past_due_since = ROW_NONE;
    first.stripe_item_id = STR("");
    assert_ok(subscription_replace(tx, &first));
    assert_ok(subscription_insert(tx, &second));
    assert_ok(subscription_in_force(tx, ALICE, &out, &is_found));
    assert_same_subscription(&second, &out);
    assert_ok(subscription_get(tx, ALICE, id_str(&first.id), &out, &is_found));
    assert_same_subscription(&first, &out);
}

static void the_stretch_of_an_instant_is_found(void **state) {
    struct tx *tx = TX(state);
    struct subscription_row first = subscription(ID("subs", "a"), 100);
    struct subscription_row second = subscription(ID("subs", "b"), 200);
    static const struct {
        int64_t at, anchor;
    } rows[] = {{50, 100}, {100, 100}, {199, 100}, {200, 200}, {5000, 200}};
    int64_t found = 0;
    assert_ok(subscription_anchor_at(tx, ALICE, 100, &found));
    assert_true(found == ROW_NONE);
    first.ended_at = 200;
    assert_ok(subscription_insert(tx, &first));
    assert_ok(subscription_insert(tx, &second));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_ok(subscription_anchor_at(tx, ALICE, rows[i].at, &found));
        assert_int_equal(found, rows[i].anchor);
    }
    assert_ok(subscription_anchor_after(tx, ALICE, 100, &found));
    assert_int_equal(found, 200);
    assert_ok(subscription_anchor_after(tx, ALICE, 200, &found));
    assert_true(found == ROW_NONE);
}

static void an_invoice_is_updated_by_what_comes_later(void **state) {
    struct tx *tx = TX(state);
    struct invoice_row in = {
        .user_id = ALICE,
        .id = ID("invo", "a"),
        .subscription_id = ID("subs", "a"),
        .stripe_invoice_id = STR("in_1"),
        .number = STR(""),
        .status = INVOICE_OPEN,
        .billing_reason = STR("manual"),
        .currency = STR("usd"),
        .amount = 2900,
        .amount_due = 2900,
        .tax = 12,
        .due_date = ROW_NONE,
        .period_start = 1,
        .period_end = 2,
        .hosted_url = STR("https://a.example"),
        .pdf_url = STR("https://b.example"),
        .lines = STR("[]"),
        .created_at = 9,
    };
    struct invoice_row out;
    bool is_found = false;
    int64_t owed = 0;
    assert_ok(invoice_put(tx, &in));
    assert_ok(invoice_count_owed(tx, ALICE, &owed));
    assert_int_equal(owed, 1);
    in.status = INVOICE_PAID;
    in.amount_paid = 2900;
    in.number = STR("T-1");
    in.due_date = 77;
    assert_ok(invoice_put(tx, &in));
    assert_ok(invoice_get(tx, ALICE, id_str(&in.id), &out, &is_found));
    same_id(in, out, subscription_id);
    same_text(in, out, stripe_invoice_id);
    same_text(in, out, number);
    same_number(in, out, status);
    same_text(in, out, billing_reason);
    same_number(in, out, amount);
    same_number(in, out, amount_paid);
    same_number(in, out, tax);
    same_number(in, out, due_date);
    same_number(in, out, period_end);
    same_text(in, out, hosted_url);
    same_text(in, out, pdf_url);
    same_text(in, out, lines);
    assert_ok(invoice_count_owed(tx, ALICE, &owed));
    assert_int_equal(owed, 0);
}

static void one_method_is_the_default(void **state) {
    struct tx *tx = TX(state);
    struct payment_method_row rows[2] = {{.user_id = ALICE,
                                          .id = ID("paym", "a"),
                                          .stripe_payment_method_id = STR("pm_1"),
                                          .type = STR("card"),
                                          .brand = STR("visa"),
                                          .last4 = STR("4242"),
                                          .expiry_month = 1,
                                          .expiry_year = 2030,
                                          .created_at = 1,
                                          .detached_at = ROW_NONE}};
    struct payment_method_row out;
    bool is_found = false;
    rows[1] = rows[0];
    rows[1].id = ID("paym", "b");
    rows[1].expiry_month = rows[1].expiry_year = ROW_NONE;
    assert_ok(payment_method_put(tx, &rows[0]));
    assert_ok(payment_method_put(tx, &rows[1]));
    for (size_t i = 0; i < 2; i++) {
        assert_ok(payment_method_set_default(tx, ALICE, id_str(&rows[i].id)));
        for (size_t k = 0; k < 2; k++) {
            assert_ok(payment_method_get(tx, ALICE, id_str(&rows[k].id), &out, &is_found));
            assert_int_equal(out.is_default, k == i);
            same_number(rows[k], out, expiry_month);
            same_number(rows[k], out, expiry_year);
            same_text(rows[k], out, last4);
        }
    }
    rows[1].detached_at = 5;
    assert_ok(payment_method_put(tx, &rows[1]));
    struct row_list attached;
    assert_ok(payment_method_list(tx, ALICE, 10, &attached));
    assert_int_equal(attached.count, 1);
}

static void one_operation_is_open_and_ends_once(void **state) {
    struct tx *tx = TX(state);
    struct operation_row first = {.user_id = ALICE,
                                  .id = ID("oper", "a"),
                                  .kind = STR("change"),
                                  .request = STR("{}"),
                                  .created_at = 1,
                                  .finished_at = ROW_NONE};
    struct operation_row second = first;
    struct operation_row out;
    bool is_found = false;
    second.id = ID("oper", "b");
    assert_ok(operation_insert(tx, &first));
    assert_err(operation_insert(tx, &second), ERR_CONFLICT);
    first.status = OPERATION_FAILED;
    first.result_code = STR("payment_failed");
    first.result = STR("{\"a\":1}");
    first.finished_at = 2;
    assert_ok(operation_finish(tx, &first));
    assert_err(operation_finish(tx, &first), ERR_CONFLICT);
    assert_ok(operation_get(tx, ALICE, id_str(&first.id), &out, &is_found));
    same_number(first, out, status);
    same_text(first, out, result_code);
    same_text(first, out, result);
    same_number(first, out, finished_at);
    assert_ok(operation_open(tx, ALICE, &out, &is_found));
    assert_false(is_found);
    assert_ok(operation_insert(tx, &second));
}

static void a_call_is_one_row_and_ends_once(void **state) {
    struct tx *tx = TX(state);
    struct outbox_row in = {.user_id = ALICE,
                            .id = STR("key"),
                            .kind = STR("payments"),
                            .payload = STR("{}"),
                            .status = STR("pending"),
                            .next_attempt_at = 5,
                            .created_at = 5,
                            .finished_at = ROW_NONE};
    struct outbox_row out;
    struct row_list waiting;
    bool is_found = false;
    assert_ok(outbox_insert(tx, &in));
    assert_ok(outbox_insert(tx, &in)); /* the same work */
    assert_ok(outbox_retry(tx, &in, 6, STR("no answer")));
    assert_ok(outbox_pending(tx, 10, false, &waiting));
    assert_int_equal(waiting.count, 1);
    assert_ok(outbox_finish(tx, &in, STR("sub_1")));
    assert_err(outbox_finish(tx, &in, STR("sub_2")), ERR_CONFLICT);
    assert_err(outbox_retry(tx, &in, 8, STR("")), ERR_CONFLICT);
    assert_ok(outbox_get(tx, ALICE, in.id, &out, &is_found));
    assert_text(out.status, "done");
    assert_int_equal(out.attempts, 2);
    assert_int_equal(out.finished_at, cx_now_ms(tx->cx));
    assert_text(out.result_id, "sub_1");
    assert_text(out.last_error, "no answer");
    assert_string_equal(out.operation_id.text, "");
}

static void an_event_is_kept_once_and_ends_once(void **state) {
    struct tx *tx = TX(state);
    struct webhook_row in = {.stripe_event_id = STR("evt_1"),
                             .type = STR("invoice.paid"),
                             .object_id = STR("in_1"),
                             .body = STR("{}"),
                             .received_at = 1,
                             .status = STR("received"),
                             .next_attempt_at = 1,
                             .finished_at = ROW_NONE};
    struct stripe_object object;
    bool is_new = false;
    bool is_found = false;
    assert_ok(webhook_insert(tx, &in, &is_new));
    assert_true(is_new);
    assert_ok(webhook_insert(tx, &in, &is_new));
    assert_false(is_new);
    assert_ok(webhook_finish(tx, in.stripe_event_id, STR("applied"), STR("")));
    assert_err(webhook_finish(tx, in.stripe_event_id, STR("failed"), STR("")), ERR_CONFLICT);
    assert_ok(stripe_object_put(tx, STR("cus_1"), ALICE, STR("local")));
    assert_ok(stripe_object_put(tx, STR("cus_1"), STR("bob"), STR("other"))); /* the first stays */
    assert_ok(stripe_object_get(tx, STR("cus_1"), &object, &is_found));
    assert_text(object.user_id, "alice");
    assert_text(object.local_id, "local");
}

static void what_works_once_conflicts_the_second_time(void **state) {
    struct tx *tx = TX(state);
    struct quote_row quote = {.user_id = ALICE,
                              .id = ID("quot", "a"),
                              .subscription_id = ID("subs", "a"),
                              .tier = TIER_STARTER,
                              .currency = STR("usd"),
                              .used_at = ROW_NONE};
    struct sign_in_link_row link = {.token_hash = STR("hash"),
                                    .purpose = LINK_PORTAL,
                                    .person_id = STR("pers_1"),
                                    .user_id = ALICE,
                                    .return_path = STR("/"),
                                    .mfa_at = ROW_NONE,
                                    .methods = STR(""),
                                    .reason = STR(""),
                                    .expires_at = 10,
                                    .used_at = ROW_NONE};
    struct take_row take = {.user_id = ALICE,
                            .id = STR("t"),
                            .metric = METRIC_MODULES,
                            .amount = 3,
                            .answer = STR("{}")};
    assert_ok(quote_insert(tx, &quote));
    assert_ok(quote_use(tx, ALICE, id_str(&quote.id), 5));
    assert_err(quote_use(tx, ALICE, id_str(&quote.id), 6), ERR_CONFLICT);
    assert_ok(sign_in_link_insert(tx, &link));
    assert_ok(sign_in_link_use(tx, link.token_hash, 5));
    assert_err(sign_in_link_use(tx, link.token_hash, 6), ERR_CONFLICT);
    take.released = 2;
    assert_ok(take_put(tx, &take));
    assert_err(take_put(tx, &take), ERR_CONFLICT);
    take.released = 1;
    assert_ok(take_put(tx, &take));
    struct release_row release = {ALICE, STR("r"), METRIC_MODULES, 3, STR(""), 5};
    struct release_row read;
    bool is_known = true;
    assert_ok(release_get(tx, ALICE, release.id, &read, &is_known));
    assert_false(is_known);
    assert_ok(release_insert(tx, &release));
    assert_err(release_insert(tx, &release), ERR_CONFLICT);
    assert_ok(release_prune(tx, 5));
    assert_ok(release_get(tx, ALICE, release.id, &read, &is_known));
    assert_true(is_known && read.amount == 3 && read.metric == METRIC_MODULES);
    assert_ok(release_prune(tx, 6));
    assert_ok(release_get(tx, ALICE, release.id, &read, &is_known));
    assert_false(is_known);
}

static void settings_are_replaced_and_prices_are_not(void **state) {
    struct tx *tx = TX(state);
    struct plan_price_row price = {STR("key"), STR("price_1"), TIER_STARTER, 1, INTERVAL_MONTH};
    struct str value;
    assert_ok(setting_get(tx, "a", &value));
    assert_text(value, "");
    assert_ok(setting_put(tx, "a", STR("1")));
    assert_ok(setting_put(tx, "a", STR("2")));
    assert_ok(setting_get(tx, "a", &value));
    assert_text(value, "2");
    assert_ok(plan_price_insert(tx, &price));
    price.stripe_price_id = STR("price_2");
    assert_ok(plan_price_insert(tx, &price));
    assert_ok(plan_price_get(tx, STR("key"), &value));
    assert_text(value, "price_1");
}

static struct dunning_row dunning(struct record_id id, int64_t opened_at) {
    return (struct dunning_row){
        .user_id = ALICE,
        .id = id,
        .kind = DUNNING_LATE,
        .status = DUNNING_PAUSED,
        .invoice_id = ID("invo", "a"),
        .subscription_id = ID("subs", "a"),
        .retries = 2,
        .needs_new_method = true,
        .needs_takeover = true,
        .has_warned_end = true,
        .opened_at = opened_at,
        .access_until = opened_at + 7,
        .next_attempt_at = opened_at + 3,
        .due_at = opened_at + 2,
        .closed_at = ROW_NONE,
    };
}

static void assert_same_case(const struct dunning_row *a, const struct dunning_row *b) {
    same_text(*a, *b, user_id);
    same_id(*a, *b, id);
    same_number(*a, *b, kind);
    same_number(*a, *b, status);
    same_id(*a, *b, invoice_id);
    same_id(*a, *b, subscription_id);
    same_text(*a, *b, stripe_dispute_id);
    same_number(*a, *b, retries);
    same_number(*a, *b, needs_new_method);
    same_number(*a, *b, needs_takeover);
    same_number(*a, *b, is_access_ended);
    same_number(*a, *b, has_warned_access);
    same_number(*a, *b, has_warned_end);
    same_number(*a, *b, opened_at);
    same_number(*a, *b, access_until);
    same_number(*a, *b, next_attempt_at);
    same_number(*a, *b, due_at);
    same_number(*a, *b, closed_at);
}

static void a_case_comes_back_and_is_the_only_live_one_of_its_invoice(void **state) {
    struct tx *tx = TX(state);
    struct dunning_row first = dunning(ID("dunn", "a"), 100);
    struct dunning_row second = dunning(ID("dunn", "b"), 200);
    struct dunning_row out;
    bool is_found = false;
    int64_t at = 0;
    assert_ok(dunning_insert(tx, &first));
    assert_err(dunning_insert(tx, &second), ERR_CONFLICT);
    assert_ok(dunning_named(tx, id_str(&first.id), &out, &is_found));
    assert_same_case(&first, &out);
    assert_ok(dunning_due_next(tx, &at));
    assert_int_equal(at, 102);
    assert_ok(dunning_access_until(tx, ALICE, id_str(&first.subscription_id), &at));
    assert_int_equal(at, 107);

    first.status = DUNNING_RECOVERED;
    first.access_until = first.next_attempt_at = first.due_at = ROW_NONE;
    first.closed_at = 150;
    assert_ok(dunning_replace(tx, &first));
    assert_ok(dunning_get(tx, ALICE, id_str(&first.id), &out, &is_found));
    assert_same_case(&first, &out);
    assert_ok(dunning_due_next(tx, &at));
    assert_true(at == ROW_NONE);
    assert_ok(dunning_insert(tx, &second)); /* the one before is over */
    assert_ok(dunning_of_invoice(tx, ALICE, id_str(&first.invoice_id), &out, &is_found));
    same_id(second, out, id); /* the newest */
}

static void disputes_stand_beside_each_other(void **state) {
    struct tx *tx = TX(state);
    struct dunning_row first = dunning(ID("dunn", "a"), 100);
    struct dunning_row second = dunning(ID("dunn", "b"), 200);
    struct dunning_row out;
    bool is_found = false;
    first.kind = second.kind = DUNNING_DISPUTE;
    first.invoice_id = second.invoice_id = (struct record_id){""};
    first.stripe_dispute_id = STR("du_1");
    second.stripe_dispute_id = STR("du_2");
    assert_ok(dunning_insert(tx, &first));
    assert_ok(dunning_insert(tx, &second));
    assert_ok(dunning_of_dispute(tx, ALICE, STR("du_1"), &out, &is_found));
    assert_same_case(&first, &out);
    second.id = ID("dunn", "c");
    assert_err(dunning_insert(tx, &second), ERR_CONFLICT);
}

static void cases_are_paged_and_filtered(void **state) {
    struct tx *tx = TX(state);
    struct dunning_row open = dunning(ID("dunn", "a"), 100);
    struct dunning_row paused = dunning(ID("dunn", "b"), 100);
    struct row_list list;
    open.status = DUNNING_OPEN;
    paused.user_id = STR("bob");
    assert_ok(dunning_insert(tx, &open));
    assert_ok(dunning_insert(tx, &paused));
    struct dunning_filter all = {STR(""), -1, INT64_MAX, STR("")};
    assert_ok(dunning_page(tx, &all, 10, &list));
    assert_int_equal(list.count, 2);
    const struct dunning_row *rows = list.items;
    same_id(paused, rows[0], id); /* of one instant: by id, backward */
    struct dunning_filter rest = {STR(""), -1, 100, id_str(&paused.id)};
    assert_ok(dunning_page(tx, &rest, 10, &list));
    assert_int_equal(list.count, 1);
    struct dunning_filter of_status = {STR(""), DUNNING_OPEN, INT64_MAX, STR("")};
    assert_ok(dunning_page(tx, &of_status, 10, &list));
    assert_int_equal(list.count, 1);
    struct dunning_filter of_user = {STR("carol"), -1, INT64_MAX, STR("")};
    assert_ok(dunning_page(tx, &of_user, 10, &list));
    assert_int_equal(list.count, 0);
}

/* Two charges of one invoice under way at once would be two payments. */
static void one_attempt_of_an_invoice_is_in_flight(void **state) {
    struct tx *tx = TX(state);
    for (int status = 0; status < ATTEMPT_STATUS_COUNT; status++) {
        struct record_id invoice_id = ID("invo", "0");
        invoice_id.text[strlen(invoice_id.text) - 1] = (char)('a' + status); /* one of its own */
        struct payment_attempt_row first = {
            .user_id = ALICE,
            .id = id_new(tx->cx, "atte"),
            .invoice_id = invoice_id,
            .origin = ATTEMPT_OPERATOR,
            .status = status,
            .outbox_id = arena_printf(tx->cx->arena, "key-%d", status),
            .charge_id = STR("ch_1"),
            .decline_code = STR("lost_card"),
            .created_at = 100,
            .settled_at = ROW_NONE,
        };
        struct payment_attempt_row second = first;
        struct payment_attempt_row out;
        bool is_found = false;
        second.id = id_new(tx->cx, "atte");
        second.status = ATTEMPT_PENDING;
        assert_ok(payment_attempt_insert(tx, &first));
        struct err err = payment_attempt_insert(tx, &second);
        assert_int_equal(err.code == ERR_CONFLICT, attempt_is_in_flight(status));
        assert_ok(payment_attempt_of_call(tx, ALICE, first.outbox_id, &out, &is_found));
        assert_true(is_found);
        same_number(first, out, origin);
        same_number(first, out, status);
        same_text(first, out, charge_id);
        same_text(first, out, decline_code);
        same_number(first, out, settled_at);
        first.status = ATTEMPT_FAILED;
        first.settled_at = 200;
        assert_ok(payment_attempt_replace(tx, &first));
        assert_ok(payment_attempt_in_flight(tx, ALICE, id_str(&invoice_id), &out, &is_found));
        assert_int_equal(is_found, err.code != ERR_CONFLICT);
    }
}

/* --- totals of periods of many customers --- */

enum { TOTALS_TOLD_MAX = 64 };

struct told {
    char user_ids[TOTALS_TOLD_MAX]; /* their only letter */
    int64_t values[TOTALS_TOLD_MAX];
    size_t count;
};

static void note_told(void *context, const struct usage_period_total *total) {
    struct told *told = context;
    assert_true(total->user_id.len == 1 && told->count < TOTALS_TOLD_MAX);
    told->user_ids[told->count] = total->user_id.bytes[0];
    told->values[told->count++] = total->value;
}

static void add_total(void **state, struct usage_addition addition, const char *user_id) {
    addition.user_id = str_from_cstr(user_id);
    addition.metric = METRIC_API_REQUESTS;
    addition.events = 1;
    assert_ok(usage_add(TX(state), &addition));
}

/* Each customer's two periods, after so many hours. */
static void add_customer_with_hours(void **state, const char *user_id, int64_t hours) {
    for (int64_t i = 0; i < hours; i++) {
        add_total(state,
                  (struct usage_addition){
                      .grain = USAGE_HOUR, .timestamp = i * duration_hours(1).ms, .value = 1},
                  user_id);
    }
    for (int64_t i = 1; i <= 2; i++) {
        add_total(state, (struct usage_addition){.grain = USAGE_PERIOD, .timestamp = i, .value = i},
                  user_id);
    }
}

static struct told tell(void **state, const char *first, const char *last) {
    struct told told = {.count = 0};
    struct user_range range = {str_from_cstr(first), str_from_cstr(last)};
    assert_ok(usage_each_period(TX(state), range, note_told, &told));
    return told;
}

static void totals_of_periods_are_found_among_few_hours_and_among_many(void **state) {
    add_customer_with_hours(state, "a", 0);
    add_customer_with_hours(state, "b", 10);
    add_customer_with_hours(state, "c", 1000);
    add_customer_with_hours(state, "d", 10);
    struct told few = tell(state, "a", "b");
    assert_int_equal(few.count, 4);
    assert_memory_equal(few.user_ids, "aabb", 4);
    /* Where the hours became too many it begins again with the customer who was told last. */
    struct told many = tell(state, "a", "d");
    assert_int_equal(many.count, 10);
    assert_memory_equal(many.user_ids, "aabbbbccdd", 10);
    struct told first = tell(state, "c", "d");
    assert_int_equal(first.count, 4);
    assert_memory_equal(first.user_ids, "ccdd", 4);
    for (size_t i = 0; i < many.count; i++) {
        assert_int_equal(many.values[i], 1 + (int64_t)i % 2);
    }
    assert_int_equal(tell(state, "x", "y").count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ROWS_TEST(every_statement_fits_the_schema),
        ROWS_TEST(a_case_comes_back_and_is_the_only_live_one_of_its_invoice),
        ROWS_TEST(disputes_stand_beside_each_other),
        ROWS_TEST(cases_are_paged_and_filtered),
        ROWS_TEST(one_attempt_of_an_invoice_is_in_flight),
        ROWS_TEST(a_customer_comes_back),
        ROWS_TEST(one_subscription_is_in_force),
        ROWS_TEST(the_stretch_of_an_instant_is_found),
        ROWS_TEST(an_invoice_is_updated_by_what_comes_later),
        ROWS_TEST(one_method_is_the_default),
        ROWS_TEST(one_operation_is_open_and_ends_once),
        ROWS_TEST(a_call_is_one_row_and_ends_once),
        ROWS_TEST(an_event_is_kept_once_and_ends_once),
        ROWS_TEST(what_works_once_conflicts_the_second_time),
        ROWS_TEST(settings_are_replaced_and_prices_are_not),
        ROWS_TEST(totals_of_periods_are_found_among_few_hours_and_among_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
