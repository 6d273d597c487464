/* /api/admin/jobs: what runs by the clock and what takes long; /api/admin/set-aside: rows that a
 * job could not do. */
#include "api/operations_resources.h"

#include "app/job.h"

/* --- a job, as shown --- */

enum job_status { JOB_SCHEDULED, JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };
static const char *const statuses[] = {"scheduled", "queued",    "running", "done",
                                       "failed",    "cancelled", NULL};

struct job_out {
    struct str id, name, step, last_error;
    int kind, status;
    int64_t percent, done, started_at, finished_at, eta_at, next_at, runs, failures, failed_at;
    bool has_percent, is_started, is_finished, has_eta, has_next, has_failed;
};
static const char *const kinds[] = {"scheduled", "long", NULL};

#define AT(member) offsetof(struct job_out, member)
static const struct shape_field job_fields[] = {
    {"id", "Of long work: of its noun; of what runs by the clock: its name", SHAPE_STR,
     .offset = AT(id), .max = 64},
    {"name",
     "Of long work: reconciliation, evidence, export, retention, keys, prices, what_if, "
     "revenue_rebuild or audit; or what runs by the clock: dunning, contracts, …",
     SHAPE_STR, .offset = AT(name), .max = 32},
    {"kind", "Whether it runs by the clock, or takes long", SHAPE_ENUM, .offset = AT(kind),
     .names = kinds},
    {"status", "scheduled: it waits for its time; failed: the last run did", SHAPE_ENUM,
     .offset = AT(status), .names = statuses},
    {"step", "Where long work stands, in its noun's word", SHAPE_STR, .offset = AT(step), .max = 32,
     .flags = SHAPE_NULLABLE},
    {"done", "Pieces so far, or runs since the start", SHAPE_I64, .offset = AT(done)},
    {"percent", "How far it is; null: nobody knows how much there is", SHAPE_I64,
     .offset = AT(percent), .flags = SHAPE_NULLABLE, .is_set = AT(has_percent)},
    {"startedAt", "When it began; null: not since the server started", SHAPE_INSTANT,
     .offset = AT(started_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_started)},
    {"finishedAt", "When it ended", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_finished)},
    {"etaAt", "When it will have ended, were it to go on as fast", SHAPE_INSTANT,
     .offset = AT(eta_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_eta)},
    {"nextAt", "When it runs next; null: nothing is due", SHAPE_INSTANT, .offset = AT(next_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_next)},
    {"failures", "Of its runs, since the server started", SHAPE_I64, .offset = AT(failures)},
    {"failedAt", "When the last of them was", SHAPE_INSTANT, .offset = AT(failed_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_failed)},
    {"lastError", "Why it failed last", SHAPE_STR, .offset = AT(last_error), .max = 1000,
     .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape job_shape =
    SHAPE("Job", "What runs by the clock, or takes long", struct job_out, job_fields);
static const struct shape_field job_item = {.kind = SHAPE_OBJECT, .of = &job_shape};

enum { JOBS_SHOWN = API_JOBS_MAX + 64 };
static const struct shape_field jobs_fields[] = {
    {"data", "What runs, what runs by the clock, and what has ended", SHAPE_LIST, .offset = 0,
     .max = JOBS_SHOWN, .item = &job_item, .item_size = sizeof(struct job_out)},
};
const struct shape jobs_shape = SHAPE("Jobs", "All jobs", struct shape_list, jobs_fields);

static struct job_out scheduled_out(const struct api_job *job) {
    return (struct job_out){
        .id = str_from_cstr(job->name),
        .name = str_from_cstr(job->name),
        .kind = 0,
        .status = job->is_running   ? JOB_RUNNING
                  : job->has_failed ? JOB_FAILED
                                    : JOB_SCHEDULED,
        .done = (int64_t)job->runs,
        .started_at = job->started_at,
        .is_started = job->started_at > 0,
        .finished_at = job->ended_at,
        .is_finished = job->ended_at > 0 && !job->is_running,
        .next_at = job->next_at,
        .has_next = job->next_at<INSTANT_MAX_MS, .failures = (int64_t)job->failures,
                                 .failed_at = job->failed_at, .has_failed = job->failed_at> 0,
        .last_error = text_or_null(str_from_cstr(job->error == NULL ? "" : job->error)),
    };
}

/* Each noun has words of its own for where it stands. */
static enum job_status status_of(struct str word) {
    static const struct {
        const char *word;
        enum job_status status;
    } rows[] = {
        {"waiting", JOB_QUEUED},  {"running", JOB_RUNNING},     {"counting", JOB_RUNNING},
        {"telling", JOB_RUNNING}, {"withdrawing", JOB_RUNNING}, {"ready", JOB_DONE},
        {"done", JOB_DONE},       {"failed", JOB_FAILED},       {"refused", JOB_FAILED},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_equal(word, str_from_cstr(rows[i].word))) {
            return rows[i].status;
        }
    }
    return JOB_CANCELLED; /* superseded, withdrawn, or its file has expired */
}

static struct job_out long_out(const struct long_job_row *row, int64_t now) {
    struct job_out out = {
        .id = row->id,
        .name = row->name,
        .kind = 1,
        .status = (int)status_of(row->status),
        .step = text_or_null(row->step),
        .done = row->done,
        .started_at = row->started_at,
        .is_started = true,
        .finished_at = row->finished_at,
        .is_finished = row->finished_at != ROW_NONE,
        .last_error = text_or_null(row->last_error),
    };
    bool is_running = out.status == (int)JOB_RUNNING;
    out.has_percent = out.status == (int)JOB_DONE || (is_running && row->total > 0);
    if (out.has_percent) {
        int64_t done = row->done < row->total ? row->done : row->total;
        out.percent = is_running ? done * 100 / row->total : 100;
    }
    if (is_running && out.percent > 0) {
        out.has_eta = true;
        out.eta_at = now + (now - row->started_at) / out.percent * (100 - out.percent);
    }
    return out;
}

static size_t put_long(const struct row_list *list, bool is_running, int64_t now,
                       struct job_out *out) {
    const struct long_job_row *rows = list->items;
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct job_out one = long_out(&rows[i], now);
        if ((one.status == (int)JOB_RUNNING || one.status == (int)JOB_QUEUED) == is_running) {
            out[count++] = one;
        }
    }
    return count;
}

void jobs_list(struct api_request *request) {
    const struct api_surroundings *around = &request->api->options.surroundings;
    struct api_job scheduled[API_JOBS_MAX];
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, long_jobs_read(&tx, &list))) {
        return;
    }
    struct job_out *out = arena_array(request->arena, JOBS_SHOWN, sizeof *out);
    if (out == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    int64_t now = request_now(request).ms;
    size_t count = put_long(&list, true, now, out);
    size_t jobs = around->jobs == NULL ? 0 : around->jobs(around->context, scheduled);
    for (size_t i = 0; i < jobs; i++) {
        out[count++] = scheduled_out(&scheduled[i]);
    }
    count += put_long(&list, false, now, out + count);
    reply_value(request, 200, &jobs_shape, &(struct shape_list){out, count});
}

/* --- rows that were set aside --- */

#define AT(member) offsetof(struct set_aside_row, member)
static const struct shape_field aside_fields[] = {
    {"id", "The row's: of a case of dunning, of a contract", SHAPE_STR, .offset = AT(row_id),
     .max = LIMIT_RECORD_ID},
    {"job", "Which one could not do it", SHAPE_STR, .offset = AT(job), .max = 32},
    {"error", "Why, in the store's word", SHAPE_STR, .offset = AT(error), .max = 1000},
    {"attempts", "How often", SHAPE_I64, .offset = AT(attempts)},
    {"firstAt", "When first", SHAPE_INSTANT, .offset = AT(first_at)},
    {"lastAt", "When last", SHAPE_INSTANT, .offset = AT(last_at)},
    {"nextAt", "When it is tried again", SHAPE_INSTANT, .offset = AT(next_at)},
};
#undef AT
const struct shape set_aside_shape =
    SHAPE("SetAside", "A row that a job could not do", struct set_aside_row, aside_fields);
static const struct shape_field aside_item = {.kind = SHAPE_OBJECT, .of = &set_aside_shape};
static const struct shape_field asides_fields[] = {
    {"data", "The last one first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &aside_item, .item_size = sizeof(struct set_aside_row)},
    PAGE_CURSOR_FIELD,
};
const struct shape set_aside_page_shape =
    SHAPE("SetAsidePage", "A page of rows that were set aside", struct page, asides_fields);

void set_aside_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    struct str before = query == NULL ? STR("") : query->cursor;
    if (reply_if_failed(request, set_aside_read(&tx, before, size + 1, &list))) {
        return;
    }
    struct set_aside_row *rows = list.items;
    struct page page = {{rows, list.count > size ? size : list.count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = rows[size - 1].row_id;
    }
    reply_value(request, 200, &set_aside_page_shape, &page);
}

struct again_in_hand {
    struct set_aside_retry retry; /* first: `done` hands it back */
    struct api_request *request;
};

static void tried(struct command *command) {
    struct api_request *request = ((struct again_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void set_aside_again(struct api_request *request) {
    struct again_in_hand *hand = COMMAND_NEW(request->arena, struct again_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->retry.row_id = request->values[0];
    hand->retry.command.done = tried;
    set_aside_retry(request->api->app, &hand->retry);
}
