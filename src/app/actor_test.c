/* Guards: who acts is known as long as the command lives, whatever becomes of the request. */
#include "app/actor.h"

#include <string.h>

#include "app/test_world.h"
#include "base/testing.h"

static void every_kind_has_its_word(void **state) {
    (void)state;
    for (int i = 0; i < ACTOR_KIND_COUNT; i++) {
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(actor_kind_name((enum actor_kind)i),
                                    actor_kind_name((enum actor_kind)k));
        }
    }
}

struct look {
    struct command command;
    char seen[64];
    bool is_done;
};

static struct err run(struct command *command, struct tx *tx) {
    struct look *look = (struct look *)command;
    const struct act *act = command->act;
    (void)tx;
    if (act != NULL) {
        (void)snprintf(look->seen, sizeof look->seen,
                       "%s " STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT,
                       actor_kind_name(act->actor.kind), STR_ARG(act->actor.id),
                       STR_ARG(act->actor.request_id), STR_ARG(act->action), STR_ARG(act->reason));
    }
    return OK;
}

static void done(struct command *command) {
    ((struct look *)command)->is_done = true;
}

static void a_command_keeps_a_copy(void **state) {
    struct world *world = *state;
    char id[] = "apik_1";
    char reason[] = "asked to";
    const struct act act = {
        .actor = {.kind = ACTOR_KEY, .id = str_from_cstr(id), .request_id = STR("reqs_1")},
        .action = STR("plan.change"),
        .reason = str_from_cstr(reason),
    };
    struct look named = {.command = {.run = run, .done = done}};
    struct look unnamed = {.command = {.run = run, .done = done}};
    world->app.acting = &act;
    command_submit(&world->app, &named.command);
    world->app.acting = NULL;
    command_submit(&world->app, &unnamed.command);
    memset(id, 'x', sizeof id - 1);
    memset(reason, 'x', sizeof reason - 1);
    world_run(world);
    assert_true(named.is_done && unnamed.is_done);
    assert_string_equal(named.seen, "key apik_1 reqs_1 plan.change asked to");
    assert_string_equal(unnamed.seen, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_word),
        WORLD_TEST(a_command_keeps_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
