/* Guards: four passwords are hashed at once and no more; the others wait in the order in which they
 * came, and each is answered once, also when there is no room or no memory. */
#include "api/hashing.h"

#include "base/testing.h"

enum { JOBS = HASHES_AT_ONCE + HASHES_WAITING_MAX };

/* The threads: what they were given, in order, and how much of it is finished. */
struct pool {
    void (*runs[JOBS + 1])(void *argument);
    void (*dones[JOBS + 1])(void *argument);
    void *arguments[JOBS + 1];
    size_t given, finished;
    bool is_out_of_memory;
};

static bool give(void *context, void (*run)(void *), void (*done)(void *), void *argument) {
    struct pool *pool = context;
    if (pool->is_out_of_memory) {
        return false;
    }
    pool->runs[pool->given] = run;
    pool->dones[pool->given] = done;
    pool->arguments[pool->given++] = argument;
    return true;
}

static void finish_one(struct pool *pool) {
    size_t at = pool->finished++;
    pool->runs[at](pool->arguments[at]);
    pool->dones[at](pool->arguments[at]);
}

struct asked {
    struct hash_job job;
    int works, answers, refusals;
};

static void work(void *argument) {
    ((struct asked *)argument)->works++;
}

static void done(void *argument) {
    ((struct asked *)argument)->answers++;
}

static void refused(void *argument) {
    ((struct asked *)argument)->refusals++;
}

static bool begin(struct hashing *hashing, struct asked *asked) {
    asked->job = (struct hash_job){work, done, refused, asked, NULL, NULL};
    return hashing_begin(hashing, &asked->job);
}

static void four_at_once_and_the_others_in_line(void **state) {
    (void)state;
    struct pool pool = {0};
    struct hashing hashing = {.background = {give, &pool}};
    static struct asked asked[JOBS + 1];
    for (size_t i = 0; i < JOBS; i++) {
        assert_true(begin(&hashing, &asked[i]));
        assert_int_equal(pool.given, i < HASHES_AT_ONCE ? i + 1 : HASHES_AT_ONCE);
    }
    assert_false(begin(&hashing, &asked[JOBS]));
    for (size_t i = 0; i < JOBS; i++) {
        finish_one(&pool);
        assert_true(pool.given - pool.finished <= HASHES_AT_ONCE);
        assert_int_equal(asked[i].works, 1);
        assert_int_equal(asked[i].answers, 1);
    }
    assert_int_equal(pool.given, JOBS);
    assert_int_equal(hashing.running + hashing.waiting, 0);
    assert_int_equal(asked[JOBS].works + asked[JOBS].answers + asked[JOBS].refusals, 0);
    assert_true(begin(&hashing, &asked[JOBS]));
}

static void without_memory_who_waited_is_told(void **state) {
    (void)state;
    struct pool pool = {0};
    struct hashing hashing = {.background = {give, &pool}};
    static struct asked asked[HASHES_AT_ONCE + 3];
    for (size_t i = 0; i < HASHES_AT_ONCE + 2; i++) {
        assert_true(begin(&hashing, &asked[i]));
    }
    pool.is_out_of_memory = true;
    finish_one(&pool);
    for (size_t i = HASHES_AT_ONCE; i < HASHES_AT_ONCE + 2; i++) {
        assert_int_equal(asked[i].refusals, 1);
        assert_int_equal(asked[i].works + asked[i].answers, 0);
    }
    assert_false(begin(&hashing, &asked[HASHES_AT_ONCE + 2]));
    assert_int_equal(hashing.running, HASHES_AT_ONCE - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_at_once_and_the_others_in_line),
        cmocka_unit_test(without_memory_who_waited_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
