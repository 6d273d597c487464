/* Guards: secrets are shown once and kept as hashes; keys check themselves before the store is
 * asked; links work once and for minutes, sessions for hours. */
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
    key_cache_keep(cache, world->env, key, SCOPE_USAGE, cx_now_ms(&world->cx) + 1000);
    env_sim_advance(world->sim, 999);
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, key)), SCOPE_USAGE);
    assert_int_equal(
        key_cache_find(cache, world->env, key_cache_marks(cache, str_first(key, key.len - 1))), 0);
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, STR(""))), 0);
    env_sim_advance(world->sim, 1);
    assert_int_equal(key_cache_find(cache, world->env, key_cache_marks(cache, key)), 0);
    key_cache_keep(cache, world->env, key, SCOPE_USAGE, INT64_MAX);
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

/* --- links and sessions --- */

static enum outcome make_link(struct world *world, struct link_create *create, const char *user) {
    *create = (struct link_create){.user_id = str_from_cstr(user), .return_path = STR("/billing")};
    create->command.done = done;
    link_create(&world->app, create);
    world_run(world);
    return create->command.outcome;
}

static enum outcome use_link(struct world *world, struct session_begin *begin, const char *token) {
    *begin = (struct session_begin){.link_token = str_from_cstr(token)};
    begin->command.done = done;
    session_begin(&world->app, begin);
    world_run(world);
    return begin->command.outcome;
}

static void assert_user(struct world *world, const char *token, const char *user_id) {
    struct tx tx = world_read(world);
    struct str found;
    assert_ok(session_user(&world->app, &tx, str_from_cstr(token), &found));
    assert_text(found, user_id);
}

static void a_link_signs_in_once(void **state) {
    struct world *world = *state;
    struct link_create link;
    struct session_begin session;
    struct session_begin second;
    assert_int_equal(make_link(world, &link, "alice"), OUTCOME_CREATED);
    assert_int_equal(link.expires_at.ms, world_time("2015-05-17T00:15:00Z").ms);
    assert_int_equal(use_link(world, &session, link.token), OUTCOME_DONE);
    assert_string_equal(session.return_path, "/billing");
    assert_user(world, session.token, "alice");
    assert_int_equal(use_link(world, &second, link.token), OUTCOME_LINK_INVALID);
    assert_user(world, second.token, "");
    assert_user(world, link.token, ""); /* a link is not a session */
}

static void a_link_lives_for_a_quarter_of_an_hour(void **state) {
    struct world *world = *state;
    struct link_create early;
    struct link_create late;
    struct session_begin session;
    assert_int_equal(make_link(world, &early, "alice"), OUTCOME_CREATED);
    assert_int_equal(make_link(world, &late, "alice"), OUTCOME_CREATED);
    world_set_time(world, "2015-05-17T00:14:59.999Z");
    assert_int_equal(use_link(world, &session, early.token), OUTCOME_DONE);
    world_set_time(world, "2015-05-17T00:15:00Z");
    assert_int_equal(use_link(world, &session, late.token), OUTCOME_LINK_INVALID);
}

static void a_session_lives_for_twelve_hours_or_until_its_end(void **state) {
    struct world *world = *state;
    struct link_create link;
    struct session_begin sessions[2];
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(make_link(world, &link, "alice"), OUTCOME_CREATED);
        assert_int_equal(use_link(world, &sessions[i], link.token), OUTCOME_DONE);
    }
    struct session_end end = {.token = str_from_cstr(sessions[0].token)};
    end.command.done = done;
    session_end(&world->app, &end);
    world_run(world);
    assert_user(world, sessions[0].token, "");
    world_set_time(world, "2015-05-17T11:59:59.999Z");
    assert_user(world, sessions[1].token, "alice");
    world_set_time(world, "2015-05-17T12:00:00Z");
    assert_user(world, sessions[1].token, "");
}

static void links_are_for_customers_only(void **state) {
    struct world *world = *state;
    struct link_create link;
    struct session_begin session;
    assert_int_equal(make_link(world, &link, "nobody"), OUTCOME_CUSTOMER_NOT_FOUND);
    assert_int_equal(use_link(world, &session, link.token), OUTCOME_LINK_INVALID);
    assert_int_equal(use_link(world, &session, "never made"), OUTCOME_LINK_INVALID);
}

/* Both are in one group: the first one's use is seen by the second. */
static void of_two_uses_at_once_one_wins(void **state) {
    struct world *world = *state;
    struct link_create link;
    assert_int_equal(make_link(world, &link, "alice"), OUTCOME_CREATED);
    struct session_begin both[2] = {{.link_token = str_from_cstr(link.token)},
                                    {.link_token = str_from_cstr(link.token)}};
    for (size_t i = 0; i < 2; i++) {
        both[i].command.done = done;
        session_begin(&world->app, &both[i]);
    }
    world_run(world);
    assert_int_equal(both[0].command.outcome, OUTCOME_DONE);
    assert_int_equal(both[1].command.outcome, OUTCOME_LINK_INVALID);
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
        cmocka_unit_test_setup_teardown(a_link_signs_in_once, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_link_lives_for_a_quarter_of_an_hour, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_session_lives_for_twelve_hours_or_until_its_end, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(links_are_for_customers_only, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(of_two_uses_at_once_one_wins, set_up, world_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
