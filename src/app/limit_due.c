#include "app/limit_due.h"

#include "app/limit_watch.h"
#include "store/usage.h"

enum { GRACES_MAX = 10000 };

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

/* To record nothing changes nothing but what follows from the time; and the gate tells each notice
 * once, whoever asks. */
struct err limit_run_due(struct app *app, struct tx *tx, struct instant from) {
    struct row_list list;
    struct instant now = {cx_now_ms(tx->cx)};
    TRY(limit_state_ending(tx, from.ms, instant_add(now, warning_before()).ms, GRACES_MAX, &list));
    const struct limit_state_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct gate_handle handle = gate_customer(app->gate, rows[i].user_id);
        struct gate_use use = {.metric = (enum metric)rows[i].metric, .time = now};
        if (!gate_is_known(handle)) {
            continue;
        }
        struct gate_verdict verdict = gate_record(handle, &use, now);
        TRY(limit_watch_keep(app, tx, rows[i].user_id, use.metric, &verdict));
    }
    return OK;
}
