/* Guards: secrets are shown once and kept as hashes; keys check themselves before the store is
 * asked. */
#include "app/access.h"

#include <string.h>

#include "app/test_world.h"
#include "base/check.h"
#include "base/crypto.h"
#include "base/testing.h"

static int set_up(void **state) {
    int result = world_set_up(state);
    assert_int_equal(world_customer(*state, "alice"), OUTCOME_CREATED);
    return result;
}

static void done(struct command *command) {
    (void)command;
}

/* --- keys --- */

static unsigned scopes_of(struct world *world, const char *key) {
    struct tx tx = world_read(world);
    struct key_found found;
    assert_ok(key_scopes(&world->app, &tx, str_from_cstr(key), STR("192.0.2.1"), &found));
    assert_false(found.is_elsewhere);
    return found.scopes;
}

static void make_key(struct world *world, struct key_create *create, unsigned scopes) {
    *create = (struct key_create){.name = STR("one"), .scopes = scopes, .expires_at = ROW_NONE};
    create->command.done = done;
    key_create(&world->app, create);
    world_run(world);
    assert_int_equal(create->command.outcome, OUTCOME_CREATED);
}

static void a_key_opens_exactly_its_scopes(void **state) {
    struct world *world = *state;
    struct key_create narrow;
    struct key_create wide;
    make_key(world, &narrow, SCOPE_USAGE | SCOPE_READ);
    make_key(world, &wide, SCOPE_ALL);
    assert_int_equal(scopes_of(world, narrow.key), SCOPE_USAGE | SCOPE_READ);
    assert_int_equal(scopes_of(world, wide.key), SCOPE_ALL);
    assert_true(id_is(id_str(&narrow.id), "apik"));
    assert_true(str_starts_with(str_from_cstr(narrow.key), STR("tp_test_")));
}

static void revoked(struct key_revoke *revoke) {
    (void)revoke;
}

static enum outcome end_key(struct world *world, struct str id) {
    struct key_revoke revoke = {.id = id, .finished = revoked};
    key_revoke(&world->app, &revoke);
    world_run(world);
    return revoke.command.outcome;
}

static void a_revoked_key_opens_nothing_though_it_was_just_used(void **state) {
    struct world *world = *state;
    struct key_create gone;
    struct key_create kept;
    make_key(world, &gone, SCOPE_USAGE);
    make_key(world, &kept, SCOPE_READ);
    for (int i = 0; i < 2; i++) { /* the second time from memory */
        assert_int_equal(scopes_of(world, gone.key), SCOPE_USAGE);
        assert_int_equal(scopes_of(world, kept.key), SCOPE_READ);
    }
    assert_int_equal(end_key(world, id_str(&gone.id)), OUTCOME_DONE);
    assert_int_equal(scopes_of(world, gone.key), 0);
    assert_int_equal(scopes_of(world, kept.key), SCOPE_READ);
    assert_int_equal(end_key(world, id_str(&gone.id)), OUTCOME_DONE);
    assert_int_equal(end_key(world, STR("apik_none")), OUTCOME_KEY_NOT_FOUND);
}

static void a_remembered_key_ends_at_its_time_and_is_no_other(void **state) {
    struct world *world = *state;
    struct key_cache *cache = &world->app.keys;
    struct str key = STR("tp_test_00000000000000000000000000000023CgVv");
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, key)), 0);
    struct key_known known = {
        .scopes = SCOPE_USAGE, .expires_at = cx_now_ms(&world->cx) + 1000, .id = {"apik_1"}};
    key_cache_keep(cache, world->env, key, &known);
    assert_text(key_cache_id(cache, key_cache_marks(cache, key)), "apik_1");
    assert_text(key_cache_id(cache, key_cache_marks(cache, STR(""))), "");
    env_sim_advance(world->sim, 999);
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, key)), SCOPE_USAGE);
    assert_int_equal(
        key_cache_find(cache, world->env, key_cache_marks(cache, str_first(key, key.len - 1))), 0);
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, STR(""))), 0);
    env_sim_advance(world->sim, 1);
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, key)), 0);
    known.expires_at = INT64_MAX;
    key_cache_keep(cache, world->env, key, &known);
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, key)), SCOPE_USAGE);
    key_cache_clear(cache);
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, key)), 0);
}

static struct key_found from_of(struct world *world, const char *key, const char *from) {
    struct tx tx = world_read(world);
    struct key_found found;
    assert_ok(key_scopes(&world->app, &tx, str_from_cstr(key), str_from_cstr(from), &found));
    return found;
}

/* Also when it is remembered, and never by the way that looks at no address. */
static void a_key_bound_to_networks_opens_nothing_from_elsewhere(void **state) {
    struct world *world = *state;
    struct key_create create = {.name = STR("bound"),
                                .scopes = SCOPE_USAGE,
                                .expires_at = ROW_NONE,
                                .ip_allowlist = STR("192.0.2.0/24 2001:db8::/32")};
    create.command.done = done;
    key_create(&world->app, &create);
    world_run(world);
    for (int i = 0; i < 3; i++) {
        struct key_found found = from_of(world, create.key, "198.51.100.1");
        assert_int_equal(found.scopes, 0);
        assert_true(found.is_elsewhere);
        found = from_of(world, create.key, "192.0.2.200");
        assert_int_equal(found.scopes, SCOPE_USAGE);
        assert_int_equal(key_scopes_lately(&world->app, found.marks), 0);
        assert_int_equal(from_of(world, create.key, "2001:db8::1").scopes, SCOPE_USAGE);
        assert_int_equal(from_of(world, create.key, "").scopes, SCOPE_USAGE); /* the socket */
    }
    assert_int_equal(end_key(world, id_str(&create.id)), OUTCOME_DONE);
    struct key_found gone = from_of(world, create.key, "198.51.100.1");
    assert_false(gone.is_elsewhere); /* nobody is told whether it was right */
}

static void a_use_is_stored_once_a_minute(void **state) {
    struct world *world = *state;
    struct key_create create;
    struct key_use use = {.count = 0};
    struct tx tx;
    struct key_row row;
    bool is_there = false;
    make_key(world, &create, SCOPE_READ);
    assert_false(key_use_gather(&world->app, &use));
    assert_int_equal(scopes_of(world, create.key), SCOPE_READ);
    assert_true(key_use_gather(&world->app, &use));
    assert_int_equal(use.count, 1);
    use.command.done = done;
    key_use_write(&world->app, &use);
    world_run(world);
    tx = world_read(world);
    assert_ok(key_read(&tx, id_str(&create.id), &row, &is_there));
    assert_true(is_there);
    assert_true(row.last_used_at == use.at);
    assert_int_equal(scopes_of(world, create.key), SCOPE_READ);
    assert_false(key_use_gather(&world->app, &use));
    env_sim_advance(world->sim, KEY_USE_STEP_MS);
    assert_true(key_use_gather(&world->app, &use)); /* the use of before */
    assert_false(key_use_gather(&world->app, &use));
    env_sim_advance(world->sim, KEY_USE_STEP_MS);
    assert_false(key_use_gather(&world->app, &use));
    struct key_found found = from_of(world, create.key, "192.0.2.1");
    assert_int_equal(key_scopes_lately(&world->app, found.marks), SCOPE_READ);
    key_cache_clear(&world->app.keys); /* another key was revoked */
    assert_true(key_use_gather(&world->app, &use));
}

/* A key that another one pushed out of its place was used all the same. */
static void a_use_outlives_its_place(void **state) {
    struct world *world = *state;
    struct key_cache *cache = &world->app.keys;
    struct record_id ids[KEY_CACHE_SLOTS + 1];
    struct key_known known = {.scopes = SCOPE_READ, .expires_at = INT64_MAX};
    char name[] = "key-\0\0";
    size_t kept = 0;
    while (cache->displaced_count == 0) {
        name[4] = (char)('a' + kept % 16);
        name[5] = (char)('a' + kept / 16);
        struct str key = {name, 6};
        known.id = id_new(&world->cx, "apik");
        key_cache_keep(cache, world->env, key, &known);
        key_cache_use(cache, key_cache_marks(cache, key));
        kept++;
        assert_true(kept <= KEY_CACHE_SLOTS + 1);
    }
    int64_t now = cx_now_ms(&world->cx);
    assert_int_equal(key_cache_take_used(cache, now, ids, KEY_CACHE_SLOTS + 1), kept);
    for (size_t i = 0; i < kept; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_false(str_equal(id_str(&ids[i]), id_str(&ids[j])));
        }
    }
    assert_int_equal(key_cache_take_used(cache, now, ids, KEY_CACHE_SLOTS + 1), 0);
}

static void rotated(struct key_rotate *rotate) {
    (void)rotate;
}

static enum outcome rotate_key(struct world *world, struct key_rotate *rotate, struct str id,
                               int hours) {
    *rotate = (struct key_rotate){.id = id, .overlap_hours = hours, .finished = rotated};
    key_rotate(&world->app, rotate);
    world_run(world);
    return rotate->command.outcome;
}

static void keys_work_side_by_side_while_one_replaces_the_other(void **state) {
    struct world *world = *state;
    struct key_create old;
    struct key_rotate rotate;
    make_key(world, &old, SCOPE_USAGE | SCOPE_READ);
    assert_int_equal(scopes_of(world, old.key), SCOPE_USAGE | SCOPE_READ);
    assert_int_equal(rotate_key(world, &rotate, id_str(&old.id), 2), OUTCOME_CREATED);
    env_sim_advance(world->sim, duration_hours(2).ms - 1);
    assert_int_equal(scopes_of(world, old.key), SCOPE_USAGE | SCOPE_READ);
    assert_int_equal(scopes_of(world, rotate.key), SCOPE_USAGE | SCOPE_READ);
    env_sim_advance(world->sim, 1);
    assert_int_equal(scopes_of(world, old.key), 0);
    assert_int_equal(scopes_of(world, rotate.key), SCOPE_USAGE | SCOPE_READ);
    struct key_rotate again;
    assert_int_equal(rotate_key(world, &again, id_str(&old.id), 2), OUTCOME_KEY_NOT_ACTIVE);
    assert_int_equal(rotate_key(world, &again, STR("apik_none"), 2), OUTCOME_KEY_NOT_FOUND);
    assert_int_equal(rotate_key(world, &again, id_str(&rotate.made), 0), OUTCOME_CREATED);
    assert_int_equal(scopes_of(world, rotate.key), 0);
    assert_int_equal(scopes_of(world, again.key), SCOPE_USAGE | SCOPE_READ);
}

static void a_key_that_replaces_one_lasts_as_long_as_that_was_made_for(void **state) {
    struct world *world = *state;
    struct key_create old = {.name = STR("short"), .scopes = SCOPE_READ};
    struct key_rotate rotate;
    struct tx tx;
    struct key_row row;
    bool is_there = false;
    old.expires_at = cx_now_ms(&world->cx) + duration_hours(10).ms;
    old.command.done = done;
    key_create(&world->app, &old);
    world_run(world);
    env_sim_advance(world->sim, duration_hours(9).ms);
    assert_int_equal(rotate_key(world, &rotate, id_str(&old.id), 5), OUTCOME_CREATED);
    tx = world_read(world);
    assert_ok(key_read(&tx, id_str(&rotate.made), &row, &is_there));
    assert_true(row.expires_at == cx_now_ms(&world->cx) + duration_hours(10).ms);
    env_sim_advance(world->sim, duration_hours(1).ms); /* it does not outlive its own end */
    assert_int_equal(scopes_of(world, old.key), 0);
    assert_int_equal(scopes_of(world, rotate.key), SCOPE_READ);
}

static void a_well_formed_key_that_was_never_made_opens_nothing(void **state) {
    struct world *world = *state;
    char key[KEY_SIZE];
    key_make(world->env, true, key);
    assert_true(key_is_well_formed(str_from_cstr(key)));
    assert_int_equal(scopes_of(world, key), 0);
}

/* CRC-32 of "tp_test_" and thirty zeros, in six digits of base 62, worked out apart with zlib. */
static void the_checksum_of_a_key_is_crc32_in_base_62(void **state) {
    (void)state;
    assert_true(key_is_well_formed(STR("tp_test_00000000000000000000000000000023CgVv")));
}

static void every_single_changed_character_is_noticed(void **state) {
    struct world *world = *state;
    char key[KEY_SIZE];
    key_make(world->env, false, key);
    size_t len = strlen(key);
    assert_int_equal(len, 44);
    assert_true(str_starts_with(str_from_cstr(key), STR("tp_live_")));
    for (size_t i = 0; i < len; i++) {
        char before = key[i];
        key[i] = before == 'x' ? 'y' : 'x';
        assert_false(key_is_well_formed(str_of(key, len)));
        key[i] = before;
    }
    assert_true(key_is_well_formed(str_of(key, len)));
    assert_false(key_is_well_formed(str_of(key, len - 1)));
    assert_false(key_is_well_formed(STR("")));
}

static void only_hashes_of_secrets_are_stored(void **state) {
    struct world *world = *state;
    struct key_create create;
    make_key(world, &create, SCOPE_USAGE);
    struct str key = str_from_cstr(create.key);
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256(key, hash);
    str_hex(hash, sizeof hash, hex);
    struct tx tx = world_read(world);
    struct key_row row;
    bool is_found = false;
    assert_ok(key_get(&tx, str_of(hex, sizeof hex), &row, &is_found));
    assert_true(is_found);
    assert_text(row.prefix, "tp_test_");
    assert_true(str_equal(row.last4, str_skip(key, key.len - 4)));
    assert_text(row.scopes, "usage:write");
}

static void scopes_are_words_with_commas(void **state) {
    (void)state;
    static const struct {
        const char *list;
        unsigned scopes;     /* 0: refused … */
        const char *unknown; /* … for this word */
    } rows[] = {
        {"usage:write", SCOPE_USAGE, NULL},
        {"usage:write,billing:read", SCOPE_USAGE | SCOPE_READ, NULL},
        {" usage:write , admin ", SCOPE_USAGE | SCOPE_ADMIN, NULL},
        {"all", SCOPE_ALL, NULL},
        {"test,test", SCOPE_TEST, NULL},
        {"", 0, ""},
        {"usage", 0, "usage"},
        {"admin,", 0, ""},
        {"admin,Admin", 0, "Admin"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned scopes = 0;
        struct str unknown = STR("-");
        bool is_good = scopes_parse(str_from_cstr(rows[i].list), &scopes, &unknown);
        assert_int_equal(is_good, rows[i].scopes != 0);
        assert_int_equal(scopes, rows[i].scopes);
        assert_text(unknown, is_good ? "-" : rows[i].unknown);
    }
    assert_string_equal(scope_name(SCOPE_CUSTOMERS), "customers:write");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_opens_exactly_its_scopes, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_revoked_key_opens_nothing_though_it_was_just_used, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_remembered_key_ends_at_its_time_and_is_no_other, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_well_formed_key_that_was_never_made_opens_nothing, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_key_bound_to_networks_opens_nothing_from_elsewhere,
                                        set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_use_is_stored_once_a_minute, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_use_outlives_its_place, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(keys_work_side_by_side_while_one_replaces_the_other, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_replaces_one_lasts_as_long_as_that_was_made_for,
                                        set_up, world_tear_down),
        cmocka_unit_test(the_checksum_of_a_key_is_crc32_in_base_62),
        cmocka_unit_test_setup_teardown(every_single_changed_character_is_noticed, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(only_hashes_of_secrets_are_stored, set_up, world_tear_down),
        cmocka_unit_test(scopes_are_words_with_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
