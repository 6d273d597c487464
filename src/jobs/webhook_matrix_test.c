/* Guards: whatever order the events of a story come in, however often, and whichever of them are
 * lost until a reconciliation, the end is the provider's.
 *
 * The story: somebody subscribes, the renewal is drafted, finalized and declined. At the provider
 * it advances a stage between the deliveries, so that most events find a later state than the one
 * that they were sent for. Each order is lived through by a customer of their own. */
#include "app/reconcile.h"
#include "base/testing.h"
#include "jobs/test_works.h"
#include "store/charge.h"
#include "store/customer.h"
#include "store/invoice.h"
#include "store/subscription.h"
#include "store/webhook.h"

#include <string.h>

enum { EVENTS = 6, ORDERS_A_WORLD = 24, STORY_ORDERS = 720 };

static const char *const types[EVENTS] = {
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "invoice.payment_failed",
    "customer.subscription.updated",
    "payment_method.attached",
};

/* --- the story, at the provider --- */

struct story {
    struct works *works;
    const char *user_id;
    size_t number; /* of the customer in this world */
    struct payments_customer *customer;
    struct payments_method *method;
    struct payments_subscription *subscription;
    struct payments_invoice *renewal;
    int stage;
};

static const char *name_of(const struct story *story, const char *kind) {
    return arena_printf(&story->works->world.arena, "%s_%zu", kind, story->number).bytes;
}

/* The customer and their card and first payment are known; the answers to our own calls that made
 * the subscription were lost, so that events are all that tells of it. */
static struct story story_begin(struct works *works, size_t number) {
    struct world *world = &works->world;
    struct test_payments *payments = &world->payments;
    struct story story = {.works = works, .number = number};
    story.user_id = name_of(&story, "somebody");
    assert_int_equal(world_customer(world, story.user_id), OUTCOME_CREATED);
    struct operation_request attach = {
        .kind = OPERATION_METHOD_ATTACH,
        .user_id = str_from_cstr(story.user_id),
        .method_id = str_from_cstr(name_of(&story, "pm")),
        .tier = -1,
        .interval = -1,
    };
    assert_int_equal(world_operate(world, &attach).outcome, OUTCOME_DONE);
    story.customer = &payments->customers[payments->customer_count - 1];
    story.method = &payments->methods[payments->method_count - 1];
    struct record_id local_id = id_new(&world->cx, "subs");
    struct instant now = app_now(&world->app);
    struct currency usd;
    assert_true(currency_parse(STR("usd"), &usd));
    story.subscription = &payments->subscriptions[payments->subscription_count++];
    *story.subscription = (struct payments_subscription){
        .id = str_from_cstr(name_of(&story, "sub")),
        .customer_id = story.customer->id,
        .local_id = arena_str(&world->arena, id_str(&local_id)),
        .item_id = str_from_cstr(name_of(&story, "si")),
        .price_id = STR("price_1"),
        .lookup_key = STR("turnpike_starter_v1_month_usd"),
        .status = SUBSCRIPTION_ACTIVE,
        .current_period = period_at(now, INTERVAL_MONTH, (struct period_number){0}),
        .created_at = now,
    };
    story.renewal = &payments->invoices[payments->invoice_count++];
    *story.renewal = (struct payments_invoice){
        .id = str_from_cstr(name_of(&story, "in")),
        .customer_id = story.customer->id,
        .subscription_id = story.subscription->id,
        .billing_reason = STR("subscription_cycle"),
        .number = STR(""),
        .status = INVOICE_DRAFT,
        .total = money_of(2900, usd),
        .amount_due = money_of(2900, usd),
        .amount_paid = money_zero(usd),
        .tax = money_zero(usd),
        .has_other_parts = true, /* than its lines, of which there are none */
        .created_at = now,
        .period = story.subscription->current_period,
    };
    story.subscription->latest_invoice_id = story.renewal->id;
    return story;
}

/* Drafted, finalized, declined. */
static void story_advance(struct story *story) {
    story->stage++;
    if (story->stage == 2) {
        story->renewal->status = INVOICE_OPEN;
        story->renewal->number = str_from_cstr(name_of(story, "T"));
    } else if (story->stage == 4) {
        story->subscription->status = SUBSCRIPTION_PAST_DUE;
    }
}

static void story_finish(struct story *story) {
    while (story->stage < EVENTS) {
        story_advance(story);
    }
}

static void deliver(struct story *story, int event, int time) {
    const char *object =
        strncmp(types[event], "invoice.", 8) == 0
            ? story->renewal->id.bytes
            : (strncmp(types[event], "customer.", 9) == 0 ? story->subscription->id.bytes
                                                          : story->method->id.bytes);
    const char *id =
        arena_printf(&story->works->world.arena, "evt_%zu_%d_%d", story->number, event, time).bytes;
    works_event(story->works, id, types[event], object);
}

/* --- the end --- */

static void check_end(struct story *story) {
    struct world *world = &story->works->world;
    struct tx tx = world_read(world);
    struct str user_id = str_from_cstr(story->user_id);
    struct subscription_row row;
    struct invoice_row invoice;
    struct stripe_object object;
    bool is_found = false;
    assert_ok(subscription_in_force(&tx, user_id, &row, &is_found));
    assert_true(is_found);
    assert_true(str_equal(row.stripe_subscription_id, story->subscription->id));
    assert_int_equal(row.status, story->subscription->status);
    assert_int_equal(row.current_period_end, story->subscription->current_period.end.ms);
    assert_true(row.past_due_since != ROW_NONE);
    assert_ok(stripe_object_get(&tx, story->renewal->id, &object, &is_found));
    assert_true(is_found);
    assert_ok(invoice_get(&tx, user_id, object.local_id, &invoice, &is_found));
    assert_true(is_found);
    assert_int_equal(invoice.status, story->renewal->status);
    assert_true(str_equal(invoice.number, story->renewal->number));
    assert_int_equal(invoice.amount_due, 2900);
}

/* --- orders --- */

static void order_of(int number, int order[EVENTS]) {
    int left[EVENTS];
    for (int i = 0; i < EVENTS; i++) {
        left[i] = i;
    }
    for (int i = 0, count = EVENTS; count > 0; i++, count--) {
        int at = number % count;
        number /= count;
        order[i] = left[at];
        memmove(&left[at], &left[at + 1], (size_t)(count - at - 1) * sizeof *left);
    }
}

/* The provider is a stage further before every delivery; what is delivered when it has reached its
 * end reads the end. The last event of each object comes once more after that, as the last ones do
 * in life: they are sent when the story is over. */
static void live_in_order(struct works *works, int number) {
    struct story story = story_begin(works, (size_t)number);
    int order[EVENTS];
    order_of(number, order);
    for (int i = 0; i < EVENTS; i++) {
        story_advance(&story);
        deliver(&story, order[i], 0);
        if (number % 3 == i % 3) {
            deliver(&story, order[i], 0); /* the same once more */
        }
    }
    story_finish(&story);
    for (int i = 0; i < EVENTS; i++) {
        deliver(&story, order[EVENTS - 1 - i], 1); /* days later, backwards */
    }
    check_end(&story);
}

/* Which events are lost: the bits of the order's number. */
static void live_with_losses(struct works *works, int number) {
    struct story story = story_begin(works, (size_t)number);
    int order[EVENTS];
    order_of(number, order);
    for (int i = 0; i < EVENTS; i++) {
        story_advance(&story);
        if ((number >> i & 1) != 0) {
            deliver(&story, order[i], 0);
        }
    }
    story_finish(&story);
    (void)works_reconcile(works, story.user_id, false);
    check_end(&story);
    struct reconciliation_row again = works_reconcile(works, story.user_id, false);
    assert_int_equal(again.found, 0);
}

static void every_order(void (*live)(struct works *works, int number)) {
    for (int first = 0; first < STORY_ORDERS; first += ORDERS_A_WORLD) {
        struct works *works = test_calloc(1, sizeof *works);
        works_begin(works, (uint64_t)first + 1);
        for (int i = first; i < first + ORDERS_A_WORLD; i++) {
            live(works, i);
        }
        world_check_gate(&works->world);
        works_end(works);
        test_free(works);
    }
}

static void in_every_order_with_duplicates(void **state) {
    (void)state;
    every_order(live_in_order);
}

static void in_every_order_with_losses_and_a_reconciliation(void **state) {
    (void)state;
    every_order(live_with_losses);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_every_order_with_duplicates),
        cmocka_unit_test(in_every_order_with_losses_and_a_reconciliation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
