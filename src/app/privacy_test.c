/* Guards: nothing is done for a purpose that nobody allowed, and nothing at all while somebody's
 * data is set aside, whatever they allow. */
#include "app/privacy.h"

#include "app/test_world.h"
#include "base/testing.h"

static void done(struct command *command) {
    (void)command;
}

static void choose(struct world *world, unsigned allowed) {
    struct privacy_choose choice = {
        .user_id = STR("ada"),
        .row = {.subject = STR("ada"),
                .analytics = (allowed & 1U << PURPOSE_ANALYTICS) != 0,
                .experiments = (allowed & 1U << PURPOSE_EXPERIMENTS) != 0,
                .feedback_mail = (allowed & 1U << PURPOSE_FEEDBACK_MAIL) != 0,
                .marketing = (allowed & 1U << PURPOSE_MARKETING) != 0},
    };
    choice.command.done = done;
    privacy_choose(&world->app, &choice);
    world_run(world);
    assert_int_equal(choice.command.outcome, OUTCOME_DONE);
}

static void set_aside(struct world *world, bool is_restricted) {
    struct privacy_restrict wish = {
        .user_id = STR("ada"), .subject = STR("ada"), .is_restricted = is_restricted};
    wish.command.done = done;
    privacy_restrict(&world->app, &wish);
    world_run(world);
    assert_int_equal(wish.command.outcome, OUTCOME_DONE);
}

static unsigned allowed(struct world *world) {
    struct tx tx = app_read(&world->app, &world->cx);
    unsigned bits = 0;
    for (int i = 0; i < PURPOSE_COUNT; i++) {
        bool allows = true;
        assert_ok(privacy_allows(&tx, STR("ada"), (enum privacy_purpose)i, &allows));
        bits |= allows ? 1U << i : 0;
    }
    return bits;
}

static void every_combination_and_none_of_it_while_set_aside(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "ada"), OUTCOME_CREATED);
    assert_int_equal(allowed(world), 0);
    for (unsigned bits = 0; bits < 1U << PURPOSE_COUNT; bits++) {
        choose(world, bits);
        assert_int_equal(allowed(world), bits);
        set_aside(world, true);
        assert_int_equal(allowed(world), 0);
        choose(world, bits); /* what they allow is kept, and does not undo it */
        assert_int_equal(allowed(world), 0);
        set_aside(world, false);
        assert_int_equal(allowed(world), bits);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(every_combination_and_none_of_it_while_set_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
