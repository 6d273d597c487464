#include "app/revenue_proof.h"

#include <inttypes.h>

#include "app/alert.h"
#include "app/revenue_rebuild.h"
#include "base/log.h"
#include "store/setting.h"

enum { ACCOUNTS_AT_ONCE = 500 };
/* So long months are proven in one transaction. */
#define TURN_NS UINT64_C(5000000)
/* "day differences": of the last one; "day month differences turn user": of one under way. */
static const char ended_setting[] = "revenue_proof";
static const char under_way_setting[] = "revenue_proof_under_way";
static const char no_month[] = "-";

static int64_t number_of(struct str text) {
    int64_t number = ROW_NONE;
    return str_to_i64(text, &number) ? number : ROW_NONE;
}

struct err revenue_proof_read(struct tx *tx, struct revenue_proof *ret_proof) {
    struct str ended;
    struct str under_way;
    TRY(setting_get(tx, ended_setting, &ended));
    TRY(setting_get(tx, under_way_setting, &under_way));
    struct revenue_proof proof = {.has_ended = ended.len > 0};
    proof.day = number_of(str_cut(&ended, ' '));
    proof.ended_differences = number_of(ended);
    proof.under_way = number_of(str_cut(&under_way, ' '));
    proof.month = number_of(str_cut(&under_way, ' '));
    proof.differences = number_of(str_cut(&under_way, ' '));
    proof.turn = number_of(str_cut(&under_way, ' '));
    proof.user_id = under_way;
    *ret_proof = proof;
    return OK;
}

static struct err keep(struct tx *tx, const struct revenue_proof *proof) {
    struct arena *arena = tx->cx->arena;
    const char *month =
        proof->month == ROW_NONE ? no_month : arena_printf(arena, "%" PRId64, proof->month).bytes;
    return setting_put(tx, under_way_setting,
                       arena_printf(arena, "%" PRId64 " %s %" PRId64 " %" PRId64 " " STR_FMT,
                                    proof->under_way, month, proof->differences, proof->turn,
                                    STR_ARG(proof->user_id)));
}

static struct err end(struct app *app, struct tx *tx, const struct revenue_proof *proof) {
    struct str ended =
        arena_printf(tx->cx->arena, "%" PRId64 " %" PRId64, proof->under_way, proof->differences);
    TRY(setting_put(tx, ended_setting, ended));
    TRY(setting_put(tx, under_way_setting, STR("")));
    if (proof->differences == 0) {
        return OK;
    }
    log_event(app->env, LOG_ERROR, "revenue.differs", "count=%" PRId64, proof->differences);
    const struct alert_failure failure = {
        .place = STR("revenue, proof of the sums"),
        .error = arena_printf(tx->cx->arena, "%" PRId64 " differences", proof->differences)};
    return alert_command_failed(app, tx, &failure);
}

/* Which of the seven nights this is: what was not touched is proved in its own. */
static int64_t turn_of(int64_t day) {
    return day % REVENUE_TURNS;
}

/* What differs is proved again the next night, until it does no more. */
static struct err prove_month(struct tx *tx, struct revenue_proof *proof) {
    struct revenue_proof_row sums = {0, 0};
    struct revenue_month month = {(int32_t)proof->month};
    int64_t cohorts = 0;
    TRY(revenue_proof_sums(tx, month, &sums));
    TRY(revenue_cohorts_compare(tx, month, false, &cohorts));
    int64_t differing = sums.days + sums.months + cohorts;
    proof->differences += differing;
    return differing > 0 ? revenue_month_touch(tx, proof->month)
                         : revenue_month_settle(tx, proof->month);
}

static struct err pass_month(struct tx *tx, struct revenue_proof *proof, int64_t last) {
    bool is_due = proof->month % REVENUE_TURNS == turn_of(proof->under_way);
    TRY(is_due ? OK : revenue_month_is_touched(tx, proof->month, &is_due));
    TRY(is_due ? prove_month(tx, proof) : OK);
    proof->month = proof->month >= last ? ROW_NONE : proof->month + 1;
    return OK;
}

static struct err prove_months(struct app *app, struct tx *tx, struct revenue_proof *proof) {
    struct revenue_span span;
    uint64_t until = app->env->mono_ns(app->env) + TURN_NS;
    TRY(revenue_span_read(tx, &span));
    do {
        TRY(pass_month(tx, proof, span.last));
    } while (proof->month != ROW_NONE && app->env->mono_ns(app->env) < until);
    return OK;
}

static struct err prove_account(struct app *app, struct tx *tx, const struct revenue_turn_row *row,
                                int64_t *differences) {
    bool agrees = true;
    TRY(revenue_agrees(app, tx, row->user_id, &agrees));
    if (!agrees) {
        log_event(app->env, LOG_ERROR, "revenue.account_differs", "user=" STR_FMT,
                  STR_ARG(row->user_id));
    }
    *differences += (agrees ? 0 : 1) + (row->differs ? 1 : 0);
    return agrees && !row->differs ? OK : revenue_turn_again(tx, row->user_id);
}

/* The accounts against their last rows, and against the subscriptions as they are: those that were
 * touched, then those whose night it is. */
static struct err prove_accounts(struct app *app, struct tx *tx, struct revenue_proof *proof,
                                 bool *ret_has_more) {
    struct row_list list;
    TRY(revenue_accounts_of_turn(tx, proof->turn, proof->user_id, ACCOUNTS_AT_ONCE, &list));
    const struct revenue_turn_row *rows = list.items;
    bool is_touched = proof->turn == REVENUE_TURN_NEXT;
    if (list.count > 0) {
        const struct user_range range = {proof->user_id, rows[list.count - 1].user_id};
        TRY(is_touched ? revenue_turn_end(tx, proof->turn, range) : OK);
        proof->user_id = range.last;
    }
    for (size_t i = 0; i < list.count; i++) {
        TRY(prove_account(app, tx, &rows[i], &proof->differences));
    }
    *ret_has_more = list.count == ACCOUNTS_AT_ONCE || is_touched;
    if (list.count < ACCOUNTS_AT_ONCE && is_touched) {
        proof->turn = turn_of(proof->under_way);
        proof->user_id = STR("");
    }
    return OK;
}

static struct err begin(struct tx *tx, int64_t today, struct revenue_proof *proof) {
    struct revenue_span span;
    TRY(revenue_span_read(tx, &span));
    proof->under_way = today;
    proof->month = span.first;
    proof->differences = 0;
    proof->turn = REVENUE_TURN_NEXT;
    proof->user_id = STR("");
    return OK;
}

struct err revenue_proof_go_on(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct revenue_proof proof;
    int64_t today = revenue_day_of((struct instant){cx_now_ms(tx->cx)}).number;
    TRY(revenue_proof_read(tx, &proof));
    *ret_has_more = false;
    if (proof.has_ended && proof.day >= today) {
        return OK;
    }
    bool is_new = proof.under_way == ROW_NONE || proof.turn == ROW_NONE;
    TRY(is_new ? begin(tx, today, &proof) : OK);
    if (proof.month != ROW_NONE) {
        *ret_has_more = true;
        TRY(prove_months(app, tx, &proof));
        return keep(tx, &proof);
    }
    TRY(prove_accounts(app, tx, &proof, ret_has_more));
    return *ret_has_more ? keep(tx, &proof) : end(app, tx, &proof);
}

struct err revenue_proof_next_at(struct tx *tx, struct instant *ret_at) {
    struct revenue_proof proof;
    TRY(revenue_proof_read(tx, &proof));
    int64_t next = proof.has_ended ? proof.day + 1 : 0;
    *ret_at = revenue_day_start((struct revenue_day){(int32_t)next});
    return OK;
}
