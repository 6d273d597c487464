/* Guards: a command that somebody asked for leaves one row, in the transaction of what it did; the
 * log is told of every chain and signed; and what was signed before is the beginning of what is
 * signed after. */
#include "app/audit_prove.h"

#include <stdio.h>
#include <string.h>

#include "app/audit.h"
#include "app/customer.h"
#include "app/maintenance.h"
#include "app/test_world.h"
#include "base/testing.h"

/* --- commands --- */

struct task {
    struct command command;
    struct err fails; /* what `run` ends with */
    bool says;
};

static struct err run(struct command *command, struct tx *tx) {
    struct task *task = (struct task *)command;
    if (task->says) {
        audit_say(tx, &(struct audit_said){
                          .customer = STR("ada"),
                          .object = STR("thing_1"),
                          .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("secretly", STR("no"))),
                      });
    }
    command->outcome = OUTCOME_CREATED;
    return task->fails;
}

static void done(struct command *command) {
    (void)command;
}

static const struct act somebody = {
    .actor = {.kind = ACTOR_KEY,
              .id = STR_INIT("apik_1"),
              .address = STR_INIT("203.0.113.7"),
              .user_agent = STR_INIT("curl \xff"),
              .request_id = STR_INIT("reqs_1")},
    .action = STR_INIT("thing.make"),
    .asked = STR_INIT("{\"size\":2}"),
    .reason = STR_INIT("because"),
};

static void do_task(struct world *world, struct task *task, const struct act *act) {
    task->command.run = run;
    task->command.done = done;
    world->app.acting = act;
    command_submit(&world->app, &task->command);
    world->app.acting = NULL;
    world_run(world);
}

static struct row_list rows_of(struct world *world, const char *user_id) {
    struct tx tx = world_read(world);
    struct row_list list;
    struct audit_filter filter = {.has_user = true,
                                  .user_id = str_from_cstr(user_id),
                                  .id_first = STR(""),
                                  .id_before = STR("~")};
    assert_ok(audit_read_page(&tx, &filter, 1000, &list));
    return list;
}

static void test_a_row_says_what_the_request_and_the_use_case_said(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "ada"), OUTCOME_CREATED);
    struct task task = {.says = true};
    do_task(world, &task, &somebody);
    struct row_list list = rows_of(world, "ada");
    const struct audit_row *row = list.items;
    struct str origin;
    struct str reason;
    assert_text(row->actor, "apik_1");
    assert_text(row->action, "thing.make");
    assert_text(row->object, "thing_1");
    assert_text(jcs_find(row->row, "after"), "{\"secretly\":\"no\"}");
    assert_text(jcs_find(row->row, "asked"), "{\"size\":2}");
    assert_true(jcs_plain(jcs_find(row->row, "reason"), &reason));
    assert_int_equal(reason.len, AUDIT_VEILED_SIZE - 1);
    assert_text(jcs_find(row->row, "outcome"), "\"created\"");
    assert_text(jcs_find(row->row, "request"), "\"reqs_1\"");
    assert_true(jcs_plain(jcs_find(row->row, "origin"), &origin));
    assert_int_equal(origin.len, AUDIT_VEILED_SIZE - 1);

    struct tx tx = world_read(world);
    struct audit_origin_row where;
    bool is_found = false;
    assert_ok(audit_read_origin(&tx, row, &where, &is_found));
    assert_true(is_found);
    assert_text(where.address, "203.0.113.7");
    assert_text(where.user_agent, "curl ?");
    assert_ok(audit_read_reason(&tx, row, &reason));
    assert_text(reason, "because");
}

static void test_who_is_no_customer_has_no_chain(void **state) {
    struct world *world = *state;
    size_t before = rows_of(world, "").count;
    struct task task = {.says = true};
    do_task(world, &task, &somebody);
    assert_int_equal(rows_of(world, "ada").count, 0);
    struct row_list list = rows_of(world, "");
    assert_int_equal(list.count, before + 1);
    assert_text(jcs_find(((const struct audit_row *)list.items)->row, "customer"), "\"ada\"");
}

static void test_what_fails_leaves_nothing(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "ada"), OUTCOME_CREATED);
    size_t before = rows_of(world, "ada").count;
    struct task task = {.says = true, .fails = ERR(ERR_CONFLICT)};
    do_task(world, &task, &somebody);
    assert_int_equal(rows_of(world, "ada").count, before);
    struct task unasked = {.says = true};
    do_task(world, &unasked, NULL);
    assert_int_equal(rows_of(world, "ada").count, before); /* the program's own says nothing */
}

static void test_the_program_tells_what_it_did_by_itself(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "ada"), OUTCOME_CREATED);
    const struct audit_row *row = rows_of(world, "ada").items;
    assert_text(row->action, "customer.created");
    assert_text(jcs_find(row->row, "actorKind"), "\"system\"");
}

/* --- checkpoints --- */

static void sign_all(struct world *world) {
    struct maintenance maintenance = {.kind = MAINTENANCE_AUDIT};
    maintenance.command.done = done;
    maintenance_start(&world->app, &maintenance);
    world_run(world);
    while (maintenance.has_more) {
        maintenance_go_on(&world->app, &maintenance);
        world_run(world);
    }
}

static void let_sign(struct world *world, struct audit_signer *signer) {
    static const uint8_t seed[SIGN_SEED_SIZE] = {1, 2, 3};
    *signer = (struct audit_signer){.origin = STR("turnpike/test")};
    sign_key_of(seed, &signer->key);
    world->app.audit_signer = signer;
}

static struct audit_verify verify_with(struct world *world, struct str kept) {
    char text[AUDIT_KEY_TEXT_MAX];
    const struct audit_signer *signer = world->app.audit_signer;
    struct audit_verify verify = {.kept = kept};
    verify.public_keys =
        str_of(text, audit_key_write(signer->origin, signer->key.public_key, text));
    struct tx tx = world_read(world);
    assert_ok(audit_verify(&tx, &verify));
    return verify;
}

static struct str last_note(struct world *world) {
    struct tx tx = world_read(world);
    struct row_list list;
    assert_ok(audit_checkpoints_read(&tx, INT64_MAX, 1, &list));
    return list.count == 0 ? STR("") : ((const struct audit_checkpoint_row *)list.items)->note;
}

static void test_all_chains_are_told_in_steps(void **state) {
    enum { CUSTOMERS = 450 };
    struct world *world = *state;
    static struct audit_signer signer; /* as long as the world */
    let_sign(world, &signer);
    for (int i = 0; i < CUSTOMERS; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "c%03d", i);
        assert_int_equal(world_customer(world, name), OUTCOME_CREATED);
    }
    struct tx tx = world_read(world);
    struct instant at;
    assert_ok(audit_log_due_at(&world->app, &tx, &at));
    assert_true(at.ms <= app_now(&world->app).ms);
    sign_all(world);
    struct audit_verify verify = verify_with(world, STR(""));
    assert_int_equal(verify.count, 0);
    assert_int_equal(verify.chains, CUSTOMERS);
    assert_int_equal(verify.heads, CUSTOMERS);
    assert_int_equal(verify.checkpoints, 1);
    assert_int_equal(verify.unsigned_rows, 0);
    tx = world_read(world);
    assert_ok(audit_log_due_at(&world->app, &tx, &at));
    assert_true(at.ms == INSTANT_MAX.ms);
}

static void test_what_was_signed_before_is_the_beginning(void **state) {
    struct world *world = *state;
    static struct audit_signer signer; /* as long as the world */
    struct str kept = STR("");
    let_sign(world, &signer);
    for (int round = 0; round < 12; round++) {
        char name[16];
        (void)snprintf(name, sizeof name, "c%d", round);
        assert_int_equal(world_customer(world, name), OUTCOME_CREATED);
        for (int i = 0; i < round; i++) { /* others grow as well */
            char other[16];
            (void)snprintf(other, sizeof other, "c%d", i);
            struct act act = somebody;
            struct task task = {.says = false};
            act.customer = str_from_cstr(other);
            do_task(world, &task, &act);
        }
        sign_all(world);
        sign_all(world); /* nothing has been told since: nothing is signed */
        kept = arena_printf(&world->arena, STR_FMT STR_FMT "\n", STR_ARG(kept),
                            STR_ARG(last_note(world)));
        struct audit_verify verify = verify_with(world, kept);
        assert_int_equal(verify.count, 0);
        assert_int_equal(verify.kept_count, round + 1);
        assert_int_equal(verify.checkpoints, round + 1);
    }
}

/* Of each note that was kept, to the newest; and back through the text. */
static void test_each_kept_note_is_proved_to_be_the_beginning(void **state) {
    struct world *world = *state;
    static struct audit_signer signer; /* as long as the world */
    struct audit_keys keys = {.count = 1, .origins = {STR("turnpike/test")}};
    struct str notes[9];
    let_sign(world, &signer);
    memcpy(keys.keys[0], signer.key.public_key, sizeof keys.keys[0]);
    for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "c%zu", i);
        assert_int_equal(world_customer(world, name), OUTCOME_CREATED);
        sign_all(world);
        notes[i] = arena_str(&world->arena, last_note(world));
    }
    struct audit_consistency proof;
    struct audit_consistency back;
    for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
        struct tx tx = world_read(world);
        assert_ok(audit_prove_consistency(&tx, notes[i], &keys, &proof));
        assert_ok(audit_consistency_read(tx.cx, audit_consistency_text(tx.cx, &proof), &back));
        assert_null(audit_consistency_complaint(&back, &keys));
        if (back.path.count > 0) {
            back.path.path[0].bytes[0] ^= 1;
            assert_non_null(audit_consistency_complaint(&back, &keys));
            back.path.path[0].bytes[0] ^= 1;
        }
        struct str older = back.older;
        back.older = back.newer;
        back.newer = older;
        assert_true(i == ARRAY_LEN(notes) - 1 || audit_consistency_complaint(&back, &keys) != NULL);
        keys.keys[0][0] ^= 1;
        assert_non_null(audit_consistency_complaint(&back, &keys));
        keys.keys[0][0] ^= 1;
    }
    struct tx tx = world_read(world);
    assert_err(audit_prove_consistency(&tx, STR("no note"), &keys, &proof), ERR_FORMAT);
    assert_err(audit_prove_consistency(&tx, STR(""), &keys, &proof), ERR_FORMAT);
}

static void test_each_row_is_proved(void **state) {
    struct world *world = *state;
    static struct audit_signer signer; /* as long as the world */
    struct audit_keys keys = {.count = 1, .origins = {STR("turnpike/test")}};
    let_sign(world, &signer);
    memcpy(keys.keys[0], signer.key.public_key, sizeof keys.keys[0]);
    for (int i = 0; i < 7; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "c%d", i);
        assert_int_equal(world_customer(world, name), OUTCOME_CREATED);
        struct act act = somebody;
        struct task task = {.says = false};
        act.customer = STR("c0");
        do_task(world, &task, &act);
        if (i % 2 == 1) {
            sign_all(world);
        }
    }
    struct row_list list = rows_of(world, "c0");
    const struct audit_row *rows = list.items;
    size_t proved = 0;
    for (size_t i = 0; i < list.count; i++) {
        struct tx tx = world_read(world);
        struct audit_proof proof;
        struct audit_proof back;
        bool is_found = false;
        assert_ok(audit_prove(&tx, id_str(&rows[i].id), &proof, &is_found));
        if (is_found) {
            assert_ok(audit_proof_read(tx.cx, audit_proof_text(tx.cx, &proof), &back));
            assert_null(audit_proof_complaint(&back, &keys));
            keys.keys[0][0] ^= 1;
            assert_non_null(audit_proof_complaint(&back, &keys));
            keys.keys[0][0] ^= 1;
            proved++;
        }
    }
    assert_int_equal(proved, list.count - 1); /* the last one is not signed yet */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_a_row_says_what_the_request_and_the_use_case_said),
        WORLD_TEST(test_who_is_no_customer_has_no_chain),
        WORLD_TEST(test_what_fails_leaves_nothing),
        WORLD_TEST(test_the_program_tells_what_it_did_by_itself),
        WORLD_TEST(test_all_chains_are_told_in_steps),
        WORLD_TEST(test_what_was_signed_before_is_the_beginning),
        WORLD_TEST(test_each_kept_note_is_proved_to_be_the_beginning),
        WORLD_TEST(test_each_row_is_proved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
