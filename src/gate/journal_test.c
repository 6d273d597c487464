/* Guards: exactly once. Every identity is new until it is appended and a duplicate ever after,
 * through commits, abandoned groups, rewinds, collisions, growth, retention and restarts. */
#include "base/env_sim.h"
#include "base/testing.h"
#include "gate/journal.h"

#include <string.h>

enum { STORED_MAX = 1100, NUMBER_TEXT = 20 };

/* A journal and the store of its batches. */
struct world {
    struct env_sim *sim;
    struct journal_options options;
    struct journal *journal;
    struct str stored[STORED_MAX]; /* by number */
    uint64_t asked;
};

static int open_world(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    world->sim = env_sim_create(1);
    world->options = (struct journal_options){.env = env_sim_env(world->sim),
                                              .hash_key = {1, 2, 3},
                                              .ids_max = 2000000,
                                              .batch_first = 1};
    assert_ok(journal_create(&world->options, &world->journal));
    *state = world;
    return 0;
}

static int close_world(void **state) {
    struct world *world = *state;
    journal_destroy(world->journal);
    for (size_t i = 0; i < STORED_MAX; i++) {
        env_free(world->options.env, (void *)(uintptr_t)world->stored[i].bytes);
    }
    assert_int_equal(env_sim_blocks(world->sim), 0);
    env_sim_destroy(world->sim);
    test_free(world);
    return 0;
}

static struct usage_record event(struct str id) {
    return (struct usage_record){.identity = {STR("ada"), STR("edge"), id},
                                 .metric = METRIC_API_REQUESTS,
                                 .value = 1,
                                 .time = {1}};
}

static struct str number_text(char text[NUMBER_TEXT], size_t number) {
    size_t at = NUMBER_TEXT;
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return str_of(text + at, NUMBER_TEXT - at);
}

/* Looks up as a use case does: fetches what the journal asks for. */
static enum journal_answer look_up(struct world *world, const struct usage_record *record) {
    for (;;) {
        struct journal_found found = journal_lookup(world->journal, &record->identity);
        if (found.answer != JOURNAL_ASK) {
            return found.answer;
        }
        world->asked++;
        assert_in_range(found.batch, 1, STORED_MAX - 1);
        assert_ok(journal_offer_batch(world->journal, found.batch, world->stored[found.batch]));
    }
}

static enum journal_answer look_up_id(struct world *world, struct str id) {
    struct usage_record record = event(id);
    return look_up(world, &record);
}

static void append(struct world *world, struct str id) {
    struct usage_record record = event(id);
    assert_int_equal(look_up(world, &record), JOURNAL_NEW);
    assert_ok(journal_append(world->journal, &record, 1));
}

static uint64_t commit(struct world *world) {
    struct journal_batch batch = journal_close_group(world->journal);
    assert_true(batch.count > 0 && batch.number < STORED_MAX);
    char *copy = env_alloc(world->options.env, batch.blob.len);
    memcpy(copy, batch.blob.bytes, batch.blob.len);
    world->stored[batch.number] = str_of(copy, batch.blob.len);
    journal_committed(world->journal);
    return batch.number;
}

static void restart(struct world *world) {
    journal_destroy(world->journal);
    assert_ok(journal_create(&world->options, &world->journal));
    for (uint64_t i = 1; i < STORED_MAX; i++) {
        if (world->stored[i].bytes != NULL) {
            assert_ok(journal_load_batch(world->journal, i, world->stored[i]));
        }
    }
}

static void an_id_is_new_once(void **state) {
    struct world *world = *state;
    append(world, STR("a"));
    assert_int_equal(look_up_id(world, STR("a")), JOURNAL_DUPLICATE);
    assert_int_equal(look_up_id(world, STR("b")), JOURNAL_NEW);
    assert_int_equal(commit(world), 1);
    assert_int_equal(look_up_id(world, STR("a")), JOURNAL_DUPLICATE);
    append(world, STR("b"));
    assert_int_equal(commit(world), 2);
    assert_int_equal(look_up_id(world, STR("a")), JOURNAL_DUPLICATE);
    assert_int_equal(look_up_id(world, STR("b")), JOURNAL_DUPLICATE);
    assert_int_equal(world->asked, 0);
    assert_int_equal(journal_count(world->journal).ids, 2);
}

/* What the record with facts of this id says, fetching what is asked for; empty when there is none.
 */
static struct str recall_id(struct world *world, struct str id) {
    struct usage_record wanted = event(id);
    struct usage_record found;
    struct str facts;
    for (;;) {
        struct journal_found answer =
            journal_recall(world->journal, &wanted.identity, &found, &facts);
        if (answer.answer != JOURNAL_ASK) {
            return answer.answer == JOURNAL_NEW ? STR("") : facts;
        }
        world->asked++;
        assert_ok(journal_offer_batch(world->journal, answer.batch, world->stored[answer.batch]));
    }
}

static void append_take(struct world *world, struct str id, struct str facts) {
    struct usage_record record = event(id);
    record.kind = USAGE_TAKE;
    assert_ok(journal_append_with(world->journal, &record, facts));
}

static void facts_are_recalled_and_records_without_any_passed_over(void **state) {
    struct world *world = *state;
    append(world, STR("a"));
    assert_int_equal(recall_id(world, STR("a")).len, 0);
    append_take(world, STR("a"), STR("one"));
    append_take(world, STR("b"), STR("two"));
    assert_text(recall_id(world, STR("a")), "one"); /* while the group is open */
    journal_abandoned(world->journal);
    assert_int_equal(recall_id(world, STR("a")).len, 0);
    append(world, STR("a"));
    (void)commit(world);
    append_take(world, STR("a"), STR("three"));
    (void)commit(world);
    append(world, STR("c"));
    (void)commit(world);
    for (int i = 0; i < 2; i++) { /* also where none of the bytes are at hand */
        assert_text(recall_id(world, STR("a")), "three");
        assert_int_equal(recall_id(world, STR("b")).len, 0);
        assert_int_equal(recall_id(world, STR("c")).len, 0);
        assert_int_equal(world->asked > 0, i == 1);
        restart(world);
    }
}

static void customer_source_and_id_make_the_identity(void **state) {
    struct world *world = *state;
    static const char *const identities[][3] = {{"a", "b", "c"},  {"ab", "c", "d"},
                                                {"a", "bc", "d"}, {"a", "b", "cd"},
                                                {"b", "b", "c"},  {"a", "c", "c"}};
    for (size_t i = 0; i < ARRAY_LEN(identities); i++) {
        struct usage_record record = event(str_from_cstr(identities[i][2]));
        record.identity.user_id = str_from_cstr(identities[i][0]);
        record.identity.source = str_from_cstr(identities[i][1]);
        assert_int_equal(look_up(world, &record), JOURNAL_NEW);
        assert_ok(journal_append(world->journal, &record, 1));
        assert_int_equal(look_up(world, &record), JOURNAL_DUPLICATE);
    }
}

static void an_abandoned_group_was_never_there(void **state) {
    struct world *world = *state;
    append(world, STR("a"));
    assert_int_equal(journal_close_group(world->journal).number, 1);
    journal_abandoned(world->journal);
    assert_int_equal(look_up_id(world, STR("a")), JOURNAL_NEW);
    append(world, STR("b"));
    assert_int_equal(commit(world), 1);
    assert_int_equal(look_up_id(world, STR("a")), JOURNAL_NEW);
    assert_int_equal(look_up_id(world, STR("b")), JOURNAL_DUPLICATE);
}

static void a_group_that_failed_before_its_end_was_never_there(void **state) {
    struct world *world = *state;
    append(world, STR("a"));
    journal_abandoned(world->journal);
    assert_int_equal(look_up_id(world, STR("a")), JOURNAL_NEW);
    assert_int_equal(journal_close_group(world->journal).count, 0);
    append(world, STR("b"));
    assert_int_equal(commit(world), 1);
    assert_int_equal(look_up_id(world, STR("a")), JOURNAL_NEW);
}

static void an_empty_group_has_no_row(void **state) {
    struct world *world = *state;
    assert_int_equal(journal_close_group(world->journal).count, 0);
    append(world, STR("a"));
    assert_int_equal(commit(world), 1);
}

static void a_work_that_fails_rewinds_its_own_records_only(void **state) {
    struct world *world = *state;
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < 400; i++) {
        append(world, number_text(text, i));
    }
    struct journal_mark mark = journal_mark(world->journal);
    for (size_t i = 400; i < 3000; i++) { /* the table grows meanwhile */
        append(world, number_text(text, i));
    }
    journal_rewind(world->journal, mark);
    for (size_t i = 0; i < 3000; i++) {
        assert_int_equal(look_up_id(world, number_text(text, i)),
                         i < 400 ? JOURNAL_DUPLICATE : JOURNAL_NEW);
    }
    append(world, STR("other"));
    commit(world);
    restart(world);
    assert_int_equal(journal_count(world->journal).ids, 401);
    assert_int_equal(look_up_id(world, STR("399")), JOURNAL_DUPLICATE);
    assert_int_equal(look_up_id(world, STR("400")), JOURNAL_NEW);
}

/* Stages all of them and adds them in order; `ret_new` says which were new. */
static void add_staged(struct world *world, const struct usage_record *records, size_t count,
                       bool *ret_new) {
    struct journal_staged staged[8];
    assert_true(count <= ARRAY_LEN(staged));
    assert_ok(journal_reserve(world->journal, count));
    for (size_t i = 0; i < count; i++) {
        staged[i] = journal_stage(world->journal, &records[i]);
    }
    journal_locate(world->journal, staged, count);
    for (size_t i = 0; i < count; i++) {
        struct journal_found found = journal_add(world->journal, staged[i]);
        for (; found.answer == JOURNAL_ASK; found = journal_add(world->journal, staged[i])) {
            world->asked++;
            assert_ok(journal_offer_batch(world->journal, found.batch, world->stored[found.batch]));
        }
        ret_new[i] = found.answer == JOURNAL_NEW;
    }
}

/* The ids of a stored batch, each with a blank behind it. */
static struct str ids_of(struct str blob, char text[64]) {
    struct batch_reader reader;
    assert_ok(batch_open(blob, &reader));
    size_t len = 0;
    for (;;) {
        struct usage_record record;
        size_t offset;
        bool found = false;
        assert_ok(batch_next(&reader, &record, &offset, &found));
        if (!found) {
            return str_of(text, len);
        }
        assert_true(len + record.identity.id.len < 64);
        memcpy(text + len, record.identity.id.bytes, record.identity.id.len);
        len += record.identity.id.len;
        text[len++] = ' ';
    }
}

static void of_those_staged_the_new_ones_are_in_the_batch(void **state) {
    struct world *world = *state;
    char text[64];
    append(world, STR("known"));
    (void)commit(world);
    restart(world); /* the batch is asked for while others are staged */
    const struct usage_record records[] = {event(STR("a")),  event(STR("known")), event(STR("bb")),
                                           event(STR("a")),  event(STR("known")), event(STR("ccc")),
                                           event(STR("bb")), event(STR("known"))};
    static const bool expected[] = {true, false, true, false, false, true, false, false};
    bool is_new[ARRAY_LEN(records)];
    add_staged(world, records, ARRAY_LEN(records), is_new);
    assert_memory_equal(is_new, expected, sizeof expected);
    assert_int_equal(world->asked, 1);
    append(world, STR("d"));
    uint64_t number = commit(world);
    assert_text(ids_of(world->stored[number], text), "a bb ccc d ");
    for (int i = 0; i < 2; i++) { /* found at the places to which they moved up */
        assert_int_equal(look_up_id(world, STR("a")), JOURNAL_DUPLICATE);
        assert_int_equal(look_up_id(world, STR("ccc")), JOURNAL_DUPLICATE);
        assert_int_equal(look_up_id(world, STR("d")), JOURNAL_DUPLICATE);
        restart(world);
    }
}

static void nothing_is_left_of_what_was_staged_when_a_work_failed(void **state) {
    struct world *world = *state;
    char text[64];
    append(world, STR("before"));
    struct journal_mark mark = journal_mark(world->journal);
    const struct usage_record records[] = {event(STR("a")), event(STR("b")), event(STR("c"))};
    assert_ok(journal_reserve(world->journal, 3));
    struct journal_staged first = journal_stage(world->journal, &records[0]);
    (void)journal_stage(world->journal, &records[1]);
    journal_locate(world->journal, &first, 1);
    assert_int_equal(journal_add(world->journal, first).answer, JOURNAL_NEW);
    journal_rewind(world->journal, mark);
    bool is_new[3];
    add_staged(world, records, 3, is_new);
    assert_true(is_new[0] && is_new[1] && is_new[2]);
    uint64_t number = commit(world);
    assert_text(ids_of(world->stored[number], text), "before a b c ");
}

static void equal_fingerprints_of_other_ids_are_new(void **state) {
    struct world *world = *state;
    world->options.hash_bits = 3; /* eight fingerprints for everything */
    restart(world);
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < 300; i++) {
        append(world, number_text(text, i));
        if (i % 20 == 19) {
            commit(world);
        }
    }
    for (size_t i = 0; i < 600; i++) {
        assert_int_equal(look_up_id(world, number_text(text, i)),
                         i < 300 ? JOURNAL_DUPLICATE : JOURNAL_NEW);
    }
    assert_true(journal_count(world->journal).collided > 1000);
}

static void what_is_no_longer_at_hand_is_asked_for(void **state) {
    struct world *world = *state;
    world->options.cache_bytes_max = 300; /* a few batches */
    restart(world);
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < 100; i++) {
        append(world, number_text(text, i));
        commit(world);
    }
    assert_true(journal_count(world->journal).cached <= 300);
    assert_int_equal(look_up_id(world, STR("99")), JOURNAL_DUPLICATE);
    assert_int_equal(world->asked, 0);
    assert_int_equal(look_up_id(world, STR("3")), JOURNAL_DUPLICATE);
    assert_int_equal(world->asked, 1);
    assert_int_equal(look_up_id(world, STR("3")), JOURNAL_DUPLICATE);
    assert_int_equal(world->asked, 1);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(look_up_id(world, number_text(text, i)), JOURNAL_DUPLICATE);
    }
}

static void only_the_batch_that_was_asked_for_is_taken(void **state) {
    struct world *world = *state;
    append(world, STR("a"));
    commit(world);
    append(world, STR("b"));
    commit(world);
    restart(world);
    struct usage_record record = event(STR("a"));
    struct journal_found found = journal_lookup(world->journal, &record.identity);
    assert_int_equal(found.answer, JOURNAL_ASK);
    assert_int_equal(found.batch, 1);
    assert_err(journal_offer_batch(world->journal, 1, world->stored[2]), ERR_CORRUPT);
    assert_err(journal_offer_batch(world->journal, 1, STR("")), ERR_CORRUPT);
    struct str damaged = str_first(world->stored[1], world->stored[1].len - 1);
    assert_err(journal_offer_batch(world->journal, 1, damaged), ERR_CORRUPT);
    env_sim_fail_alloc(world->sim, 1, false);
    assert_err(journal_offer_batch(world->journal, 1, world->stored[1]), ERR_NO_MEMORY);
    assert_int_equal(look_up(world, &record), JOURNAL_DUPLICATE);
}

static void loading_refuses_what_is_not_the_next_sound_batch(void **state) {
    struct world *world = *state;
    append(world, STR("a"));
    commit(world);
    append(world, STR("b"));
    commit(world);
    restart(world);
    assert_err(journal_load_batch(world->journal, 2, world->stored[2]), ERR_CONFLICT);
    assert_err(journal_load_batch(world->journal, 1, world->stored[1]), ERR_CONFLICT);
    assert_err(journal_load_batch(world->journal, 3, world->stored[2]), ERR_CORRUPT);
    assert_err(journal_load_batch(world->journal, 3, STR("no batch")), ERR_CORRUPT);
    assert_int_equal(journal_count(world->journal).ids, 2);
    append(world, STR("c"));
    assert_int_equal(commit(world), 3);
}

static void the_number_of_ids_is_bounded(void **state) {
    struct world *world = *state;
    world->options.ids_max = 5;
    restart(world);
    append(world, STR("a"));
    append(world, STR("b"));
    commit(world);
    append(world, STR("c"));
    struct usage_record more[] = {event(STR("d")), event(STR("e")), event(STR("f"))};
    assert_err(journal_append(world->journal, more, 3), ERR_TOO_LARGE);
    assert_int_equal(look_up_id(world, STR("d")), JOURNAL_NEW);
    assert_ok(journal_append(world->journal, more, 2));
    commit(world);
    assert_err(journal_append(world->journal, &more[2], 1), ERR_TOO_LARGE);
    journal_forget_before(world->journal, 2);
    assert_ok(journal_append(world->journal, &more[2], 1));
    world->options.ids_max = 1;
    journal_destroy(world->journal);
    assert_ok(journal_create(&world->options, &world->journal));
    assert_err(journal_load_batch(world->journal, 1, world->stored[1]), ERR_TOO_LARGE);
}

static void a_full_group_is_busy_and_keeps_what_it_has(void **state) {
    struct world *world = *state;
    char text[LIMIT_EVENT_ID];
    memset(text, 'x', sizeof text);
    struct usage_record record = event(str_of(text, sizeof text));
    record.identity.source = str_of(text, LIMIT_EVENT_SOURCE);
    record.region = str_of(text, LIMIT_EVENT_LABEL);
    record.resource = str_of(text, LIMIT_EVENT_LABEL);
    struct err err = OK;
    size_t count = 0;
    while (!err_failed(err)) {
        memcpy(text, &count, sizeof count);
        err = journal_append(world->journal, &record, 1);
        count += !err_failed(err);
    }
    assert_err(err, ERR_BUSY);
    assert_int_equal(journal_count(world->journal).open, count);
    struct journal_batch batch = journal_close_group(world->journal);
    assert_int_equal(batch.count, count);
    assert_true(batch.blob.len <= BATCH_BYTES_MAX);
    journal_committed(world->journal);
    assert_ok(journal_append(world->journal, &record, 1));
}

static void without_memory_nothing_is_appended(void **state) {
    struct world *world = *state;
    struct usage_record records[] = {event(STR("a")), event(STR("b"))};
    for (uint64_t i = 1; i <= 2; i++) {
        env_sim_fail_alloc(world->sim, i, false);
        assert_err(journal_append(world->journal, records, 2), ERR_NO_MEMORY);
        assert_int_equal(look_up_id(world, STR("a")), JOURNAL_NEW);
        journal_destroy(world->journal);
        env_sim_fail_alloc(world->sim, 0, false);
        assert_ok(journal_create(&world->options, &world->journal));
    }
    for (uint64_t i = 1; i <= 2; i++) {
        struct journal *other;
        env_sim_fail_alloc(world->sim, i, false);
        assert_err(journal_create(&world->options, &other), ERR_NO_MEMORY);
    }
    env_sim_fail_alloc(world->sim, 0, false);
    assert_ok(journal_append(world->journal, records, 2));
    /* The cache takes no copy, so the store is asked instead. */
    struct journal_batch batch = journal_close_group(world->journal);
    char *copy = env_alloc(world->options.env, batch.blob.len);
    memcpy(copy, batch.blob.bytes, batch.blob.len);
    world->stored[1] = str_of(copy, batch.blob.len);
    env_sim_fail_alloc(world->sim, 1, true);
    journal_committed(world->journal);
    env_sim_fail_alloc(world->sim, 0, false);
    assert_int_equal(look_up_id(world, STR("b")), JOURNAL_DUPLICATE);
    assert_int_equal(world->asked, 1);
}

static void a_million_ids_through_growth_retention_and_restart(void **state) {
    struct world *world = *state;
    enum { BATCHES = 1000, EACH = 1000, FORGOTTEN = 400 };
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < BATCHES; i++) {
        for (size_t k = 0; k < EACH; k++) {
            append(world, number_text(text, i * EACH + k));
        }
        assert_int_equal(commit(world), i + 1);
        assert_int_equal(look_up_id(world, number_text(text, i * 617)), JOURNAL_DUPLICATE);
    }
    struct journal_counts live = journal_count(world->journal);
    assert_int_equal(live.ids, BATCHES * EACH);
    restart(world);
    assert_int_equal(journal_count(world->journal).ids, live.ids);
    assert_int_equal(journal_count(world->journal).batch_next, live.batch_next);
    journal_forget_before(world->journal, FORGOTTEN + 1);
    for (size_t i = 0; i < BATCHES * EACH; i += 7) {
        assert_int_equal(look_up_id(world, number_text(text, i)),
                         i < FORGOTTEN * EACH ? JOURNAL_NEW : JOURNAL_DUPLICATE);
    }
    while (journal_count(world->journal).ids > (BATCHES - FORGOTTEN) * EACH) {
        journal_forget_before(world->journal, FORGOTTEN + 1);
    }
    for (size_t i = 0; i < BATCHES * EACH; i += 7) {
        assert_int_equal(look_up_id(world, number_text(text, i)),
                         i < FORGOTTEN * EACH ? JOURNAL_NEW : JOURNAL_DUPLICATE);
    }
}

/* Of groups of works, wherever the table's growth stands: of three groups the third is abandoned,
 * and of each the second half is rewound. Ids are counted from 0 and never used again. */
static void what_is_taken_back_is_new_wherever_growth_stands(void **state) {
    struct world *world = *state;
    enum { GROUPS = 240, HALF = 150 };
    char text[NUMBER_TEXT];
    size_t id = 0;
    size_t kept = 0;
    for (size_t group = 0; group < GROUPS; group++) {
        for (size_t i = 0; i < HALF; i++) {
            append(world, number_text(text, id++));
        }
        struct journal_mark mark = journal_mark(world->journal);
        for (size_t i = 0; i < HALF; i++) {
            append(world, number_text(text, id++));
        }
        journal_rewind(world->journal, mark);
        if (group % 3 == 2) {
            journal_abandoned(world->journal);
        } else {
            commit(world);
            kept += HALF;
        }
        for (size_t i = 0; i < id; i += 31) {
            bool is_kept = i / (2 * HALF) % 3 != 2 && i % (2 * HALF) < HALF;
            assert_int_equal(look_up_id(world, number_text(text, i)),
                             is_kept ? JOURNAL_DUPLICATE : JOURNAL_NEW);
        }
    }
    for (size_t i = 0; i < 8; i++) { /* what was taken back takes no room for ever */
        journal_forget_before(world->journal, 1);
    }
    assert_int_equal(journal_count(world->journal).ids, kept);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(an_id_is_new_once),
        STORY(facts_are_recalled_and_records_without_any_passed_over),
        STORY(customer_source_and_id_make_the_identity),
        STORY(an_abandoned_group_was_never_there),
        STORY(a_group_that_failed_before_its_end_was_never_there),
        STORY(an_empty_group_has_no_row),
        STORY(a_work_that_fails_rewinds_its_own_records_only),
        STORY(of_those_staged_the_new_ones_are_in_the_batch),
        STORY(nothing_is_left_of_what_was_staged_when_a_work_failed),
        STORY(equal_fingerprints_of_other_ids_are_new),
        STORY(what_is_no_longer_at_hand_is_asked_for),
        STORY(only_the_batch_that_was_asked_for_is_taken),
        STORY(loading_refuses_what_is_not_the_next_sound_batch),
        STORY(the_number_of_ids_is_bounded),
        STORY(a_full_group_is_busy_and_keeps_what_it_has),
        STORY(without_memory_nothing_is_appended),
        STORY(what_is_taken_back_is_new_wherever_growth_stands),
        STORY(a_million_ids_through_growth_retention_and_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
