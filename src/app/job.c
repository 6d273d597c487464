#include "app/job.h"

#include "app/audit.h"

struct err long_jobs_read(struct tx *tx, struct row_list *ret_list) {
    return long_jobs(tx, LONG_JOBS_EACH, ret_list);
}

static struct err find(struct tx *tx, struct str row_id, enum due_job *ret_job,
                       struct set_aside_row *ret_row, bool *ret_found) {
    *ret_found = false;
    for (int job = 0; job < DUE_JOB_COUNT && !*ret_found; job++) {
        *ret_job = (enum due_job)job;
        TRY(set_aside_get(tx, due_job_str(*ret_job), row_id, ret_row, ret_found));
    }
    return OK;
}

struct err set_aside_read(struct tx *tx, struct str before, size_t max, struct row_list *ret_list) {
    struct set_aside_row last = {.last_at = INT64_MAX};
    enum due_job job;
    bool is_found = true;
    if (before.len > 0) {
        TRY(find(tx, before, &job, &last, &is_found));
    }
    /* One that was done meanwhile is followed by nothing that is known: from the newest on. */
    return set_aside_page(tx, is_found ? last.last_at : INT64_MAX, is_found ? before : STR(""), max,
                          ret_list);
}

static struct err run_retry(struct command *command, struct tx *tx) {
    struct set_aside_retry *retry = (struct set_aside_retry *)command;
    enum due_job job;
    bool is_found = false;
    TRY(find(tx, retry->row_id, &job, &retry->row, &is_found));
    audit_say(tx, &(struct audit_said){.object = retry->row_id});
    if (!is_found) {
        command->outcome = OUTCOME_SET_ASIDE_NOT_FOUND;
        return OK;
    }
    return due_put_off(tx, job, retry->row_id, cx_now_ms(tx->cx));
}

void set_aside_retry(struct app *app, struct set_aside_retry *retry) {
    retry->command.run = run_retry;
    retry->command.after = NULL;
    command_submit(app, &retry->command);
}
