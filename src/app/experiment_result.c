#include "app/experiment_result.h"

#include <math.h>

#include "base/check.h"
#include "core/price.h"

#define PPM 1e6

static struct err too_many(struct tx *tx) {
    return cx_fail(tx->cx, ERR(ERR_TOO_LARGE), "An experiment has more figures than are read.");
}

static bool is_arm(const struct experiment *of, int64_t arm) {
    return arm >= 0 && arm < (int64_t)of->plan.arm_count;
}

/* --- whether the arms are filled as they are weighted --- */

static struct err read_slices_of(struct tx *tx, const struct experiment *of,
                                 enum experiment_slicing by, struct row_list *ret_list) {
    TRY(experiment_slices(tx, id_str(&of->row.id), by, ret_list));
    return ret_list->count == EXPERIMENT_SLICES_MAX ? too_many(tx) : OK;
}

/* `slices` are of one kind: each unit is in one of them. */
static struct err count_units(struct tx *tx, const struct experiment *of,
                              const struct row_list *slices, struct experiment_result *result) {
    struct row_list left_out;
    TRY(experiment_left_out(tx, id_str(&of->row.id), &left_out));
    const struct experiment_slice *rows = slices->items;
    const struct experiment_count *outs = left_out.items;
    result->arm_count = of->plan.arm_count;
    for (size_t i = 0; i < result->arm_count; i++) {
        result->arms[i].name = of->plan.arms[i].name;
        result->arms[i].weight = of->plan.arms[i].weight;
    }
    for (size_t i = 0; i < slices->count; i++) {
        if (is_arm(of, rows[i].arm)) {
            result->arms[rows[i].arm].exposed += rows[i].count;
        }
    }
    for (size_t i = 0; i < left_out.count; i++) {
        if (is_arm(of, outs[i].arm)) {
            result->arms[outs[i].arm].excluded += outs[i].count;
        }
    }
    return OK;
}

static struct srm srm_of(const struct experiment_plan *plan, const int64_t *counts) {
    int64_t weights[EXPERIMENT_ARMS_MAX];
    for (size_t i = 0; i < plan->arm_count; i++) {
        weights[i] = plan->arms[i].weight;
    }
    return inference_srm(counts, weights, plan->arm_count);
}

static struct srm srm_of_all(const struct experiment *of, const struct experiment_result *result) {
    int64_t counts[EXPERIMENT_ARMS_MAX];
    for (size_t i = 0; i < result->arm_count; i++) {
        counts[i] = result->arms[i].exposed;
    }
    return srm_of(&of->plan, counts);
}

struct err experiment_srm_read(struct tx *tx, const struct experiment *of, struct srm *ret_srm) {
    struct experiment_result result = {.arm_count = 0};
    struct row_list devices;
    TRY(read_slices_of(tx, of, EXPERIMENT_BY_DEVICE, &devices));
    TRY(count_units(tx, of, &devices, &result));
    *ret_srm = srm_of_all(of, &result);
    return OK;
}

/* One kind of slice; its p is shared among as many as there are. */
static void judge_slices(const struct experiment *of, const struct row_list *list, const char *by,
                         struct row_list *slices) {
    const struct experiment_slice *rows = list->items;
    struct experiment_slice_result *out = slices->items;
    size_t first = slices->count;
    for (size_t i = 0; i < list->count;) {
        struct experiment_slice_result slice = {.by = by, .of = rows[i].of};
        int64_t counts[EXPERIMENT_ARMS_MAX] = {0};
        for (; i < list->count && str_equal(rows[i].of, slice.of); i++) {
            if (is_arm(of, rows[i].arm)) {
                counts[rows[i].arm] = rows[i].count;
                slice.units += rows[i].count;
            }
        }
        slice.srm = srm_of(&of->plan, counts);
        out[slices->count++] = slice;
    }
    double kinds = (double)(slices->count - first);
    for (size_t i = first; i < slices->count; i++) {
        out[i].srm.is_failed = out[i].srm.p * kinds < INFERENCE_SRM_ALPHA;
    }
}

static struct err read_slices(struct tx *tx, const struct experiment *of,
                              const struct row_list *days, struct experiment_result *result) {
    struct row_list countries;
    struct row_list devices;
    TRY(read_slices_of(tx, of, EXPERIMENT_BY_COUNTRY, &countries));
    TRY(read_slices_of(tx, of, EXPERIMENT_BY_DEVICE, &devices));
    size_t max = days->count + countries.count + devices.count;
    struct experiment_slice_result *out = arena_array(tx->cx->arena, max, sizeof *out);
    if (out == NULL && max > 0) {
        return ERR(ERR_NO_MEMORY);
    }
    result->slices = (struct row_list){out, 0};
    judge_slices(of, &countries, "country", &result->slices);
    judge_slices(of, &devices, "device", &result->slices);
    judge_slices(of, days, "day", &result->slices);
    return OK;
}

/* --- the metric --- */

/* What a unit that holds this pays in a month, in minor units rounded down; 0: nothing, or nothing
 * that is in the catalogue. */
static int64_t monthly_of(const struct app *app, const struct experiment_outcome *outcome) {
    const struct plan *held =
        catalogue_plan_version(app->catalogue, (enum tier)outcome->tier, (int32_t)outcome->version);
    struct money price = {0};
    if (held == NULL || !price_of(held, (enum interval)outcome->interval, &price)) {
        return 0;
    }
    return price.minor / (outcome->interval == INTERVAL_YEAR ? 12 : 1);
}

/* 1, or minor units in a month that are cut as was registered. */
static int64_t value_of(const struct experiment_plan *plan, int64_t monthly) {
    return plan->metric == EXPERIMENT_CONVERSION ? 1 : inference_winsorise(monthly, plan->cut);
}

static struct comparing comparing_of(const struct experiment_plan *plan) {
    bool is_share = plan->metric == EXPERIMENT_CONVERSION;
    double others = (double)plan->arm_count - 1.0;
    return (struct comparing){
        .is_share = is_share,
        .alpha = (double)plan->alpha_ppm / PPM / others,
        .tau = is_share ? (double)plan->tau / PPM : (double)plan->tau,
    };
}

struct looking {
    const struct experiment *of;
    struct experiment_result *result;
    struct comparing how;
    struct sample samples[EXPERIMENT_ARMS_MAX];
    double running[EXPERIMENT_ARMS_MAX];
    struct experiment_look *looks;
    size_t count, max;
};

static void look(struct looking *at, int64_t day) {
    for (size_t arm = 1; arm < at->result->arm_count; arm++) {
        struct comparison found = inference_compare(&at->samples[0], &at->samples[arm], &at->how);
        at->running[arm] = inference_running(at->running[arm], found.p_always);
        at->result->comparisons[arm].look = found;
        if (found.is_known && at->count < at->max) {
            at->looks[at->count++] = (struct experiment_look){
                .day = day,
                .arm = at->result->arms[arm].name,
                .units = at->samples[0].units + at->samples[arm].units,
                .effect = found.effect,
                .half_width = found.half_width,
                .p = at->running[arm],
            };
        }
    }
}

/* Those who had paid for something by the end of their window: a stretch of days at a time, so that
 * no list is longer than is read. */
struct holders {
    const struct app *app;
    struct tx *tx;
    struct row_list list;
    size_t next;
    int64_t read_until; /* days before it are in the list */
};
enum { STRETCH_DAYS = 30 };

static struct err read_holders(struct holders *holders, const struct experiment *of, int64_t day) {
    int64_t day_ms = duration_days(1).ms;
    if (day < holders->read_until) {
        return OK;
    }
    const struct experiment_outcome_query query = {
        .id = id_str(&of->row.id),
        .window_ms = duration_days(of->plan.window_days).ms,
        .from = day * day_ms,
        .until = (day + STRETCH_DAYS) * day_ms,
    };
    TRY(experiment_outcomes(holders->tx, &query, &holders->list));
    holders->next = 0;
    holders->read_until = day + STRETCH_DAYS;
    return holders->list.count == EXPERIMENT_OUTCOMES_MAX ? too_many(holders->tx) : OK;
}

static struct err add_holders(struct looking *at, struct holders *holders, int64_t day,
                              int64_t units[EXPERIMENT_ARMS_MAX]) {
    TRY(read_holders(holders, at->of, day));
    const struct experiment_outcome *rows = holders->list.items;
    for (; holders->next < holders->list.count && rows[holders->next].day == day; holders->next++) {
        const struct experiment_outcome *row = &rows[holders->next];
        int64_t monthly = monthly_of(holders->app, row);
        if (!is_arm(at->of, row->arm) || monthly == 0) {
            continue;
        }
        experiment_sold_add(&at->result->arms[row->arm].sold, (enum tier)row->tier,
                            (enum interval)row->interval, monthly, row->count);
        sample_add(&at->samples[row->arm], value_of(&at->of->plan, monthly), row->count);
        units[row->arm] -= row->count;
    }
    return OK;
}

/* Days in order, once the windows of all who were exposed on one are over: what is known then is
 * one look. Who is among the units of a day and holds nothing counts as 0. */
static struct err look_daily(struct looking *at, struct holders *holders,
                             const struct row_list *days, int64_t last) {
    const struct experiment_slice *rows = days->items;
    for (size_t i = 0; i < days->count;) {
        int64_t units[EXPERIMENT_ARMS_MAX] = {0};
        struct str name = rows[i].of;
        int64_t day = 0;
        if (!str_to_i64(name, &day) || day > last) {
            return OK;
        }
        for (; i < days->count && str_equal(rows[i].of, name); i++) {
            if (is_arm(at->of, rows[i].arm)) {
                units[rows[i].arm] = rows[i].count;
                at->result->arms[rows[i].arm].sold.units += rows[i].count;
            }
        }
        TRY(add_holders(at, holders, day, units));
        for (size_t arm = 0; arm < at->result->arm_count; arm++) {
            sample_add(&at->samples[arm], 0, units[arm]);
        }
        look(at, day + at->of->plan.window_days);
    }
    return OK;
}

static void conclude(struct looking *at) {
    const struct experiment_plan *plan = &at->of->plan;
    struct experiment_result *result = at->result;
    bool is_fixed = plan->method == EXPERIMENT_FIXED;
    size_t others = result->arm_count - 1;
    double p[EXPERIMENT_ARMS_MAX] = {0};
    double adjusted[EXPERIMENT_ARMS_MAX] = {0};
    for (size_t i = 0; i < others; i++) {
        p[i] = is_fixed ? result->comparisons[i + 1].look.p_fixed : at->running[i + 1];
    }
    inference_holm(p, others, adjusted);
    for (size_t i = 0; i < others; i++) {
        struct experiment_comparison *one = &result->comparisons[i + 1];
        one->arm = result->arms[i + 1].name;
        one->p = p[i];
        one->p_holm = adjusted[i];
        one->low = is_fixed ? one->look.fixed.low : one->look.effect - one->look.half_width;
        one->high = is_fixed ? one->look.fixed.high : one->look.effect + one->look.half_width;
        one->is_effect = one->look.is_known && one->p_holm < (double)plan->alpha_ppm / PPM;
    }
}

static bool is_at_horizon(const struct looking *at) {
    bool is_there = true;
    for (size_t i = 0; i < at->result->arm_count; i++) {
        is_there = is_there && at->samples[i].units >= (double)at->of->plan.horizon;
    }
    return is_there;
}

/* The last day of exposure whose units' windows are all over. */
static int64_t last_whole_day(struct tx *tx, const struct experiment *of) {
    return cx_now_ms(tx->cx) / duration_days(1).ms - of->plan.window_days - 1;
}

static void say_arms(const struct looking *at) {
    const struct experiment *of = at->of;
    struct experiment_result *result = at->result;
    for (size_t i = 0; i < result->arm_count; i++) {
        result->arms[i].counted = (int64_t)at->samples[i].units;
        result->arms[i].mean = sample_mean(&at->samples[i]);
    }
    result->hidden = result->srm.is_failed ? EXPERIMENT_HIDDEN_SRM
                     : of->plan.method == EXPERIMENT_FIXED && !is_at_horizon(at)
                         ? EXPERIMENT_HIDDEN_HORIZON
                         : EXPERIMENT_SHOWN;
    bool is_shown = result->hidden == EXPERIMENT_SHOWN;
    result->looks = (struct row_list){at->looks, is_shown ? at->count : 0};
}

static struct err read_outcomes(const struct app *app, struct tx *tx, const struct experiment *of,
                                const struct row_list *days, struct experiment_result *result) {
    struct looking at = {.of = of, .result = result, .how = comparing_of(&of->plan)};
    struct holders holders = {.app = app, .tx = tx, .read_until = INT64_MIN};
    at.max = days->count * (of->plan.arm_count - 1);
    at.looks = arena_array(tx->cx->arena, at.max, sizeof *at.looks);
    if (at.looks == NULL && at.max > 0) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < EXPERIMENT_ARMS_MAX; i++) {
        at.running[i] = 1.0;
        result->comparisons[i].look = (struct comparison){.p_fixed = 1.0, .p_always = 1.0};
    }
    TRY(look_daily(&at, &holders, days, last_whole_day(tx, of)));
    conclude(&at);
    say_arms(&at);
    return OK;
}

/* --- guardrails --- */

static double share_of(const struct experiment_arm_result *arm, size_t guardrail) {
    return arm->exposed > 0 ? (double)arm->guardrails[guardrail] / (double)arm->exposed : 0.0;
}

static void judge_guardrails(const struct experiment *of, struct experiment_result *result) {
    double bound = (double)of->plan.guardrails_ppm / PPM;
    for (size_t i = 1; bound > 0.0 && i < result->arm_count; i++) {
        for (size_t g = 0; g < EXPERIMENT_GUARDRAIL_COUNT; g++) {
            result->arms[i].breaks[g] =
                share_of(&result->arms[i], g) - share_of(&result->arms[0], g) > bound;
        }
    }
}

static struct err read_guardrails(struct tx *tx, const struct experiment *of,
                                  struct experiment_result *result) {
    struct row_list list;
    struct row_list contacts;
    int64_t churn = duration_days(EXPERIMENT_CHURN_DAYS).ms;
    int64_t since = of->row.started_at == ROW_NONE ? 0 : of->row.started_at;
    TRY(experiment_guarded(tx, id_str(&of->row.id), churn, &list));
    TRY(experiment_contacts(tx, id_str(&of->row.id), since, &contacts));
    const struct experiment_guarded *rows = list.items;
    const struct experiment_count *wrote = contacts.items;
    for (size_t i = 0; i < list.count; i++) {
        for (size_t g = 0; is_arm(of, rows[i].arm) && g < EXPERIMENT_CONTACTS; g++) {
            result->arms[rows[i].arm].guardrails[g] = rows[i].counts[g];
        }
    }
    for (size_t i = 0; i < contacts.count; i++) {
        if (is_arm(of, wrote[i].arm)) {
            result->arms[wrote[i].arm].guardrails[EXPERIMENT_CONTACTS] = wrote[i].count;
        }
    }
    judge_guardrails(of, result);
    return OK;
}

struct err experiment_result_read(const struct app *app, struct tx *tx, const struct experiment *of,
                                  struct experiment_result *ret_result) {
    struct row_list days;
    int64_t until = of->row.ended_at == ROW_NONE ? cx_now_ms(tx->cx) : of->row.ended_at;
    *ret_result = (struct experiment_result){.arm_count = 0};
    TRY(read_slices_of(tx, of, EXPERIMENT_BY_DAY, &days));
    TRY(count_units(tx, of, &days, ret_result));
    ret_result->srm = srm_of_all(of, ret_result);
    TRY(read_slices(tx, of, &days, ret_result));
    TRY(read_outcomes(app, tx, of, &days, ret_result));
    TRY(read_guardrails(tx, of, ret_result));
    ret_result->has_run_enough =
        of->row.started_at != ROW_NONE &&
        instant_add((struct instant){of->row.started_at}, duration_days(of->plan.days_least)).ms <=
            until;
    return OK;
}
