#include "app/limit_due.h"

#include <string.h>

#include "app/limit_watch.h"
#include "store/limit_state.h"

static struct duration warning_before(void) {
    return duration_hours(LIMIT_GRACE_ENDING_HOURS);
}

struct err limit_next_due(struct tx *tx, struct instant after, struct instant *ret_at) {
    int64_t ends = ROW_NONE;
    int64_t warned = ROW_NONE;
    TRY(limit_state_next_end(tx, after.ms, &ends));
    TRY(limit_state_next_end(tx, instant_add(after, warning_before()).ms, &warned));
    struct instant at = ends == ROW_NONE ? INSTANT_MAX : (struct instant){ends};
    if (warned != ROW_NONE) {
        struct duration before = {-warning_before().ms};
        at = instant_earlier(at, instant_add((struct instant){warned}, before));
    }
    *ret_at = at;
    return OK;
}

/* To record nothing changes nothing but what follows from the time. */
static struct err judge(struct app *app, struct tx *tx, const struct limit_state_row *row) {
    struct gate_handle handle = gate_customer(app->gate, row->user_id);
    struct instant now = {cx_now_ms(tx->cx)};
    struct gate_use use = {.metric = (enum metric)row->metric, .time = now};
    if (!gate_is_known(handle)) {
        return OK;
    }
    struct gate_verdict verdict = gate_record(handle, &use, now);
    verdict.watch_changed = true; /* a row of a usage period that is over is one, too */
    return limit_watch_keep(app, tx, row->user_id, use.metric, &verdict);
}

struct err limit_run_due(struct app *app, struct tx *tx, struct limit_due *due) {
    bool is_first = due->metric == NULL;
    struct row_list list;
    struct limit_state_span span = {
        .from = is_first ? due->from.ms + 1 : due->from.ms,
        .until = instant_add((struct instant){cx_now_ms(tx->cx)}, warning_before()).ms,
        .user_id = str_from_cstr(due->user_id),
        .metric = is_first ? STR("") : str_from_cstr(due->metric),
    };
    TRY(limit_state_ending(tx, &span, LIMIT_DUE_PAGE, &list));
    const struct limit_state_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(judge(app, tx, &rows[i]));
    }
    due->has_more = list.count == LIMIT_DUE_PAGE;
    if (due->has_more) {
        const struct limit_state_row *last = &rows[list.count - 1];
        due->from.ms = last->grace_ends_at;
        due->metric = metric_name((enum metric)last->metric);
        memcpy(due->user_id, last->user_id.bytes, last->user_id.len);
        due->user_id[last->user_id.len] = '\0';
    }
    return OK;
}
