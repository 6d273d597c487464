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
    unsigned scopes = 0;
    struct key_marks marks;
    assert_ok(key_scopes(&world->app, &tx, str_from_cstr(key), &scopes, &marks));
    return scopes;
}

static void make_key(struct world *world, struct key_create *create, unsigned scopes) {
    *create = (struct key_create){.name = STR("one"), .scopes = scopes};
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
    struct key_known known = {SCOPE_USAGE, cx_now_ms(&world->cx) + 1000, {"apik_1"}};
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
        cmocka_unit_test(the_checksum_of_a_key_is_crc32_in_base_62),
        cmocka_unit_test_setup_teardown(every_single_changed_character_is_noticed, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(only_hashes_of_secrets_are_stored, set_up, world_tear_down),
        cmocka_unit_test(scopes_are_words_with_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
