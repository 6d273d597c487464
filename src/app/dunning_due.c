/* What falls due for cases as time passes. A case stands still while the end of an attempt is not
 * known; its answer sets it going again. */
#include "app/dunning_case.h"

#include "base/log.h"
#include "store/job.h"

enum { STEPS_MAX = 8 }; /* of one case at one instant: two warnings, a retry, an end */

struct err dunning_next_due_at(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    int64_t overdue = ROW_NONE;
    TRY(dunning_due_next(tx, &at));
    TRY(invoice_next_overdue(tx, &overdue));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    if (overdue != ROW_NONE) {
        *ret_at = instant_earlier(*ret_at, (struct instant){overdue});
    }
    return OK;
}

/* A day that brings nothing still counts: else a case that cannot be charged would never end. */
static struct err skip(struct dunning *dunning) {
    const struct dunning_row *row = &dunning->row;
    struct payment_attempt_row skipped = {
        .user_id = row->user_id,
        .invoice_id = row->invoice_id,
        .origin = ATTEMPT_RETRY,
        .status = ATTEMPT_SKIPPED,
    };
    bool is_legal = false;
    TRY(dunning_put_attempt(dunning->tx, &skipped));
    return dunning_event(dunning, DUNNING_RETRY_SKIPPED, &is_legal);
}

/* The day of a retry has come. */
static struct err retry(struct dunning *dunning) {
    struct dunning_row *row = &dunning->row;
    bool has_begun = false;
    if (row->needs_takeover) { /* not before the provider has stopped; its answer sets us going */
        TRY(dunning_take_over(dunning));
        row->due_at = ROW_NONE;
        return dunning_replace(dunning->tx, row);
    }
    if (row->needs_new_method || row->kind == DUNNING_OVERDUE) {
        return skip(dunning);
    }
    TRY(dunning_collect(dunning, ATTEMPT_RETRY, &has_begun));
    return has_begun ? dunning_keep(dunning) : skip(dunning);
}

/* A warning that would come too late is not sent. */
static struct err warn(struct dunning *dunning, enum dunning_due due, int64_t now) {
    struct dunning_row *row = &dunning->row;
    bool is_access = due == DUNNING_DUE_ACCESS_WARNING;
    int64_t end = is_access ? row->access_until : row->next_attempt_at;
    row->has_warned_access |= is_access;
    row->has_warned_end |= !is_access;
    TRY(dunning_keep(dunning));
    return end <= now ? OK
                      : dunning_tell(dunning,
                                     is_access ? DUNNING_SAYS_ACCESS_ENDING : DUNNING_SAYS_ENDING);
}

static struct err step(struct dunning *dunning, enum dunning_due due, int64_t now) {
    bool is_legal = false;
    switch (due) {
    case DUNNING_DUE_ACCESS_WARNING:
    case DUNNING_DUE_END_WARNING:
        return warn(dunning, due, now);
    case DUNNING_DUE_RETRY:
        return retry(dunning);
    case DUNNING_DUE_ACCESS_END:
        return dunning_event(dunning, DUNNING_ACCESS_ENDED, &is_legal);
    case DUNNING_DUE_NOTHING:
        break;
    }
    return dunning_keep(dunning);
}

/* What does not move is looked at again later, so that one case holds nobody up. */
static struct err run_case(struct dunning *dunning) {
    struct dunning_row *row = &dunning->row;
    int64_t now = cx_now_ms(dunning->tx->cx);
    for (int i = 0; i < STEPS_MAX && row->due_at != ROW_NONE && row->due_at <= now; i++) {
        struct dunning_case stands = dunning_case_of(row);
        enum dunning_due due = dunning_next_due(&dunning->app->catalogue->dunning, &stands).due;
        TRY(step(dunning, due, now));
    }
    if (row->due_at == ROW_NONE || row->due_at > now) {
        return OK;
    }
    row->due_at = instant_add((struct instant){now}, duration_hours(1)).ms;
    log_event(dunning->app->env, LOG_ERROR, "dunning.stands", "case=%s", row->id.text);
    return dunning_replace(dunning->tx, row);
}

static struct err run_named(struct dunning *dunning, struct str id) {
    bool is_found = false;
    TRY(dunning_named(dunning->tx, id, &dunning->row, &is_found));
    TRY(is_found ? run_case(dunning) : OK);
    return set_aside_drop(dunning->tx, due_job_str(DUE_DUNNING), id);
}

struct err dunning_run_due(struct app *app, struct tx *tx, struct str *at_row,
                           struct gate_update updates[DUNNING_BATCH], size_t *ret_count) {
    struct row_list list;
    TRY(dunning_open_overdue(app, tx, updates, ret_count));
    TRY(due_ids(tx, DUE_DUNNING, cx_now_ms(tx->cx), DUNNING_BATCH - *ret_count, &list));
    const struct str *ids = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct gate_update *update = &updates[*ret_count];
        update->is_due = false;
        struct dunning dunning = {.app = app, .tx = tx, .update = update};
        *at_row = ids[i];
        TRY(run_named(&dunning, ids[i]));
        *ret_count += update->is_due;
    }
    *at_row = STR("");
    return OK;
}
