/* Guards: a link in a mail opens one invoice for a week, and nothing that was not signed opens any.
 */
#include "app/pay_link.h"

#include <string.h>

#include "app/test_world.h"
#include "base/testing.h"

/* Makes links as a use case does, inside a transaction. */
struct linking {
    struct command command;
    struct str path;
    struct arena *arena;
};

static struct err run(struct command *command, struct tx *tx) {
    struct linking *linking = (struct linking *)command;
    struct str path;
    TRY(pay_link_make(command->app, tx, STR("us/er 1"), STR("invo_1"), &path));
    linking->path = arena_str(linking->arena, path);
    return OK;
}

static void done(struct command *command) {
    assert_int_equal(command->outcome, OUTCOME_DONE);
}

/* The token alone. */
static struct str make(struct world *world) {
    struct linking linking = {.arena = &world->arena};
    linking.command.run = run;
    linking.command.done = done;
    command_submit(&world->app, &linking.command);
    world_run(world);
    assert_true(str_starts_with(linking.path, STR("/pay/")));
    return str_skip(linking.path, 5);
}

static bool opens(struct world *world, struct str token) {
    struct tx tx = world_read(world);
    struct pay_link link;
    bool is_valid = false;
    assert_ok(pay_link_read(&tx, token, &link, &is_valid));
    if (is_valid) {
        assert_text(link.user_id, "us/er 1");
        assert_text(link.invoice_id, "invo_1");
    }
    return is_valid;
}

static void it_opens_for_seven_days(void **state) {
    struct world *world = *state;
    struct str token = make(world);
    assert_true(opens(world, token));
    world_set_time(world, "2015-05-23T23:59:59Z");
    assert_true(opens(world, token));
    world_set_time(world, "2015-05-24T00:00:00Z");
    assert_false(opens(world, token));
    assert_true(opens(world, make(world)));
}

/* Every single character counts. */
static void what_was_changed_does_not_open(void **state) {
    struct world *world = *state;
    struct str token = make(world);
    for (size_t i = 0; i < token.len; i++) {
        struct str changed = arena_str(&world->arena, token);
        char *bytes = (char *)(uintptr_t)changed.bytes;
        bytes[i] = bytes[i] == 'a' ? 'b' : 'a';
        assert_false(opens(world, changed));
        assert_false(opens(world, str_first(token, i)));
    }
    assert_false(opens(world, arena_printf(&world->arena, STR_FMT "0", STR_ARG(token))));
    static const char *const others[] = {"", ".", "a.", ".a", "zz.00", "00.00"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_false(opens(world, str_from_cstr(others[i])));
    }
}

/* Before the first link there is no key, and an empty key signs nothing. */
static void without_a_key_nothing_opens(void **state) {
    struct world *world = *state;
    assert_false(opens(world, STR("00.b613679a0814d9ec772f95d778c35fc5")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(it_opens_for_seven_days),
        WORLD_TEST(what_was_changed_does_not_open),
        WORLD_TEST(without_a_key_nothing_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
