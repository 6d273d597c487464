#include "app/usage_totals.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/usage_pattern.h"
#include "base/check.h"
#include "gate/journal.h"
#include "store/setting.h"
#include "store/usage.h"
#include "store/usage_journal.h"

/* How long a row may lag while others are written, and how many are written with one group: about
 * four microseconds each, so that nobody waits for them noticeably. */
enum { LAG_MS = 500, SLICE_MIN = 256, SLICE_MAX = 2048, SLICE_SHARE = 8, IDLE_SLICE = 8192 };

/* The batch up to which all rows are complete; older ones need not be looked at. */
static const char complete_setting[] = "usage_totals_batch";

/* --- one row --- */

int64_t usage_totals_batch(const struct app *app) {
    return (int64_t)journal_count(app->journal).batch_next;
}

static struct usage_addition addition_of(const struct total *total, const struct sums *sums) {
    return (struct usage_addition){
        .user_id = total->key.user_id,
        .metric = total->key.metric,
        .grain = total->key.kind == TOTAL_HOUR ? USAGE_HOUR : USAGE_PERIOD,
        .timestamp = total->key.start,
        .region = total->key.name,
        .resource = total->key.part,
        .is_set = sums->is_level,
        .value = sums->value,
        .events = sums->counted,
        .adjusted = sums->adjusted,
        .adjusted_events = sums->adjusted_events,
        .updated_at = sums->heard_at,
    };
}

static struct usage_source_row account_of(const struct total *total, const struct sums *sums) {
    return (struct usage_source_row){
        .user_id = total->key.user_id,
        .metric = (int)total->key.metric,
        .source = total->key.name,
        .received = sums->counted + sums->duplicate + sums->rejected,
        .counted = sums->counted,
        .duplicate = sums->duplicate,
        .rejected = sums->rejected,
        .last_event_at = sums->last_at,
        .last_heard_at = sums->heard_at,
    };
}

/* A write of some rows, and what it adds to the sums of all customers. */
struct writing {
    struct app *app;
    struct tx *tx;
    int64_t batch; /* the open one */
    struct usage_pattern_sums patterns;
};

static struct err write_row(struct writing *writing, const struct total *total,
                            const struct sums *sums, int64_t batch) {
    struct tx *tx = writing->tx;
    if (total->key.kind == TOTAL_LEVEL) {
        return OK; /* its hours and periods say it */
    }
    if (total->key.kind == TOTAL_ACCOUNT) {
        struct usage_source_row row = account_of(total, sums);
        row.batch = batch;
        return usage_source_add(tx, &row);
    }
    struct usage_addition addition = addition_of(total, sums);
    addition.batch = batch;
    TRY(usage_pattern_note(writing->app, tx, &writing->patterns, &addition, total->key.customer));
    return usage_add(tx, &addition);
}

static struct err settle_row(struct writing *writing, struct total *total) {
    int64_t batch = writing->batch;
    struct sums sums = totals_due(total);
    if (sums_are_empty(&sums)) {
        return OK;
    }
    TRY(write_row(writing, total, &sums, total->open.counted > 0 ? batch : batch - 1));
    totals_written(usage_group_totals(writing->app), total);
    return OK;
}

/* Brings a row up to date, and those that are written with it. */
static struct err settle(struct writing *writing, struct total *total) {
    const struct totals *totals = usage_group_totals(writing->app);
    struct sums sums = totals_due(total);
    if (sums_are_empty(&sums)) {
        return OK; /* another of its gauge was there before */
    }
    struct total *row = totals_beside(totals, total, NULL);
    for (; row != NULL; row = totals_beside(totals, total, row)) {
        TRY(settle_row(writing, row));
    }
    return OK;
}

/* --- some rows, in the order of their keys --- */

struct slice {
    struct total **rows;
    size_t count;
};

static int compare_numbers(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int compare_rows(const void *a, const void *b) {
    const struct total_key *x = &(*(struct total *const *)a)->key;
    const struct total_key *y = &(*(struct total *const *)b)->key;
    int order = compare_numbers((int64_t)x->kind, (int64_t)y->kind);
    order = order != 0 ? order : str_compare(x->user_id, y->user_id);
    order = order != 0 ? order : compare_numbers((int64_t)x->metric, (int64_t)y->metric);
    order = order != 0 ? order : compare_numbers(x->start, y->start);
    order = order != 0 ? order : str_compare(x->name, y->name);
    return order != 0 ? order : str_compare(x->part, y->part);
}

/* Where all rows stand once the group is durable. */
struct err usage_totals_note_complete(struct tx *tx, int64_t batch) {
    struct str text = arena_printf(tx->cx->arena, "%lld", (long long)batch);
    return setting_put(tx, complete_setting, text);
}

struct err usage_totals_read_complete(struct tx *tx, int64_t otherwise, int64_t *ret_batch) {
    struct str text;
    TRY(setting_get(tx, complete_setting, &text));
    *ret_batch = otherwise;
    return text.len == 0 || str_to_i64(text, ret_batch)
               ? OK
               : cx_fail(tx->cx, ERR(ERR_CORRUPT), "the setting %s is no number", complete_setting);
}

struct err usage_batch_first(struct tx *tx, uint64_t *ret_batch) {
    struct journal_ends ends;
    int64_t complete = 0;
    TRY(journal_ends(tx, &ends));
    TRY(usage_totals_read_complete(tx, ends.last, &complete));
    *ret_batch = (uint64_t)(complete > ends.last ? complete : ends.last) + 1;
    return OK;
}

static struct err settle_slice(struct app *app, struct tx *tx, const struct slice *slice,
                               int64_t batch) {
    if (slice->count > 1) {
        qsort(slice->rows, slice->count, sizeof(struct total *), compare_rows);
    }
    struct writing writing = {.app = app, .tx = tx, .batch = batch};
    for (size_t i = 0; i < slice->count; i++) {
        TRY(settle(&writing, slice->rows[i]));
    }
    return usage_pattern_write(tx, &writing.patterns);
}

static struct err new_slice(struct tx *tx, size_t room, struct slice *ret_slice) {
    *ret_slice = (struct slice){arena_room(tx->cx->arena, (room + 1) * sizeof(struct total *)), 0};
    return ret_slice->rows == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

static void add_if(struct slice *slice, struct total *total, bool is_wanted) {
    slice->rows[slice->count] = total;
    slice->count += is_wanted;
}

struct err usage_totals_write_all(struct app *app, struct tx *tx, int64_t batch) {
    const struct totals *totals = usage_group_totals(app);
    struct slice slice;
    TRY(new_slice(tx, totals->count, &slice));
    for (struct total *total = totals->open; total != NULL; total = total->open_next) {
        add_if(&slice, total, total->behind_link == NULL && !sums_are_empty(&total->open));
    }
    for (struct total *total = totals->behind; total != NULL; total = total->behind_next) {
        add_if(&slice, total, true);
    }
    return settle_slice(app, tx, &slice, batch);
}

static struct err settle_customer(struct app *app, struct tx *tx, struct str user_id,
                                  int64_t batch) {
    const struct totals *totals = usage_group_totals(app);
    struct slice slice;
    size_t room = 0;
    for (const struct total *total = totals_of(totals, user_id); total != NULL;
         total = total->mark_next) {
        room++;
    }
    TRY(new_slice(tx, room, &slice));
    for (struct total *total = totals_of(totals, user_id); total != NULL;
         total = total->mark_next) {
        add_if(&slice, total, total->behind_link != NULL || !sums_are_empty(&total->open));
    }
    return settle_slice(app, tx, &slice, batch);
}

static bool is_due(const struct total *total, uint64_t now_ns) {
    return now_ns - total->since_ns >= (uint64_t)LAG_MS * 1000 * 1000;
}

static void add_oldest(struct app *app, struct slice *slice, size_t count) {
    uint64_t now_ns = app->env->mono_ns(app->env);
    struct total *total = usage_group_totals(app)->behind;
    for (; count > 0 && total != NULL && is_due(total, now_ns); count--) {
        add_if(slice, total, true);
        total = total->behind_next;
    }
}

static struct err settle_oldest(struct app *app, struct tx *tx, int64_t batch) {
    struct slice slice;
    TRY(new_slice(tx, IDLE_SLICE, &slice));
    add_oldest(app, &slice, IDLE_SLICE);
    return settle_slice(app, tx, &slice, batch);
}

struct err usage_totals_settle(struct app *app, struct tx *tx, const struct command *command) {
    int64_t batch = usage_totals_batch(app);
    switch (command->totals) {
    case COMMAND_TOTALS_ALL:
        usage_group_forget_periods(app);
        return usage_totals_write_all(app, tx, batch);
    case COMMAND_TOTALS_OF:
        return settle_customer(app, tx, command->customer, batch);
    case COMMAND_TOTALS_OLDEST:
        return settle_oldest(app, tx, batch);
    }
    check(false);
    return OK;
}

/* --- the end of a group --- */

/* A row that says it is complete up to the open batch must be; and what is not in the journal must
 * not wait. */
static bool must_be_written(const struct total *total) {
    return !sums_are_empty(&total->open) &&
           (total->is_stamped || total->open.duplicate + total->open.rejected > 0);
}

static size_t slice_size(const struct totals *totals) {
    size_t size = totals->behind_count / SLICE_SHARE;
    size = size < SLICE_MIN ? SLICE_MIN : size;
    return size < SLICE_MAX ? size : SLICE_MAX;
}

/* What must be written now, and the oldest of what is behind. */
static struct err settle_due(struct app *app, struct tx *tx) {
    const struct totals *totals = usage_group_totals(app);
    size_t oldest = slice_size(totals);
    size_t room = oldest;
    struct slice slice;
    for (const struct total *total = totals->open; total != NULL; total = total->open_next) {
        room += must_be_written(total);
    }
    TRY(new_slice(tx, room, &slice));
    add_oldest(app, &slice, oldest);
    for (struct total *total = totals->open; total != NULL; total = total->open_next) {
        add_if(&slice, total, must_be_written(total));
    }
    return settle_slice(app, tx, &slice, usage_totals_batch(app));
}

struct err usage_close_group(struct app *app, struct tx *tx, bool *ret_has_row) {
    const struct totals *totals = usage_group_totals(app);
    *ret_has_row = false;
    TRY(settle_due(app, tx));
    struct journal_batch batch = journal_close_group(app->journal);
    *ret_has_row = batch.count > 0;
    if (totals->written != NULL) {
        uint64_t complete = totals_complete(totals, batch.number - (batch.count == 0));
        TRY(usage_totals_note_complete(tx, (int64_t)complete));
    }
    if (batch.count == 0) {
        return OK;
    }
    struct journal_row row = {
        .batch = (int64_t)batch.number,
        .recorded_at = usage_group_now(app).ms,
        .events = batch.count,
        .body = batch.blob,
    };
    TRY(journal_insert(tx, &row));
    /* A text that was cut short may be in a row of any work. */
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

void usage_end_group(struct app *app, bool is_durable, bool has_row) {
    usage_group_end(app);
    uint64_t batch = journal_count(app->journal).batch_next;
    if (is_durable) {
        if (has_row) {
            journal_committed(app->journal);
        }
        totals_committed(usage_group_totals(app), batch);
    } else {
        /* A group may fail before its batch is closed: what its works appended is forgotten all the
         * same, or the next group would store it, and call duplicates what was never counted. */
        journal_abandoned(app->journal);
        usage_group_forget_periods(app);
        usage_pattern_forget(app);
        totals_abandoned(usage_group_totals(app));
    }
}

/* --- on the loop's thread --- */

static struct err run_nothing(struct command *command, struct tx *tx) {
    (void)command;
    (void)tx;
    return OK;
}

static void caught_up(struct command *command) {
    command->app->is_catching_up = false;
    env_free(command->app->env, command);
}

static void catch_up(struct app *app, enum command_totals totals) {
    struct command *command = env_alloc(app->env, sizeof *command);
    if (command == NULL) {
        return; /* another time */
    }
    *command = (struct command){.run = run_nothing, .done = caught_up};
    app->is_catching_up = true;
    command_submit_with(app, command, totals, STR(""));
}

void usage_totals_catch_up(struct app *app) {
    if (!app->is_catching_up && totals_behind(usage_group_totals(app)) > 0) {
        catch_up(app, COMMAND_TOTALS_OLDEST);
    }
}

void usage_totals_finish(struct app *app) {
    if (totals_behind(usage_group_totals(app)) > 0) {
        catch_up(app, COMMAND_TOTALS_ALL);
    }
}

static void waited(struct command *command) {
    struct usage_wait *wait = (struct usage_wait *)command;
    wait->then(wait);
}

static void wait_init(struct app *app, struct usage_wait *wait) {
    wait->command = (struct command){
        .app = app,
        .run = run_nothing,
        .done = waited,
        .outcome = OUTCOME_DONE,
    };
}

void usage_wait_start(struct app *app, struct usage_wait *wait, struct str user_id) {
    wait_init(app, wait);
    if (totals_are_behind(usage_group_totals(app), user_id)) {
        command_submit_with(app, &wait->command, COMMAND_TOTALS_OF, user_id);
    } else {
        wait->then(wait);
    }
}

void usage_wait_start_all(struct app *app, struct usage_wait *wait) {
    wait_init(app, wait);
    if (totals_behind(usage_group_totals(app)) > 0) {
        command_submit_with(app, &wait->command, COMMAND_TOTALS_ALL, STR(""));
    } else {
        wait->then(wait);
    }
}

/* Behind the work that counted, in its group or a later one. */
void usage_wait_start_gate(struct app *app, struct usage_wait *wait, struct str user_id) {
    wait_init(app, wait);
    command_submit_with(app, &wait->command, COMMAND_TOTALS_OF, user_id);
}
