/* Guards: what the gate refuses is kept once a day, also when the store refused it first, and sums
 * are what the rows come to, on every day, however often signals are given. */
#include "app/adoption.h"

#include <string.h>

#include "app/test_take.h"

enum { DAYS = 90, CUSTOMERS = 5, NAMES = 3 };

static struct adoption_sum sum_at(struct world *world, int64_t day, const char *kind,
                                  const char *name) {
    struct tx tx = world_read(world);
    struct row_list list;
    assert_ok(adoption_sums(&tx, day, day, &list));
    const struct adoption_sum *sums = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (str_equal(sums[i].kind, str_from_cstr(kind)) &&
            str_equal(sums[i].name, str_from_cstr(name))) {
            return sums[i];
        }
    }
    return (struct adoption_sum){.customers = 0};
}

static int64_t today(struct world *world) {
    return revenue_day_of(app_now(&world->app)).number;
}

static void what_is_refused_is_kept_once_a_day(void **state) {
    struct world *world = *state;
    for (int i = 0; i < 3; i++) {
        struct take_command denied = world_take(world, of(METRIC_API_REQUESTS, 20000, ""));
        assert_false(denied.answer.allowed);
        world_run(world);
    }
    int64_t day = today(world);
    assert_int_equal(sum_at(world, day, "block", "api_requests").customers, 1);
    assert_int_equal(sum_at(world, day, "any", "").customers, 1);
    assert_int_equal(sum_at(world, day + ADOPTION_DRIVER_DAYS - 1, "any", "").customers, 1);
    assert_int_equal(sum_at(world, day + ADOPTION_DRIVER_DAYS, "any", "").customers, 0);
}

static void what_was_not_stored_is_heard_again(void **state) {
    struct world *world = *state;
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = true});
    (void)world_take(world, of(METRIC_MODULES, 20000, ""));
    adoption_hear_feature(&world->app, STR("alice"), STR("custom_domains"), false);
    world_run(world);
    assert_int_equal(sum_at(world, today(world), "any", "").customers, 0);
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = false});
    adoption_hear_feature(&world->app, STR("alice"), STR("custom_domains"), false);
    world_run(world);
    assert_int_equal(sum_at(world, today(world), "denied_feature", "custom_domains").customers, 1);
}

/* What is heard while a write is under way is written with the next one. */
static void a_feature_that_is_there_leads_to_no_upgrade(void **state) {
    struct world *world = *state;
    adoption_hear_feature(&world->app, STR("alice"), STR("public_modules"), true);
    adoption_hear_feature(&world->app, STR("bob"), STR("public_modules"), true);
    world_run(world);
    int64_t day = today(world);
    assert_int_equal(sum_at(world, day, "used_feature", "public_modules").customers, 2);
    assert_int_equal(sum_at(world, day, "any", "").customers, 0);
    assert_int_equal(sum_at(world, day + 27, "used_feature", "public_modules").customers, 2);
    assert_int_equal(sum_at(world, day + 28, "used_feature", "public_modules").customers, 0);
}

/* --- sums against rows --- */

struct history {
    bool given[CUSTOMERS][DAYS][ADOPTION_DRIVERS][NAMES];
};
static const char *const names[NAMES] = {"modules", "storage", "bandwidth"};

/* For how many it counts on a day, by the rows: kind and name -1 are any. */
static int64_t counted(const struct history *history, int day, int kind, int name) {
    int64_t count = 0;
    for (int who = 0; who < CUSTOMERS; who++) {
        bool is = false;
        for (int at = day < 13 ? 0 : day - 13; at <= day; at++) {
            for (int k = 0; k < ADOPTION_DRIVERS; k++) {
                for (int n = 0; n < NAMES; n++) {
                    bool fits = (kind < 0 || kind == k) && (name < 0 || name == n);
                    is |= fits && history->given[who][at][k][n];
                }
            }
        }
        count += is;
    }
    return count;
}

static void give(struct world *world, struct prng *prng, struct history *history) {
    struct tx tx = {.cx = &world->cx, .db = world->writing};
    for (int i = 0; i < 400; i++) {
        int day = i * DAYS / 400;
        int who = (int)prng_below(prng, CUSTOMERS);
        int kind = (int)prng_below(prng, ADOPTION_DRIVERS);
        int name = (int)prng_below(prng, NAMES);
        const char *const users[CUSTOMERS] = {"a", "b", "c", "d", "e"};
        const struct adoption_given given = {str_from_cstr(users[who]),
                                             (enum adoption_kind)kind,
                                             str_from_cstr(names[name]),
                                             {1000 + day}};
        if (day % 30 < 20) { /* and then a pause, so that signals end */
            assert_ok(adoption_note(&tx, &given));
            history->given[who][day][kind][name] = true;
        }
    }
}

static void sums_are_what_the_rows_come_to(void **state) {
    struct world *world = *state;
    static struct history history;
    struct prng prng = prng_split(7, 0);
    memset(&history, 0, sizeof history);
    assert_ok(db_begin(world->writing));
    give(world, &prng, &history);
    assert_ok(db_commit(world->writing));
    for (int day = 0; day < DAYS; day++) {
        assert_int_equal(sum_at(world, 1000 + day, "any", "").customers,
                         counted(&history, day, -1, -1));
        for (int kind = 0; kind < ADOPTION_DRIVERS; kind++) {
            const char *word = adoption_kind_name((enum adoption_kind)kind);
            assert_int_equal(sum_at(world, 1000 + day, word, "").customers,
                             counted(&history, day, kind, -1));
            assert_int_equal(sum_at(world, 1000 + day, word, names[1]).customers,
                             counted(&history, day, kind, 1));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TAKE_TEST(what_is_refused_is_kept_once_a_day),
        TAKE_TEST(what_was_not_stored_is_heard_again),
        TAKE_TEST(a_feature_that_is_there_leads_to_no_upgrade),
        TAKE_TEST(sums_are_what_the_rows_come_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
