/* Guards: links work once and for minutes; a session lasts as long as its kind may, and only while
 * its person may be where it leads; what a page must send along is the session's own. */
#include "app/session.h"

#include <string.h>

#include "app/person.h"
#include "app/test_world.h"
#include "base/rfc3339.h"
#include "base/testing.h"
#include "store/session.h"

static int set_up(void **state) {
    int result = world_set_up(state);
    assert_int_equal(world_customer(*state, "alice"), OUTCOME_CREATED);
    return result;
}

static void done(struct command *command) {
    (void)command;
}

static enum outcome make_link_as(struct world *world, struct link_create *create, const char *user,
                                 const char *member, enum role role) {
    *create = (struct link_create){.user_id = str_from_cstr(user),
                                   .return_path = STR("/billing"),
                                   .member_id = str_from_cstr(member),
                                   .role = role,
                                   .authenticated_at = app_now(&world->app)};
    create->command.done = done;
    link_create(&world->app, create);
    world_run(world);
    return create->command.outcome;
}

static enum outcome make_link(struct world *world, struct link_create *create, const char *user) {
    return make_link_as(world, create, user, "", ROLE_OWNER);
}

static enum outcome use_link(struct world *world, struct session_begin *begin, const char *token) {
    *begin = (struct session_begin){.link_token = str_from_cstr(token)};
    begin->command.done = done;
    session_begin(&world->app, begin);
    world_run(world);
    return begin->command.outcome;
}

/* Whose it is; false when it opens nothing. */
static bool find(struct world *world, const char *token, struct signed_in *ret_session) {
    struct tx tx = world_read(world);
    bool is_found = false;
    assert_ok(session_find(&world->app, &tx, str_from_cstr(token), ret_session, &is_found));
    return is_found;
}

static void assert_user(struct world *world, const char *token, const char *user_id) {
    struct signed_in session = {.user_id = STR("")};
    bool is_found = find(world, token, &session);
    assert_int_equal(is_found, strlen(user_id) > 0);
    assert_text(is_found ? session.user_id : STR(""), user_id);
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

static void sign_in(struct world *world, struct session_begin *session, enum role role) {
    struct link_create link;
    assert_int_equal(make_link_as(world, &link, "alice", "eve", role), OUTCOME_CREATED);
    assert_int_equal(use_link(world, session, link.token), OUTCOME_DONE);
}

static void a_session_rests_for_an_hour_or_ends_when_told(void **state) {
    struct world *world = *state;
    struct session_begin sessions[2];
    sign_in(world, &sessions[0], ROLE_OWNER);
    sign_in(world, &sessions[1], ROLE_OWNER);
    struct session_end end = {.token = str_from_cstr(sessions[0].token)};
    end.command.done = done;
    session_end(&world->app, &end);
    world_run(world);
    assert_user(world, sessions[0].token, "");
    world_set_time(world, "2015-05-17T00:59:59.999Z");
    assert_user(world, sessions[1].token, "alice");
    world_set_time(world, "2015-05-17T01:00:00Z");
    assert_user(world, sessions[1].token, "");
}

static void set_instant(struct world *world, struct instant instant) {
    char text[RFC3339_SIZE];
    rfc3339_format(instant.ms, text);
    world_set_time(world, text);
}

static void touch(struct world *world, const char *token) {
    struct signed_in session;
    assert_true(find(world, token, &session));
    session_touch(&world->app, &session);
    world_run(world);
}

static void a_session_that_is_used_lasts_for_a_week(void **state) {
    struct world *world = *state;
    struct session_begin session;
    sign_in(world, &session, ROLE_OWNER);
    struct instant begun = app_now(&world->app);
    struct instant end = instant_add(begun, session_absolute(SESSION_PORTAL));
    struct duration step = {INT64_C(59) * 60 * 1000};
    struct instant now = begun;
    while (instant_add(now, step).ms < end.ms) {
        now = instant_add(now, step);
        set_instant(world, now);
        touch(world, session.token);
    }
    set_instant(world, end);
    assert_user(world, session.token, "");
}

static void set_role(struct world *world, const char *member, enum role role) {
    struct link_create link;
    assert_int_equal(make_link_as(world, &link, "alice", member, role), OUTCOME_CREATED);
}

static void a_role_that_changes_does_so_at_the_next_request(void **state) {
    struct world *world = *state;
    struct session_begin session;
    struct signed_in found;
    sign_in(world, &session, ROLE_OWNER);
    assert_true(find(world, session.token, &found));
    assert_int_equal(found.role, ROLE_OWNER);
    set_role(world, "eve", ROLE_VIEWER);
    set_role(world, "", ROLE_BILLING_ADMIN); /* somebody else of the same customer */
    assert_true(find(world, session.token, &found));
    assert_int_equal(found.role, ROLE_VIEWER);
}

static void a_page_sends_a_token_of_its_own_session(void **state) {
    struct world *world = *state;
    struct session_begin sessions[2];
    struct signed_in found[2];
    char tokens[3][CSRF_TOKEN_SIZE];
    for (size_t i = 0; i < 2; i++) {
        sign_in(world, &sessions[i], ROLE_OWNER);
        assert_true(find(world, sessions[i].token, &found[i]));
        session_csrf_token(&found[i], tokens[i]);
    }
    session_csrf_token(&found[0], tokens[2]);
    assert_string_equal(tokens[0], tokens[2]);
    assert_string_not_equal(tokens[0], tokens[1]);
    assert_int_equal(strlen(tokens[0]), CSRF_TOKEN_SIZE - 1);
    assert_null(strstr(sessions[0].token, tokens[0])); /* it says nothing of the cookie */
}

static struct str person_at(struct world *world, struct platform_person from) {
    struct tx tx = world_read(world);
    struct identity_row identity;
    bool is_found = false;
    struct str subject = arena_printf(tx.cx->arena, "%zu:" STR_FMT "/" STR_FMT, from.user_id.len,
                                      STR_ARG(from.user_id), STR_ARG(from.id));
    assert_ok(identity_get(&tx, STR("platform"), subject, &identity, &is_found));
    return is_found ? identity.person_id : STR("");
}

static void people_of_the_platform_are_found_again(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "a/b"), OUTCOME_CREATED);
    struct link_create link;
    assert_int_equal(make_link_as(world, &link, "alice", "eve", ROLE_OWNER), OUTCOME_CREATED);
    assert_int_equal(make_link_as(world, &link, "alice", "eve", ROLE_OWNER), OUTCOME_CREATED);
    assert_int_equal(make_link_as(world, &link, "alice", "bob", ROLE_OWNER), OUTCOME_CREATED);
    assert_int_equal(make_link_as(world, &link, "a/b", "", ROLE_OWNER), OUTCOME_CREATED);
    struct str eve =
        person_at(world, (struct platform_person){.user_id = STR("alice"), .id = STR("eve")});
    struct str bob =
        person_at(world, (struct platform_person){.user_id = STR("alice"), .id = STR("bob")});
    assert_true(id_is(eve, "pers") && id_is(bob, "pers"));
    assert_false(str_equal(eve, bob));
    assert_text(person_at(world, (struct platform_person){.user_id = STR("a"), .id = STR("b/")}),
                "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_link_signs_in_once, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_link_lives_for_a_quarter_of_an_hour, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(links_are_for_customers_only, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(of_two_uses_at_once_one_wins, set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_session_rests_for_an_hour_or_ends_when_told, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_session_that_is_used_lasts_for_a_week, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_role_that_changes_does_so_at_the_next_request, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_page_sends_a_token_of_its_own_session, set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(people_of_the_platform_are_found_again, set_up,
                                        world_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
