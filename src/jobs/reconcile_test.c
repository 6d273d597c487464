/* Guards: reconciliation finds every difference, repairs those that are declared safe and no other,
 * and touches nothing else; a walk that finds nothing leaves everything as it was. */
#include "app/reconcile.h"
#include "base/testing.h"
#include "core/difference.h"
#include "jobs/test_works.h"

enum { CUSTOMERS = 10, HALF = 5 };

static struct payments_invoice *add_invoice(struct works *works, size_t customer,
                                            enum invoice_status status) {
    struct test_payments *payments = &works->world.payments;
    assert_true(payments->invoice_count < TEST_OBJECTS_MAX);
    struct payments_invoice *invoice = &payments->invoices[payments->invoice_count];
    *invoice = payments->invoices[customer]; /* as the first one of this customer, but for: */
    invoice->id = arena_printf(&works->world.arena, "in_more_%zu", payments->invoice_count);
    invoice->number = invoice->id;
    invoice->billing_reason = STR("manual");
    invoice->status = status;
    invoice->amount_paid = money_zero(invoice->total.currency);
    payments->invoice_count++;
    return invoice;
}

static void add_charge(struct works *works, size_t customer) {
    struct test_payments *payments = &works->world.payments;
    assert_true(payments->taken_count < TEST_OBJECTS_MAX);
    struct payments_charge *charge = &payments->taken[payments->taken_count];
    *charge = payments->taken[customer];
    charge->id = arena_printf(&works->world.arena, "ch_more_%zu", payments->taken_count);
    payments->taken_count++;
}

static void add_refund(struct works *works, size_t charge) {
    struct test_payments *payments = &works->world.payments;
    assert_true(payments->refund_count < TEST_OBJECTS_MAX);
    payments->refunds[payments->refund_count] = (struct payments_refund){
        .id = arena_printf(&works->world.arena, "re_%zu", payments->refund_count),
        .charge_id = payments->taken[charge].id,
        .status = STR("succeeded"),
        .amount = money_of(500, payments->taken[charge].amount.currency),
        .created_at = payments->taken[charge].created_at,
    };
    payments->refund_count++;
}

static void add_second_record(struct works *works, size_t customer) {
    struct test_payments *payments = &works->world.payments;
    assert_true(payments->customer_count < TEST_OBJECTS_MAX);
    struct payments_customer *record = &payments->customers[payments->customer_count];
    *record = payments->customers[customer];
    record->id = arena_printf(&works->world.arena, "cus_more_%zu", payments->customer_count);
    payments->customer_count++;
}

/* Ten who pay; of each half five invoices that are still open; all of it known here. */
static void settle(struct works *works) {
    works->world.payments.page_size = 3;
    for (size_t i = 0; i < CUSTOMERS; i++) {
        const char *user_id = arena_printf(&works->world.arena, "customer%zu", i).bytes;
        assert_int_equal(world_customer(&works->world, user_id), OUTCOME_CREATED);
        world_subscribe(&works->world, user_id, TIER_STARTER, INTERVAL_MONTH);
    }
    for (size_t i = 0; i < CUSTOMERS; i++) {
        (void)add_invoice(works, i, INVOICE_OPEN);
    }
    struct reconciliation_row first = works_reconcile(works, NULL, false);
    assert_int_equal(first.found, 2 * CUSTOMERS); /* those invoices, and what paid the first ones */
    assert_int_equal(first.repaired, first.found);
    assert_int_equal(first.left_over, 0);
}

/* By what is added to the lines, so that the sum stays right. */
static void raise_total(struct payments_invoice *invoice, int64_t minor) {
    invoice->total.minor += minor;
    invoice->tax_added = money_of(invoice->tax_added.minor + minor, invoice->total.currency);
}

/* Ten kinds, five of each; the first seven are safe. */
static void plant(struct works *works) {
    struct test_payments *payments = &works->world.payments;
    for (size_t i = 0; i < HALF; i++) {
        payments->subscriptions[i].status = SUBSCRIPTION_PAST_DUE;
        payments->subscriptions[HALF + i].cancel_at_period_end = true;
        payments->taken[i].amount_refunded = money_of(500, payments->taken[i].amount.currency);
        add_refund(works, i);
        add_charge(works, HALF + i);
        payments->invoices[CUSTOMERS + HALF + i].status = INVOICE_VOID;
        raise_total(&payments->invoices[i], 100); /* paid long ago */
        add_second_record(works, i);
        /* In the place of one that is known here stands one that is not. */
        payments->invoices[CUSTOMERS + i].id = arena_printf(&works->world.arena, "in_new_%zu", i);
    }
}

static const char *const planted[] = {
    "subscription_status",    "subscription_cancel",   "invoice_missing_here", "invoice_status",
    "charge_status",          "charge_missing_here",   "refund_missing_here",  "customer_twice",
    "invoice_settled_amount", "invoice_missing_there",
};
enum { SAFE = 7 };

static size_t count_found(struct works *works, const struct record_id *walk, const char *kind,
                          const char *status) {
    struct tx tx = world_read(&works->world);
    const struct difference_filter filter = {
        .before = STR("~"), .status = str_from_cstr(status), .reconciliation_id = id_str(walk)};
    struct row_list list;
    assert_ok(differences_read(&tx, &filter, 1000, &list));
    const struct difference_row *rows = list.items;
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        count += kind == NULL || str_equal(rows[i].kind, str_from_cstr(kind));
    }
    return count;
}

static void check_found(struct works *works, const struct reconciliation_row *walk,
                        bool is_repaired) {
    assert_int_equal(walk->found, 10 * HALF);
    for (size_t i = 0; i < ARRAY_LEN(planted); i++) {
        enum difference kind = DIFFERENCE_COUNT;
        assert_true(difference_parse(str_from_cstr(planted[i]), &kind));
        assert_int_equal(difference_is_safe(kind), i < SAFE);
        const char *status = is_repaired && i < SAFE ? "repaired" : "open";
        assert_int_equal(count_found(works, &walk->id, planted[i], status), HALF);
    }
}

static bool is_in(const struct works_dump *dump, struct str line) {
    for (size_t i = 0; i < dump->count; i++) {
        if (str_equal(dump->lines[i], line)) {
            return true;
        }
    }
    return false;
}

/* How many lines of a table are in `a` and not in `b`. */
static size_t count_only_in(const struct works_dump *a, const struct works_dump *b,
                            const char *table) {
    size_t count = 0;
    for (size_t i = 0; i < a->count; i++) {
        bool is_of = str_starts_with(a->lines[i], str_from_cstr(table));
        count += is_of && !is_in(b, a->lines[i]);
    }
    return count;
}

static void the_fifty_are_found_and_the_safe_ones_repaired(void **state) {
    struct works *works = *state;
    settle(works);
    struct reconciliation_row clean = works_reconcile(works, NULL, false);
    assert_int_equal(clean.found, 0);
    plant(works);
    struct works_dump before = works_dump(works);

    struct reconciliation_row dry = works_reconcile(works, NULL, true);
    check_found(works, &dry, false);
    assert_int_equal(dry.repaired, 0);
    assert_int_equal(dry.left_over, 10 * HALF);
    struct works_dump after_dry = works_dump(works);
    assert_int_equal(count_only_in(&before, &after_dry, ""), 0);
    assert_int_equal(count_only_in(&after_dry, &before, ""), 0);

    struct reconciliation_row walk = works_reconcile(works, NULL, false);
    check_found(works, &walk, true);
    assert_int_equal(walk.repaired, SAFE * HALF);
    assert_int_equal(walk.left_over, (10 - SAFE) * HALF);
    struct works_dump after = works_dump(works);
    /* Changed: ten subscriptions, five invoices, five charges. New: five of each that was missing.
     * Of everything else not a byte. */
    assert_int_equal(count_only_in(&before, &after, "subscriptions|"), 2 * HALF);
    assert_int_equal(count_only_in(&after, &before, "subscriptions|"), 2 * HALF);
    assert_int_equal(count_only_in(&before, &after, "invoices|"), HALF);
    assert_int_equal(count_only_in(&after, &before, "invoices|"), 2 * HALF);
    assert_int_equal(count_only_in(&before, &after, "charges|"), HALF);
    assert_int_equal(count_only_in(&after, &before, "charges|"), 2 * HALF);
    assert_int_equal(count_only_in(&after, &before, "refunds|"), HALF);
    assert_int_equal(count_only_in(&before, &after, ""), 4 * HALF);
    assert_int_equal(count_only_in(&after, &before, ""), 7 * HALF);
    world_check_gate(&works->world);

    struct reconciliation_row again = works_reconcile(works, NULL, false);
    assert_int_equal(again.found, (10 - SAFE) * HALF);
    assert_int_equal(again.repaired, 0);
    struct works_dump last = works_dump(works);
    assert_int_equal(count_only_in(&after, &last, ""), 0);
    assert_int_equal(count_only_in(&last, &after, ""), 0);
}

static void one_customer_is_walked_alone(void **state) {
    struct works *works = *state;
    settle(works);
    plant(works);
    struct works_dump before = works_dump(works);
    /* customer7's: it ends, an invoice was voided, a charge is not known. */
    struct reconciliation_row walk = works_reconcile(works, "customer7", false);
    assert_int_equal(walk.found, 3);
    assert_int_equal(walk.repaired, 3);
    struct works_dump after = works_dump(works);
    assert_int_equal(count_only_in(&before, &after, "subscriptions|customer7"), 1);
    assert_int_equal(count_only_in(&before, &after, "invoices|customer7"), 1);
    assert_int_equal(count_only_in(&after, &before, "charges|customer7"), 1);
    assert_int_equal(count_only_in(&before, &after, ""), 2);
    assert_int_equal(count_only_in(&after, &before, ""), 3);
}

static void a_total_that_its_lines_do_not_come_to_is_found(void **state) {
    struct works *works = *state;
    settle(works);
    works->world.payments.invoices[0].total.minor += 100;
    struct reconciliation_row walk = works_reconcile(works, NULL, false);
    assert_int_equal(count_found(works, &walk.id, "invoice_recomputed", "open"), 1);
    works->world.payments.invoices[0].has_other_parts = true;
    struct reconciliation_row again = works_reconcile(works, NULL, false);
    assert_int_equal(count_found(works, &again.id, "invoice_recomputed", "open"), 0);
}

static void what_is_put_right_by_hand_settles(void **state) {
    struct works *works = *state;
    struct test_payments *payments = &works->world.payments;
    settle(works);
    raise_total(&payments->invoices[0], 100);
    struct reconciliation_row walk = works_reconcile(works, NULL, false);
    assert_int_equal(walk.left_over, 1);
    raise_total(&payments->invoices[0], -100);
    struct reconciliation_row again = works_reconcile(works, NULL, false);
    assert_int_equal(again.found, 0);
    assert_int_equal(again.left_over, 0);
    assert_int_equal(count_found(works, &walk.id, "invoice_settled_amount", "settled"), 1);
}

static void done(struct command *command) {
    (void)command;
}

static void a_walk_goes_on_after_a_restart(void **state) {
    struct works *works = *state;
    struct world *world = &works->world;
    settle(works);
    plant(works);
    struct reconcile_start start = {.reason = "asked", .only_user_id = STR("")};
    start.command.done = done;
    reconcile_begin(&world->app, &start);
    for (int i = 0; i < 60; i++) { /* some way into it */
        world->poke(world->poke_context);
        (void)world_step(world);
    }
    world_stop(world);
    jobs_destroy(works->jobs);
    world_close(world);
    assert_ok(world_open(world));
    struct jobs_options options = {.app = &world->app};
    assert_ok(jobs_create(&world->cx, &options, &works->jobs));
    world->poke_context = works->jobs;
    struct tx tx = world_read(world);
    struct reconciliation_row row;
    bool is_found = false;
    assert_ok(reconciliation_read(&tx, id_str(&start.id), &row, &is_found));
    assert_text(row.status, "running");
    assert_true(row.examined > 0);
    world_run(world);
    tx = world_read(world);
    assert_ok(reconciliation_read(&tx, id_str(&start.id), &row, &is_found));
    assert_text(row.status, "done");
    check_found(works, &row, true);
}

static void one_walk_at_a_time_of_known_customers(void **state) {
    struct works *works = *state;
    struct world *world = &works->world;
    struct reconcile_start first = {.reason = "asked", .only_user_id = STR("")};
    struct reconcile_start second = first;
    first.command.done = second.command.done = done;
    reconcile_begin(&world->app, &first);
    reconcile_begin(&world->app, &second);
    world_run(world);
    assert_int_equal(first.command.outcome, OUTCOME_CREATED);
    assert_int_equal(second.command.outcome, OUTCOME_RECONCILIATION_RUNNING);
    struct reconcile_start nobody = {.reason = "asked", .only_user_id = STR("nobody")};
    nobody.command.done = done;
    reconcile_begin(&world->app, &nobody);
    world_run(world);
    assert_int_equal(nobody.command.outcome, OUTCOME_CUSTOMER_NOT_FOUND);
}

static void a_refusal_ends_the_walk_with_its_reason(void **state) {
    struct works *works = *state;
    struct world *world = &works->world;
    world->payments.next[PAYMENTS_INVOICE_LIST] = PAYMENTS_REFUSED;
    struct reconcile_start start = {.reason = "asked", .only_user_id = STR("")};
    start.command.done = done;
    reconcile_begin(&world->app, &start);
    world_run(world);
    struct tx tx = world_read(world);
    struct reconciliation_row row;
    bool is_found = false;
    assert_ok(reconciliation_read(&tx, id_str(&start.id), &row, &is_found));
    assert_text(row.status, "failed");
    assert_text(row.phase, "invoices_there");
    assert_text(row.last_error, "No.");
    (void)works_reconcile(works, NULL, false); /* and the next may begin */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORKS_TEST(the_fifty_are_found_and_the_safe_ones_repaired),
        WORKS_TEST(one_customer_is_walked_alone),
        WORKS_TEST(a_total_that_its_lines_do_not_come_to_is_found),
        WORKS_TEST(what_is_put_right_by_hand_settles),
        WORKS_TEST(a_walk_goes_on_after_a_restart),
        WORKS_TEST(one_walk_at_a_time_of_known_customers),
        WORKS_TEST(a_refusal_ends_the_walk_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
