#include "api/hashing.h"

#include "base/check.h"

static void work(void *argument) {
    const struct hash_job *job = argument;
    job->work(job->argument);
}

static void finished(void *argument);

static bool run(struct hashing *hashing, struct hash_job *job) {
    hashing->running++;
    if (hashing->background.run(hashing->background.context, work, finished, job)) {
        return true;
    }
    hashing->running--;
    return false;
}

static struct hash_job *take_first(struct hashing *hashing) {
    struct hash_job *job = hashing->first;
    hashing->first = job->next;
    hashing->last = hashing->first == NULL ? NULL : hashing->last;
    hashing->waiting--;
    return job;
}

/* The job's memory is gone once its owner is told. */
static void finished(void *argument) {
    struct hash_job *job = argument;
    struct hashing *hashing = job->hashing;
    check(hashing->running > 0);
    hashing->running--;
    job->done(job->argument);
    while (hashing->first != NULL && hashing->running < HASHES_AT_ONCE) {
        struct hash_job *next = take_first(hashing);
        if (!run(hashing, next)) {
            next->refused(next->argument);
        }
    }
}

bool hashing_begin(struct hashing *hashing, struct hash_job *job) {
    job->hashing = hashing;
    job->next = NULL;
    if (hashing->running < HASHES_AT_ONCE) {
        return run(hashing, job);
    }
    if (hashing->waiting == HASHES_WAITING_MAX) {
        return false;
    }
    if (hashing->last == NULL) {
        hashing->first = job;
    } else {
        hashing->last->next = job;
    }
    hashing->last = job;
    hashing->waiting++;
    return true;
}
