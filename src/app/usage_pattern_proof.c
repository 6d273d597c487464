/* Sums of usage held against the totals of all customers (usage_pattern.h). */
#include "app/usage_pattern.h"

#include <inttypes.h>

#include "app/alert.h"
#include "base/log.h"
#include "store/setting.h"
#include "store/usage_pattern.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum {
    CUSTOMERS_AT_ONCE = 250,
    HOURS_MAX = 24 * 512, /* of one customer's day, with all regions */
    FINAL_DAYS = 5,       /* corrections have ended by then */
    STEP = 97,            /* a prime: which older day comes next */
    TURNS = 1000,
};

/* "day differences": of the last one that ended; "day user": of one under way. */
static const char ended_setting[] = "usage_proof";
static const char under_way_setting[] = "usage_proof_under_way";

struct proof {
    int64_t ended;     /* a day since 1970; or ROW_NONE */
    int64_t under_way; /* the same */
    struct str user_id;
};

static int64_t number_of(struct str text) {
    int64_t number = ROW_NONE;
    return str_to_i64(text, &number) ? number : ROW_NONE;
}

static struct err read_proof(struct tx *tx, struct proof *ret_proof) {
    struct str ended;
    struct str under_way;
    TRY(setting_get(tx, ended_setting, &ended));
    TRY(setting_get(tx, under_way_setting, &under_way));
    struct proof proof;
    proof.ended = number_of(str_cut(&ended, ' '));
    proof.under_way = number_of(str_cut(&under_way, ' '));
    proof.user_id = under_way;
    *ret_proof = proof;
    return OK;
}

/* --- what is to be there --- */

static struct err add_hours(struct tx *tx, const struct usage_hours_query *query) {
    struct row_list list;
    TRY(usage_proof_hours(tx, query, HOURS_MAX, &list));
    const struct usage_proof_hour *hours = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct str zone;
        struct str region =
            arena_printf(tx->cx->arena, "region " STR_FMT, STR_ARG(hours[i].region));
        TRY(usage_zone_at(tx, query->user_id, hours[i].hour, &zone));
        TRY(usage_proof_add(tx, query->metric, zone, hours[i].hour, hours[i].value));
        TRY(usage_proof_add(tx, query->metric, USAGE_ALL, hours[i].hour, hours[i].value));
        TRY(usage_proof_add(tx, query->metric, region, query->from, hours[i].value));
    }
    return OK;
}

static struct err add_customer(struct tx *tx, struct str user_id, int64_t day) {
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        struct usage_hours_query query = {user_id, (enum metric)metric, USAGE_ALL,
                                          (day - USAGE_REACH_DAYS + 1) * DAY_MS,
                                          (day + 1) * DAY_MS};
        int64_t seen = ROW_NONE;
        TRY(usage_hour_last(tx, &query, &seen));
        query.from = day * DAY_MS;
        if (seen != ROW_NONE) {
            TRY(usage_proof_add(tx, query.metric, STR("reach"), query.from, 1));
        }
        if (seen >= query.from && metric_kind(query.metric) == METRIC_COUNTER) {
            TRY(add_hours(tx, &query));
        }
    }
    return OK;
}

struct err usage_pattern_differences(struct tx *tx, int64_t day, int64_t *ret_count) {
    struct str last = STR("");
    struct row_list users;
    TRY(usage_proof_forget(tx));
    do {
        TRY(usage_proof_users(tx, last, CUSTOMERS_AT_ONCE, &users));
        const struct str *ids = users.items;
        for (size_t i = 0; i < users.count; i++) {
            TRY(add_customer(tx, ids[i], day));
            last = ids[i];
        }
    } while (users.count == CUSTOMERS_AT_ONCE);
    TRY(usage_proof_differing(tx, day, ret_count));
    return usage_proof_forget(tx);
}

/* --- night by night --- */

/* Another one each night, of three years. */
static int64_t older_day(int64_t today) {
    return today - FINAL_DAYS - 1 - today * STEP % TURNS;
}

static struct err end(struct app *app, struct tx *tx, const struct proof *proof) {
    int64_t final = 0;
    int64_t older = 0;
    TRY(usage_proof_differing(tx, proof->under_way - FINAL_DAYS, &final));
    TRY(usage_proof_differing(tx, older_day(proof->under_way), &older));
    TRY(usage_proof_forget(tx));
    int64_t count = final + older;
    TRY(setting_put(tx, ended_setting,
                    arena_printf(tx->cx->arena, "%" PRId64 " %" PRId64, proof->under_way, count)));
    TRY(setting_put(tx, under_way_setting, STR("")));
    if (count == 0) {
        return OK;
    }
    log_event(app->env, LOG_ERROR, "usage.sums_differ", "count=%" PRId64, count);
    const struct alert_failure failure = {
        .place = STR("usage, proof of the sums"),
        .error = arena_printf(tx->cx->arena, "%" PRId64 " differences", count)};
    return alert_command_failed(app, tx, &failure);
}

struct err usage_pattern_prove(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct proof proof;
    struct row_list users;
    int64_t today = cx_now_ms(tx->cx) / DAY_MS;
    TRY(read_proof(tx, &proof));
    *ret_has_more = false;
    if (proof.ended >= today) {
        return OK;
    }
    if (proof.under_way == ROW_NONE) {
        proof.under_way = today;
        proof.user_id = STR("");
        TRY(usage_proof_forget(tx));
    }
    TRY(usage_proof_users(tx, proof.user_id, CUSTOMERS_AT_ONCE, &users));
    const struct str *ids = users.items;
    for (size_t i = 0; i < users.count; i++) {
        TRY(add_customer(tx, ids[i], proof.under_way - FINAL_DAYS));
        TRY(add_customer(tx, ids[i], older_day(proof.under_way)));
    }
    *ret_has_more = users.count == CUSTOMERS_AT_ONCE;
    if (!*ret_has_more) {
        return end(app, tx, &proof);
    }
    return setting_put(tx, under_way_setting,
                       arena_printf(tx->cx->arena, "%" PRId64 " " STR_FMT, proof.under_way,
                                    STR_ARG(ids[users.count - 1])));
}

struct err usage_pattern_prove_next_at(struct tx *tx, struct instant *ret_at) {
    struct proof proof;
    TRY(read_proof(tx, &proof));
    *ret_at = (struct instant){proof.ended == ROW_NONE ? 0 : (proof.ended + 1) * DAY_MS};
    return OK;
}
