/* Guards: an attempt to come in belongs to one browser and is used once; who comes is whom issuer
 * and subject name; an account is linked to one person, and the last way in stays. */
#include "app/oidc.h"

#include "app/oidc_provider.h"
#include "app/person.h"
#include "app/test_world.h"
#include "base/testing.h"

#define ISSUER STR("https://id.example")

static void done(struct command *command) {
    (void)command;
}

/* --- attempts --- */

static void begin_as(struct world *world, struct oidc_begin *begin, const char *session,
                     bool links) {
    *begin = (struct oidc_begin){.return_path = STR("/billing"),
                                 .session_id = str_from_cstr(session),
                                 .links = links,
                                 .command = {.done = done}};
    oidc_begin(&world->app, begin);
    world_run(world);
    assert_int_equal(begin->command.outcome, OUTCOME_DONE);
}

static enum outcome finish(struct world *world, struct oidc_end *end, const char *secret,
                           const char *state) {
    *end = (struct oidc_end){.secret = str_from_cstr(secret),
                             .state = str_from_cstr(state),
                             .arena = &world->arena,
                             .command = {.done = done}};
    oidc_end(&world->app, end);
    world_run(world);
    return end->command.outcome;
}

static void an_attempt_is_used_once(void **state) {
    struct world *world = *state;
    struct oidc_begin begin;
    struct oidc_end end;
    begin_as(world, &begin, "", false);
    assert_int_equal(finish(world, &end, begin.secret, begin.state), OUTCOME_DONE);
    assert_text(end.return_path, "/billing");
    assert_int_equal(end.session_id.len, 0);
    assert_false(end.links);
    assert_int_equal(end.began_at, app_now(&world->app).ms);
    assert_int_equal(finish(world, &end, begin.secret, begin.state), OUTCOME_OIDC_ATTEMPT_GONE);
}

static void it_says_what_it_was_begun_for(void **state) {
    struct world *world = *state;
    struct oidc_begin begin;
    struct oidc_end end;
    begin_as(world, &begin, "sess_1", false);
    assert_int_equal(finish(world, &end, begin.secret, begin.state), OUTCOME_DONE);
    assert_text(end.session_id, "sess_1");
    assert_false(end.links);
    begin_as(world, &begin, "sess_1", true);
    assert_int_equal(finish(world, &end, begin.secret, begin.state), OUTCOME_DONE);
    assert_text(end.session_id, "sess_1");
    assert_true(end.links);
}

static void neither_secret_nor_state_is_enough(void **state) {
    struct world *world = *state;
    struct oidc_begin one;
    struct oidc_begin two;
    struct oidc_end end;
    begin_as(world, &one, "", false);
    begin_as(world, &two, "", false);
    assert_int_equal(finish(world, &end, one.secret, two.state), OUTCOME_OIDC_ATTEMPT_GONE);
    assert_int_equal(finish(world, &end, "", one.state), OUTCOME_OIDC_ATTEMPT_GONE);
    assert_int_equal(finish(world, &end, one.secret, ""), OUTCOME_OIDC_ATTEMPT_GONE);
    one.state[0] = one.state[0] == '0' ? '1' : '0';
    assert_int_equal(finish(world, &end, one.secret, one.state), OUTCOME_OIDC_ATTEMPT_GONE);
    assert_int_equal(finish(world, &end, two.secret, two.state), OUTCOME_DONE);
}

static void it_lasts_ten_minutes(void **state) {
    struct world *world = *state;
    struct oidc_begin early;
    struct oidc_begin late;
    struct oidc_end end;
    begin_as(world, &early, "", false);
    begin_as(world, &late, "", false);
    env_sim_advance(world->sim, INT64_C(10) * 60000 - 1);
    assert_int_equal(finish(world, &end, early.secret, early.state), OUTCOME_DONE);
    env_sim_advance(world->sim, 1);
    assert_int_equal(finish(world, &end, late.secret, late.state), OUTCOME_OIDC_ATTEMPT_GONE);
}

/* --- who comes --- */

static struct oidc_said said(const char *subject, const char *email, bool is_verified) {
    return (struct oidc_said){.issuer = ISSUER,
                              .subject = str_from_cstr(subject),
                              .email = str_from_cstr(email),
                              .name = STR("Somebody"),
                              .is_verified = is_verified,
                              .has_two_factors = true};
}

static enum outcome come(struct world *world, struct oidc_said who, enum role newcomers,
                         struct signed_in *ret_session) {
    struct oidc_sign_in sign_in = {.said = who, .newcomers = newcomers, .command = {.done = done}};
    bool is_found = false;
    oidc_sign_in(&world->app, &sign_in);
    world_run(world);
    if (sign_in.command.outcome == OUTCOME_DONE) {
        struct tx tx = world_read(world);
        assert_ok(session_find(&world->app, &tx,
                               arena_str(&world->arena, str_from_cstr(sign_in.token)), ret_session,
                               &is_found));
        assert_true(is_found);
    }
    return sign_in.command.outcome;
}

static void a_stranger_is_let_in_by_a_role_alone(void **state) {
    struct world *world = *state;
    struct signed_in session;
    struct signed_in again;
    assert_int_equal(come(world, said("s", "s@example.com", true), ROLE_NONE, &session),
                     OUTCOME_OIDC_PERSON_UNKNOWN);
    assert_int_equal(come(world, said("s", "s@example.com", false), ROLE_AUDITOR, &session),
                     OUTCOME_OIDC_EMAIL_UNVERIFIED);
    assert_int_equal(come(world, said("s", "s@example.com", true), ROLE_AUDITOR, &session),
                     OUTCOME_DONE);
    assert_int_equal(session.role, ROLE_AUDITOR);
    assert_false(session.is_pending);
    /* from then on by the subject alone, and what newcomers would be does not matter */
    assert_int_equal(come(world, said("s", "other@example.com", false), ROLE_FINANCE, &again),
                     OUTCOME_DONE);
    assert_int_equal(again.role, ROLE_AUDITOR);
    assert_true(str_equal(again.person_id, session.person_id));
    assert_int_equal(come(world, said("t", "S@Example.com", true), ROLE_FINANCE, &again),
                     OUTCOME_OIDC_SUBJECT_CHANGED);
}

static void one_factor_leaves_a_session_pending(void **state) {
    struct world *world = *state;
    struct signed_in session;
    struct oidc_said who = said("s", "s@example.com", true);
    who.has_two_factors = false;
    assert_int_equal(come(world, who, ROLE_AUDITOR, &session), OUTCOME_DONE);
    assert_true(session.is_pending);
}

/* --- proving afresh --- */

static enum outcome prove(struct world *world, struct oidc_said who,
                          const struct signed_in *session) {
    struct oidc_prove prove = {.said = who, .session = *session, .command = {.done = done}};
    oidc_prove(&world->app, &prove);
    world_run(world);
    return prove.command.outcome;
}

static void a_proof_is_of_the_same_person_and_of_two_factors(void **state) {
    struct world *world = *state;
    struct signed_in one;
    struct signed_in two;
    struct oidc_said who = said("s", "s@example.com", true);
    assert_int_equal(come(world, who, ROLE_AUDITOR, &one), OUTCOME_DONE);
    assert_int_equal(come(world, said("t", "t@example.com", true), ROLE_AUDITOR, &two),
                     OUTCOME_DONE);
    who.proved_at = app_now(&world->app);
    assert_int_equal(prove(world, who, &two), OUTCOME_OIDC_OTHER_PERSON);
    assert_int_equal(prove(world, said("nobody", "", false), &one), OUTCOME_OIDC_OTHER_PERSON);
    struct oidc_said weak = who;
    weak.has_two_factors = false;
    assert_int_equal(prove(world, weak, &one), OUTCOME_OIDC_ONE_FACTOR);
    weak = who;
    weak.proved_at.ms = 0;
    assert_int_equal(prove(world, weak, &one), OUTCOME_OIDC_ONE_FACTOR);
    assert_int_equal(prove(world, who, &one), OUTCOME_DONE);
    assert_int_equal(prove(world, who, &one), OUTCOME_SESSION_ENDED); /* it has another secret */
}

/* --- linking --- */

static enum outcome link_to(struct world *world, struct oidc_said who, struct str person_id) {
    struct oidc_link link = {.said = who, .person_id = person_id, .command = {.done = done}};
    oidc_link(&world->app, &link);
    world_run(world);
    return link.command.outcome;
}

static enum outcome unlink_from(struct world *world, struct str issuer, struct str person_id) {
    struct oidc_unlink unlink = {
        .issuer = issuer, .person_id = person_id, .command = {.done = done}};
    oidc_unlink(&world->app, &unlink);
    world_run(world);
    return unlink.command.outcome;
}

static void an_account_is_of_one_person(void **state) {
    struct world *world = *state;
    struct signed_in one;
    struct signed_in two;
    struct row_list list;
    assert_int_equal(come(world, said("s", "s@example.com", true), ROLE_AUDITOR, &one),
                     OUTCOME_DONE);
    assert_int_equal(come(world, said("t", "t@example.com", true), ROLE_AUDITOR, &two),
                     OUTCOME_DONE);
    assert_int_equal(link_to(world, said("s", "", false), one.person_id), OUTCOME_DONE);
    assert_int_equal(link_to(world, said("s", "", false), two.person_id), OUTCOME_IDENTITY_TAKEN);
    assert_int_equal(link_to(world, said("u", "", false), two.person_id), OUTCOME_IDENTITY_EXISTS);
    assert_int_equal(unlink_from(world, ISSUER, two.person_id), OUTCOME_DONE);
    assert_int_equal(unlink_from(world, ISSUER, two.person_id), OUTCOME_IDENTITY_NOT_FOUND);
    assert_int_equal(link_to(world, said("u", "", false), two.person_id), OUTCOME_DONE);
    struct tx tx = world_read(world);
    assert_ok(oidc_identities(&tx, two.person_id, &list));
    assert_int_equal(list.count, 1);
    assert_text(((const struct identity_row *)list.items)[0].subject, "u");
}

static void the_last_way_in_stays(void **state) {
    struct world *world = *state;
    const struct oidc_settings settings = {.issuer = ISSUER};
    struct signed_in session;
    assert_int_equal(come(world, said("s", "s@example.com", true), ROLE_AUDITOR, &session),
                     OUTCOME_DONE);
    world->app.oidc = oidc_provider_create(world->env, &settings);
    assert_non_null(world->app.oidc);
    assert_int_equal(unlink_from(world, ISSUER, session.person_id), OUTCOME_LAST_WAY_IN);
    assert_int_equal(unlink_from(world, PERSON_PLATFORM, session.person_id),
                     OUTCOME_IDENTITY_NOT_FOUND);
    oidc_provider_destroy(world->app.oidc);
    world->app.oidc = NULL; /* then it lets nobody in, and may go */
    assert_int_equal(unlink_from(world, ISSUER, session.person_id), OUTCOME_DONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(an_attempt_is_used_once),
        WORLD_TEST(it_says_what_it_was_begun_for),
        WORLD_TEST(neither_secret_nor_state_is_enough),
        WORLD_TEST(it_lasts_ten_minutes),
        WORLD_TEST(a_stranger_is_let_in_by_a_role_alone),
        WORLD_TEST(one_factor_leaves_a_session_pending),
        WORLD_TEST(a_proof_is_of_the_same_person_and_of_two_factors),
        WORLD_TEST(an_account_is_of_one_person),
        WORLD_TEST(the_last_way_in_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
