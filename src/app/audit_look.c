#include "app/audit_look.h"

#include "app/audit.h"
#include "app/audit_range.h"
#include "base/check.h"
#include "store/audit.h"
#include "store/audit_log.h"

/* Rows in a transaction, which others wait for. */
enum { LOOKED_AT_ONCE = 100, PERCENT = 100 };

/* --- beginning --- */

/* What was signed last, so that whoever reads the result can hold it against what they kept. */
static struct err put_checkpoint(struct tx *tx, struct audit_look_row *row) {
    struct audit_checkpoint_row last;
    bool is_found = false;
    TRY(audit_checkpoint_last(tx, &last, &is_found));
    row->checkpoint_size = is_found ? last.size : 0;
    row->checkpoint_note = is_found ? last.note : STR("");
    return OK;
}

static struct err run_begin(struct command *command, struct tx *tx) {
    struct audit_look_begin *begin = (struct audit_look_begin *)command;
    struct audit_look_row running;
    bool is_busy = false;
    TRY(audit_look_running(tx, &running, &is_busy));
    if (is_busy) {
        command->outcome = OUTCOME_AUDIT_LOOK_BUSY;
        return OK;
    }
    int64_t now = cx_now_ms(tx->cx);
    int64_t oldest = ROW_NONE;
    TRY(audit_oldest_at(tx, &oldest));
    struct audit_look_row row = {
        .id = id_new(tx->cx, AUDIT_LOOK_KIND),
        .status = AUDIT_LOOK_RUNNING,
        .row_cursor = STR(""),
        .newest_at = now,
        .oldest_at = oldest == ROW_NONE || oldest > now ? now : oldest,
        .reached_at = now,
        .findings = STR(""),
        .created_by = audit_actor_id(tx),
        .created_at = now,
        .finished_at = ROW_NONE,
    };
    TRY(put_checkpoint(tx, &row));
    TRY(audit_look_put(tx, &row));
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, id_str(&row.id))});
    command->outcome = OUTCOME_CREATED;
    begin->row = row;
    begin->row.checkpoint_note = arena_str(begin->arena, row.checkpoint_note);
    begin->row.created_by = arena_str(begin->arena, row.created_by);
    return arena_failed(begin->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

void audit_look_begin(struct app *app, struct audit_look_begin *begin) {
    begin->command.run = run_begin;
    begin->command.after = NULL;
    command_submit(app, &begin->command);
}

/* --- turns --- */

static struct err end(struct tx *tx, struct audit_look_row *row, enum audit_look_status status) {
    row->status = (int)status;
    row->finished_at = cx_now_ms(tx->cx);
    return audit_look_put(tx, row);
}

/* The first ones are told; the rest are counted. */
static void note(struct cx *cx, const struct audit_range *range, struct audit_look_row *row) {
    for (size_t i = 0; i < range->count; i++) {
        const struct audit_range_finding *finding = &range->findings[i];
        if (row->faults++ < AUDIT_LOOK_FINDINGS_KEPT) {
            row->findings = arena_printf(cx->arena, STR_FMT "%s" STR_FMT ": %s",
                                         STR_ARG(row->findings), row->findings.len > 0 ? "\n" : "",
                                         STR_ARG(finding->id), audit_fault_name(finding->fault));
        }
    }
}

static struct err run_step(struct command *command, struct tx *tx) {
    struct audit_look_row row;
    struct audit_row last;
    bool is_running = false;
    bool is_found = false;
    (void)command;
    TRY(audit_look_running(tx, &row, &is_running));
    if (!is_running) {
        return OK;
    }
    struct audit_range range = {
        .filter = {.id_first = STR(""),
                   .id_before = row.row_cursor.len > 0 ? row.row_cursor : STR("~")},
        .max = LOOKED_AT_ONCE,
    };
    TRY(audit_range_verify(tx, &range));
    row.looked_at += range.rows;
    row.signed_rows += range.signed_rows;
    note(tx->cx, &range, &row);
    if (range.next.len == 0) {
        row.reached_at = row.oldest_at;
        return end(tx, &row, AUDIT_LOOK_DONE);
    }
    TRY(audit_row_get(tx, range.next, &last, &is_found));
    row.row_cursor = range.next;
    row.reached_at = is_found && last.at < row.reached_at ? last.at : row.reached_at;
    return audit_look_put(tx, &row);
}

void audit_look_step(struct app *app, struct audit_look_step *step) {
    step->command.run = run_step;
    step->command.after = NULL;
    command_submit(app, &step->command);
}

struct err audit_look_is_running(struct tx *tx, bool *ret_is) {
    struct audit_look_row row;
    return audit_look_running(tx, &row, ret_is);
}

/* --- cancelling --- */

static struct err run_cancel(struct command *command, struct tx *tx) {
    const struct command_of *cancel = (const struct command_of *)command;
    struct audit_look_row row;
    bool is_found = false;
    TRY(audit_look_get(tx, cancel->id, &row, &is_found));
    bool is_running = is_found && row.status == AUDIT_LOOK_RUNNING;
    command->outcome = !is_found     ? OUTCOME_AUDIT_LOOK_NOT_FOUND
                       : !is_running ? OUTCOME_AUDIT_LOOK_OVER
                                     : OUTCOME_DONE;
    if (!is_running) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = cancel->id});
    return end(tx, &row, AUDIT_LOOK_CANCELLED);
}

void audit_look_cancel(struct app *app, struct command_of *cancel) {
    cancel->command.run = run_cancel;
    cancel->command.after = NULL;
    command_submit(app, &cancel->command);
}

/* --- reading --- */

int64_t audit_look_percent(const struct audit_look_row *row) {
    int64_t span = row->newest_at - row->oldest_at;
    if (row->status == AUDIT_LOOK_DONE || span <= 0) {
        return row->status == AUDIT_LOOK_DONE ? PERCENT : 0;
    }
    int64_t percent = (row->newest_at - row->reached_at) * PERCENT / span;
    return percent < 0 ? 0 : percent > PERCENT ? PERCENT : percent;
}

struct err audit_looks_read(struct tx *tx, struct str before, size_t max,
                            struct row_list *ret_list) {
    return audit_look_page(tx, before, max, ret_list);
}

struct err audit_look_read(struct tx *tx, struct str id, struct audit_look_row *ret_row,
                           bool *ret_found) {
    return audit_look_get(tx, id, ret_row, ret_found);
}
