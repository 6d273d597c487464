/* Guards: an attempt whose end is not known is the only one; a key that the provider may have
 * forgotten is not used again, the invoice is read; and where the provider retries by itself, it is
 * told to stop before we begin: never two engines, never two charges. */
#include "app/dunning.h"

#include "app/mirror.h"
#include "app/test_world.h"
#include "app/webhook.h"
#include "base/check.h"
#include "base/testing.h"
#include "jobs/jobs.h"
#include "store/invoice.h"
#include "store/outbox.h"

/* Alice, whose renewal has just been declined, in a world with jobs and a clock that is moved. */
struct plant {
    struct world world; /* first */
    struct env_clock clock;
    struct jobs *jobs;
    int events; /* sent so far */
};

static void poke(void *context) {
    jobs_poke(context);
}

static void received(struct command *command) {
    assert_int_equal(command->outcome, OUTCOME_DONE);
}

static void advanced(void *context, int outcome) {
    (void)context;
    assert_int_equal(outcome, OUTCOME_DONE);
}

/* Time passes; what cannot be answered yet is left waiting. */
static void pass(struct plant *plant, const char *to) {
    env_clock_set(&plant->clock, world_time(to).ms);
    jobs_run_due(plant->jobs);
    world_run(&plant->world);
}

/* To the instant, with all that falls due on the way. */
static void advance(struct plant *plant, const char *to) {
    jobs_advance(plant->jobs, world_time(to), advanced, NULL);
    world_run(&plant->world);
    assert_int_equal(app_now(&plant->world.app).ms, world_time(to).ms);
}

static struct payments_invoice *renewal(struct plant *plant) {
    check(plant->world.payments.invoice_count == 2);
    return &plant->world.payments.invoices[1];
}

/* Something happened to the renewal's invoice, says the provider. */
static void announce(struct plant *plant) {
    struct world *world = &plant->world;
    struct webhook_receive receive = {
        .event_id = arena_printf(&world->arena, "evt_%d", ++plant->events),
        .type = STR("invoice.updated"),
        .object_id = renewal(plant)->id,
        .body = STR("{}"),
    };
    receive.command.done = received;
    webhook_receive(&world->app, &receive);
    world_run(world);
}

static int set_up(void **state) {
    struct plant *plant = test_calloc(1, sizeof *plant);
    struct world *world = &plant->world;
    world_init(world, 1);
    env_clock_init(&plant->clock, world->env, world->env->wall_ms(world->env));
    world->env = &plant->clock.env;
    world->cx.env = world->env;
    world->payments.clock = world->env;
    assert_ok(world_open(world));
    struct jobs_options options = {.app = &world->app, .clock = &plant->clock};
    assert_ok(jobs_create(&world->cx, &options, &plant->jobs));
    world->poke = poke;
    world->poke_context = plant->jobs;
    jobs_run_due(plant->jobs);
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    advance(plant, "2015-06-17T01:00:00Z");
    test_payments_renew_unpaid(&world->payments, 0);
    *state = plant;
    return 0;
}

static int tear_down(void **state) {
    struct plant *plant = *state;
    assert_false(plant->world.payments.has_mismatch);
    world_stop(&plant->world);
    jobs_destroy(plant->jobs);
    plant->world.poke = NULL;
    world_close(&plant->world);
    plant->world.env = env_sim_env(plant->world.sim);
    world_finish(&plant->world);
    test_free(plant);
    return 0;
}
#define DUNNING_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* --- what is seen --- */

static struct dunning_row the_case(struct plant *plant) {
    struct tx tx = world_read(&plant->world);
    struct dunning_query query = {.user_id = STR("alice"), .status = -1};
    struct row_list list;
    assert_ok(dunning_read_page(&tx, &query, 10, &list));
    assert_int_equal(list.count, 1);
    return *(const struct dunning_row *)list.items;
}

/* "failed failed unknown" */
static struct str attempts(struct plant *plant) {
    struct tx tx = world_read(&plant->world);
    struct dunning_row row = the_case(plant);
    struct row_list list;
    struct str text = STR("");
    assert_ok(dunning_read_attempts(&tx, &row, &list));
    const struct payment_attempt_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        text = arena_printf(&plant->world.arena, STR_FMT "%s%s", STR_ARG(text), i > 0 ? " " : "",
                            attempt_status_name((enum attempt_status)rows[i].status));
    }
    return text;
}

static int pays(struct plant *plant) {
    return test_payments_count(&plant->world.payments, PAYMENTS_INVOICE_PAY);
}

static void decline_next(struct plant *plant) {
    plant->world.payments.next[PAYMENTS_INVOICE_PAY] = PAYMENTS_DECLINED;
}

/* --- unknown stays unknown --- */

static void no_second_attempt_before_the_first_is_known(void **state) {
    struct plant *plant = *state;
    struct test_payments *payments = &plant->world.payments;
    announce(plant);
    assert_text(attempts(plant), "failed");
    advance(plant, "2015-06-20T00:00:00Z");
    decline_next(plant);
    payments->breaks_answer = true; /* it is declined, and we are not told */
    pass(plant, "2015-06-20T02:00:00Z");
    assert_text(attempts(plant), "failed unknown");
    assert_int_equal(pays(plant), 1);

    struct dunning_row row = the_case(plant);
    struct operation_request by_hand = {.kind = OPERATION_INVOICE_PAY,
                                        .user_id = STR("alice"),
                                        .invoice_id = id_str(&row.invoice_id),
                                        .tier = -1,
                                        .interval = -1};
    assert_int_equal(world_operate(&plant->world, &by_hand).outcome, OUTCOME_PAYMENT_IN_PROGRESS);

    env_sim_advance(plant->world.sim,
                    5 * 60 * 1000); /* the rest is over: the same call, same key */
    world_run(&plant->world);
    assert_text(attempts(plant), "failed failed");
    assert_int_equal(pays(plant), 1);
    assert_int_equal(the_case(plant).retries, 1);
}

/* What an old key came to is read; the rows of the table are what was true there. */
static void an_old_key_is_read_back_not_used_again(void **state) {
    struct plant *plant = *state;
    struct test_payments *payments = &plant->world.payments;
    announce(plant);
    advance(plant, "2015-06-20T00:00:00Z");
    decline_next(plant);
    payments->breaks_answer = true;
    pass(plant, "2015-06-20T02:00:00Z");
    int times = payments->requests[payments->request_count - 1].times;

    env_clock_set(&plant->clock, world_time("2015-06-21T01:30:00Z").ms); /* 23 hours later */
    env_sim_advance(plant->world.sim, 5 * 60 * 1000);
    world_run(&plant->world);
    assert_int_equal(payments->requests[payments->request_count - 1].times, times);
    assert_text(attempts(plant), "failed failed"); /* the charge that is new there was ours */
    assert_int_equal(the_case(plant).retries, 1);
    assert_int_equal(payments->charge_count, 1);
}

static void what_never_arrived_is_tried_anew_under_a_new_key(void **state) {
    struct plant *plant = *state;
    struct test_payments *payments = &plant->world.payments;
    announce(plant);
    advance(plant, "2015-06-20T00:00:00Z");
    payments->loses[PAYMENTS_INVOICE_PAY] = true; /* the provider has never heard of it */
    pass(plant, "2015-06-20T02:00:00Z");
    assert_text(attempts(plant), "failed unknown");
    assert_int_equal(pays(plant), 0);
    payments->loses[PAYMENTS_INVOICE_PAY] = false;
    env_clock_set(&plant->clock, world_time("2015-06-21T01:30:00Z").ms);
    env_sim_advance(plant->world.sim, 5 * 60 * 1000);
    decline_next(plant);
    world_run(&plant->world);
    jobs_run_due(plant->jobs); /* the tick */
    world_run(&plant->world);
    assert_text(attempts(plant), "failed lost failed");
    assert_int_equal(pays(plant), 1);
    assert_int_equal(the_case(plant).retries, 1); /* the lost one used up no day */
}

static void an_old_key_that_has_paid_closes_the_case(void **state) {
    struct plant *plant = *state;
    struct test_payments *payments = &plant->world.payments;
    announce(plant);
    advance(plant, "2015-06-20T00:00:00Z");
    payments->breaks_answer = true; /* it is paid, and we are not told */
    pass(plant, "2015-06-20T02:00:00Z");
    env_clock_set(&plant->clock, world_time("2015-06-21T01:30:00Z").ms);
    env_sim_advance(plant->world.sim, 5 * 60 * 1000);
    world_run(&plant->world);
    assert_text(attempts(plant), "failed succeeded");
    assert_int_equal(the_case(plant).status, DUNNING_RECOVERED);
    assert_int_equal(payments->charge_count, 2); /* the purchase and the renewal */
}

/* --- one engine --- */

static void the_providers_own_retries_are_taken_over(void **state) {
    struct plant *plant = *state;
    struct payments_invoice *invoice = renewal(plant);
    invoice->has_next_attempt = true;
    invoice->next_attempt_at = world_time("2015-06-19T01:00:00Z");
    announce(plant);
    assert_false(invoice->auto_advance);
    assert_false(invoice->has_next_attempt);
    assert_false(the_case(plant).needs_takeover);
    assert_int_equal(test_payments_count(&plant->world.payments, PAYMENTS_INVOICE_ADVANCE), 1);
    announce(plant);
    assert_int_equal(test_payments_count(&plant->world.payments, PAYMENTS_INVOICE_ADVANCE), 1);
    decline_next(plant);
    advance(plant, "2015-06-20T02:00:00Z");
    assert_text(attempts(plant), "failed failed");
}

/* Until the provider has stopped, its retries are its own, and ours wait. */
static void we_do_not_begin_before_the_provider_has_stopped(void **state) {
    struct plant *plant = *state;
    struct test_payments *payments = &plant->world.payments;
    struct payments_invoice *invoice = renewal(plant);
    invoice->has_next_attempt = true;
    invoice->next_attempt_at = world_time("2015-06-19T01:00:00Z");
    payments->loses[PAYMENTS_INVOICE_ADVANCE] = true;
    announce(plant);
    assert_true(the_case(plant).needs_takeover);
    pass(plant, "2015-06-20T02:00:00Z");
    assert_int_equal(pays(plant), 0);
    payments->loses[PAYMENTS_INVOICE_ADVANCE] = false;
    decline_next(plant);
    env_sim_advance(plant->world.sim, 5 * 60 * 1000);
    world_run(&plant->world);
    jobs_run_due(plant->jobs); /* the tick */
    world_run(&plant->world);
    assert_false(the_case(plant).needs_takeover);
    assert_int_equal(pays(plant), 1);
    assert_text(attempts(plant), "failed failed");
}

/* --- who closes it --- */

static void a_voided_invoice_closes_its_case(void **state) {
    struct plant *plant = *state;
    announce(plant);
    renewal(plant)->status = INVOICE_VOID;
    announce(plant);
    assert_int_equal(the_case(plant).status, DUNNING_CLOSED);
    advance(plant, "2015-07-01T00:00:00Z");
    assert_int_equal(pays(plant), 0);
}

static void the_same_news_any_number_of_times_is_one_case(void **state) {
    struct plant *plant = *state;
    for (int i = 0; i < 4; i++) {
        announce(plant);
    }
    assert_text(attempts(plant), "failed");
    renewal(plant)->status = INVOICE_PAID;
    for (int i = 0; i < 3; i++) {
        announce(plant);
    }
    assert_int_equal(the_case(plant).status, DUNNING_RECOVERED);
    renewal(plant)->status = INVOICE_OPEN; /* an answer from before, which arrives after */
    announce(plant);
    assert_int_equal(the_case(plant).status, DUNNING_RECOVERED);
}

/* The provider knows no such invoice, or refuses to charge it: each day still counts. */
static void what_cannot_be_charged_still_ends(void **state) {
    struct plant *plant = *state;
    static const struct {
        const char *day;
        enum payments_outcome outcome;
    } days[] = {{"2015-06-20T02:00:00Z", PAYMENTS_MISSING},
                {"2015-06-24T02:00:00Z", PAYMENTS_REFUSED},
                {"2015-07-01T02:00:00Z", PAYMENTS_ACTION_REQUIRED}};
    announce(plant);
    for (size_t i = 0; i < ARRAY_LEN(days); i++) {
        plant->world.payments.next[PAYMENTS_INVOICE_PAY] = days[i].outcome;
        advance(plant, days[i].day);
        assert_int_equal(the_case(plant).retries, i + 1);
        assert_int_equal(pays(plant), i + 1);
    }
    assert_text(attempts(plant), "failed failed failed failed");
    assert_int_equal(the_case(plant).status, DUNNING_EXHAUSTED);
    assert_true(the_case(plant).needs_new_method); /* the last one asked for the customer */
    assert_int_equal(world_view(&plant->world, "alice").plan->tier, TIER_FREE);
}

/* --- news without the payment --- */

struct blind_news {
    struct command command;
    struct payments_answer answer;
    struct gate_update update;
};

static struct err mirror(struct command *command, struct tx *tx) {
    struct blind_news *news = (struct blind_news *)command;
    return mirror_answer(command->app, tx, &news->answer, &news->update);
}

/* As a walk over lists tells of the invoice: its payment is not beside it. */
static void tell_blindly(struct plant *plant) {
    struct blind_news news = {
        .command = {.run = mirror, .done = received},
        .answer = {.has_invoice = true, .invoice = *renewal(plant)},
    };
    news.answer.invoice.has_payment = false;
    news.answer.invoice.payment_status = news.answer.invoice.failed_charge_id = STR("");
    command_submit(&plant->world.app, &news.command);
    world_run(&plant->world);
}

static void a_failure_that_a_list_shows_is_looked_at_closer_once_a_day(void **state) {
    struct plant *plant = *state;
    struct tx tx = world_read(&plant->world);
    struct row_list waiting;
    renewal(plant)->is_attempted = false; /* open, and not yet charged: nothing has failed */
    tell_blindly(plant);
    renewal(plant)->is_attempted = true;
    tell_blindly(plant);
    assert_text(attempts(plant), "failed");
    tell_blindly(plant);
    tx = world_read(&plant->world);
    assert_ok(outbox_pending(&tx, 10, false, &waiting));
    assert_int_equal(waiting.count, 0);
    assert_text(attempts(plant), "failed");
}

/* A debit of which only lists tell that it is over. */
static void a_debit_that_ends_unheard_is_found(void **state) {
    struct plant *plant = *state;
    renewal(plant)->payment_status = STR("processing");
    renewal(plant)->failed_charge_id = STR("");
    announce(plant);
    struct tx tx = world_read(&plant->world);
    struct dunning_query query = {.user_id = STR("alice"), .status = -1};
    struct row_list list;
    assert_ok(dunning_read_page(&tx, &query, 10, &list));
    assert_int_equal(list.count, 0); /* under way is not failed */
    renewal(plant)->payment_status = STR("requires_payment_method");
    renewal(plant)->failed_charge_id = STR("ch_late");
    tell_blindly(plant);
    assert_int_equal(the_case(plant).kind, DUNNING_LATE);
    assert_text(attempts(plant), "failed");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        DUNNING_TEST(no_second_attempt_before_the_first_is_known),
        DUNNING_TEST(an_old_key_is_read_back_not_used_again),
        DUNNING_TEST(what_never_arrived_is_tried_anew_under_a_new_key),
        DUNNING_TEST(an_old_key_that_has_paid_closes_the_case),
        DUNNING_TEST(the_providers_own_retries_are_taken_over),
        DUNNING_TEST(we_do_not_begin_before_the_provider_has_stopped),
        DUNNING_TEST(what_cannot_be_charged_still_ends),
        DUNNING_TEST(a_failure_that_a_list_shows_is_looked_at_closer_once_a_day),
        DUNNING_TEST(a_debit_that_ends_unheard_is_found),
        DUNNING_TEST(a_voided_invoice_closes_its_case),
        DUNNING_TEST(the_same_news_any_number_of_times_is_one_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
