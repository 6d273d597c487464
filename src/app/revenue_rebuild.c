#include "app/revenue_rebuild.h"

#include "app/audit.h"
#include "app/revenue.h"

enum { ACCOUNTS_AT_ONCE = 100 };

/* --- months --- */

static const struct revenue_cohort_row *find(const struct row_list *list,
                                             const struct revenue_cohort_row *key) {
    const struct revenue_cohort_row *rows = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (revenue_cohort_is_same(&rows[i], key)) {
            return &rows[i];
        }
    }
    return NULL;
}

static int64_t differing(const struct row_list *kept, const struct row_list *told) {
    const struct revenue_cohort_row *rows = kept->items;
    int64_t count = 0;
    size_t common = 0;
    for (size_t i = 0; i < kept->count; i++) {
        const struct revenue_cohort_row *other = find(told, &rows[i]);
        bool is_alike = other != NULL && other->amount == rows[i].amount &&
                        other->paying == rows[i].paying && other->accounts == rows[i].accounts;
        common += other != NULL ? 1 : 0;
        count += is_alike ? 0 : 1;
    }
    return count + (int64_t)(told->count - common); /* and those that are not kept at all */
}

struct err revenue_cohorts_compare(struct tx *tx, struct revenue_month month, bool repairs,
                                   int64_t *ret_differing) {
    struct row_list kept;
    struct row_list told;
    TRY(revenue_cohorts_kept(tx, month.number, &kept));
    TRY(revenue_cohorts_told(tx, month, &told));
    *ret_differing = differing(&kept, &told);
    if (!repairs || *ret_differing == 0) {
        return OK;
    }
    const struct revenue_cohort_row *rows = told.items;
    TRY(revenue_cohorts_clear(tx, month.number));
    for (size_t i = 0; i < told.count; i++) {
        TRY(revenue_cohort_add(tx, &rows[i]));
    }
    return OK;
}

static struct err rebuild_month(struct tx *tx, struct revenue_rebuild_row *run) {
    struct revenue_proof_row sums = {0, 0};
    struct revenue_month month = {(int32_t)run->month};
    int64_t cohorts = 0;
    TRY(revenue_proof_sums(tx, month, &sums));
    TRY(revenue_cohorts_compare(tx, month, !run->is_dry_run, &cohorts));
    if (!run->is_dry_run) {
        TRY(revenue_month_rebuild(tx, month));
    }
    run->days += sums.days;
    run->months += sums.months;
    run->cohorts += cohorts;
    return OK;
}

static struct err next_month(struct tx *tx, struct revenue_rebuild_row *run) {
    struct revenue_span span;
    TRY(rebuild_month(tx, run));
    TRY(revenue_span_read(tx, &span));
    run->month = run->month >= span.last ? ROW_NONE : run->month + 1;
    run->done++;
    return OK;
}

/* --- accounts --- */

static struct err next_accounts(struct app *app, struct tx *tx, struct revenue_rebuild_row *run) {
    struct row_list list;
    struct revenue_corrected corrected = {.is_dry_run = run->is_dry_run};
    TRY(revenue_movement_lasts(tx, run->user_cursor, ACCOUNTS_AT_ONCE, &list));
    const struct revenue_movement_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(revenue_correct(app, tx, &rows[i], &corrected));
        run->user_cursor = rows[i].user_id;
    }
    run->done += (int64_t)list.count;
    run->accounts += corrected.accounts;
    run->corrected += corrected.rows;
    if (list.count < ACCOUNTS_AT_ONCE) {
        run->status = REVENUE_REBUILD_DONE;
        run->finished_at = cx_now_ms(tx->cx);
    }
    return OK;
}

/* --- runs --- */

static struct err run_begin(struct command *command, struct tx *tx) {
    struct revenue_rebuild_begin *begin = (struct revenue_rebuild_begin *)command;
    struct revenue_rebuild_row *row = &begin->row;
    struct revenue_rebuild_row running;
    struct revenue_span span;
    int64_t accounts = 0;
    bool is_busy = false;
    TRY(revenue_rebuild_running(tx, &running, &is_busy));
    command->outcome = is_busy ? OUTCOME_REVENUE_REBUILD_BUSY : OUTCOME_CREATED;
    if (is_busy) {
        return OK;
    }
    TRY(revenue_span_read(tx, &span));
    TRY(revenue_accounts_count(tx, &accounts));
    bool has_months = span.first != ROW_NONE;
    row->id = id_new(tx->cx, "rebu");
    row->status = REVENUE_REBUILD_RUNNING;
    row->month = span.first;
    row->user_cursor = STR("");
    row->total = accounts + (has_months ? span.last - span.first + 1 : 0);
    row->created_by = audit_actor_id(tx);
    row->created_at = cx_now_ms(tx->cx);
    row->finished_at = ROW_NONE;
    audit_say(tx,
              &(struct audit_said){
                  .object = arena_str(tx->cx->arena, id_str(&row->id)),
                  .after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("dryRun", row->is_dry_run ? 1 : 0))});
    return revenue_rebuild_put(tx, row);
}

void revenue_rebuild_begin(struct app *app, struct revenue_rebuild_begin *begin) {
    begin->command.run = run_begin;
    begin->command.after = NULL;
    command_submit(app, &begin->command);
}

struct err revenue_rebuild_go_on(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct revenue_rebuild_row run;
    *ret_has_more = false;
    TRY(revenue_rebuild_running(tx, &run, ret_has_more));
    if (!*ret_has_more) {
        return OK;
    }
    TRY(run.month != ROW_NONE ? next_month(tx, &run) : next_accounts(app, tx, &run));
    return revenue_rebuild_put(tx, &run);
}

struct err revenue_rebuild_is_running(struct tx *tx, bool *ret_is) {
    struct revenue_rebuild_row run;
    return revenue_rebuild_running(tx, &run, ret_is);
}

static struct err run_cancel(struct command *command, struct tx *tx) {
    const struct command_of *cancel = (const struct command_of *)command;
    struct revenue_rebuild_row row;
    bool is_found = false;
    TRY(revenue_rebuild_get(tx, cancel->id, &row, &is_found));
    bool is_running = is_found && row.status == REVENUE_REBUILD_RUNNING;
    command->outcome = !is_found     ? OUTCOME_REVENUE_REBUILD_NOT_FOUND
                       : !is_running ? OUTCOME_REVENUE_REBUILD_OVER
                                     : OUTCOME_DONE;
    if (!is_running) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = cancel->id});
    row.status = REVENUE_REBUILD_CANCELLED;
    row.finished_at = cx_now_ms(tx->cx);
    return revenue_rebuild_put(tx, &row);
}

void revenue_rebuild_cancel(struct app *app, struct command_of *cancel) {
    cancel->command.run = run_cancel;
    cancel->command.after = NULL;
    command_submit(app, &cancel->command);
}

/* --- reading --- */

struct err revenue_rebuild_read(struct tx *tx, struct str id, struct revenue_rebuild_row *ret_row,
                                bool *ret_found) {
    return revenue_rebuild_get(tx, id, ret_row, ret_found);
}

struct err revenue_rebuilds_read(struct tx *tx, struct str before, size_t max,
                                 struct row_list *ret_list) {
    return revenue_rebuild_page(tx, before, max, ret_list);
}
