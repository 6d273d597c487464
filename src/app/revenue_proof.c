#include "app/revenue_proof.h"

#include <inttypes.h>

#include "app/alert.h"
#include "base/log.h"
#include "store/setting.h"

enum { ACCOUNTS_AT_ONCE = 500 };
/* So long months are proven in one transaction. */
#define TURN_NS UINT64_C(5000000)
/* "day differences": of the last one; "day month differences user": of one under way. */
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
    proof.user_id = under_way;
    *ret_proof = proof;
    return OK;
}

static struct err keep(struct tx *tx, const struct revenue_proof *proof) {
    struct arena *arena = tx->cx->arena;
    const char *month =
        proof->month == ROW_NONE ? no_month : arena_printf(arena, "%" PRId64, proof->month).bytes;
    return setting_put(tx, under_way_setting,
                       arena_printf(arena, "%" PRId64 " %s %" PRId64 " " STR_FMT, proof->under_way,
                                    month, proof->differences, STR_ARG(proof->user_id)));
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

static struct err prove_month(struct tx *tx, struct revenue_proof *proof) {
    struct revenue_proof_row sums = {0, 0};
    struct revenue_month month = {(int32_t)proof->month};
    TRY(revenue_proof_sums(tx, month, &sums));
    proof->differences += sums.days + sums.months;
    bool is_last =
        proof->month >= revenue_month_of((struct revenue_day){(int32_t)proof->under_way}).number;
    proof->month = is_last ? ROW_NONE : proof->month + 1;
    return OK;
}

/* The accounts against their last rows, and against the subscriptions as they are. */
static struct err prove_accounts(struct app *app, struct tx *tx, struct revenue_proof *proof,
                                 bool *ret_has_more) {
    struct row_list list;
    int64_t differing = 0;
    TRY(revenue_account_each(tx, proof->user_id, ACCOUNTS_AT_ONCE, &list));
    const struct revenue_account_row *rows = list.items;
    *ret_has_more = list.count == ACCOUNTS_AT_ONCE;
    if (list.count == 0) {
        return OK;
    }
    const struct user_range range = {proof->user_id, rows[list.count - 1].user_id};
    TRY(revenue_proof_accounts(tx, range, &differing));
    for (size_t i = 0; i < list.count; i++) {
        bool agrees = true;
        TRY(revenue_agrees(app, tx, rows[i].user_id, &agrees));
        if (!agrees) {
            log_event(app->env, LOG_ERROR, "revenue.account_differs", "seq=%" PRId64, rows[i].seq);
        }
        differing += agrees ? 0 : 1;
    }
    proof->differences += differing;
    proof->user_id = range.last;
    return OK;
}

static struct err begin(struct tx *tx, int64_t today, struct revenue_proof *proof) {
    proof->under_way = today;
    proof->differences = 0;
    proof->user_id = STR("");
    return revenue_first_month(tx, &proof->month);
}

struct err revenue_proof_go_on(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct revenue_proof proof;
    int64_t today = revenue_day_of((struct instant){cx_now_ms(tx->cx)}).number;
    TRY(revenue_proof_read(tx, &proof));
    *ret_has_more = false;
    if (proof.has_ended && proof.day >= today) {
        return OK;
    }
    TRY(proof.under_way == ROW_NONE ? begin(tx, today, &proof) : OK);
    if (proof.month != ROW_NONE) {
        *ret_has_more = true;
        uint64_t until = app->env->mono_ns(app->env) + TURN_NS;
        do {
            TRY(prove_month(tx, &proof));
        } while (proof.month != ROW_NONE && app->env->mono_ns(app->env) < until);
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
