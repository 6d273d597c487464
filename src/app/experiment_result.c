#include "app/experiment_result.h"

#include <math.h>

#include "base/check.h"
#include "core/price.h"

#define PPM 1e6

static struct err too_many(struct tx *tx) {
    return cx_fail(tx->cx, ERR(ERR_TOO_LARGE), "An experiment has more figures than are read.");
}

/* --- whether the arms are filled as they are weighted --- */

static struct err read_counts(struct tx *tx, const struct experiment *of,
                              struct experiment_result *result) {
    struct row_list list;
    TRY(experiment_counts(tx, id_str(&of->row.id), &list));
    const struct experiment_count *rows = list.items;
    result->arm_count = of->plan.arm_count;
    for (size_t i = 0; i < result->arm_count; i++) {
        result->arms[i].name = of->plan.arms[i].name;
        result->arms[i].weight = of->plan.arms[i].weight;
    }
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].arm < (int64_t)result->arm_count) {
            struct experiment_arm_result *arm = &result->arms[rows[i].arm];
            arm->exposed = rows[i].counted;
            arm->excluded = rows[i].exposed - rows[i].counted;
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
    TRY(read_counts(tx, of, &result));
    *ret_srm = srm_of_all(of, &result);
    return OK;
}

/* One kind of slice: those whose p is below the gate's, shared among as many as there are. */
static struct err read_slicing(struct tx *tx, const struct experiment *of,
                               enum experiment_slicing by, struct row_list *slices) {
    static const char *const names[] = {"day", "country", "device"};
    struct row_list list;
    TRY(experiment_slices(tx, id_str(&of->row.id), by, &list));
    if (list.count == EXPERIMENT_SLICES_MAX) {
        return too_many(tx);
    }
    const struct experiment_slice *rows = list.items;
    struct experiment_slice_result *out = slices->items;
    size_t first = slices->count;
    size_t kinds = 0;
    for (size_t i = 0; i < list.count; kinds++) {
        struct experiment_slice_result slice = {.by = names[by], .of = rows[i].of};
        int64_t counts[EXPERIMENT_ARMS_MAX] = {0};
        for (; i < list.count && str_equal(rows[i].of, slice.of); i++) {
            if (rows[i].arm < (int64_t)of->plan.arm_count) {
                counts[rows[i].arm] = rows[i].count;
                slice.units += rows[i].count;
            }
        }
        slice.srm = srm_of(&of->plan, counts);
        out[slices->count++] = slice;
    }
    size_t kept = first;
    for (size_t i = first; i < slices->count; i++) {
        if (out[i].srm.p * (double)kinds < INFERENCE_SRM_ALPHA) {
            out[kept++] = out[i];
        }
    }
    slices->count = kept;
    return OK;
}

static struct err read_slices(struct tx *tx, const struct experiment *of,
                              struct experiment_result *result) {
    enum { KINDS = 3 };
    struct experiment_slice_result *out =
        arena_array(tx->cx->arena, KINDS * (size_t)EXPERIMENT_DAYS_MAX, sizeof *out);
    if (out == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    result->slices = (struct row_list){out, 0};
    TRY(read_slicing(tx, of, EXPERIMENT_BY_DAY, &result->slices));
    TRY(read_slicing(tx, of, EXPERIMENT_BY_COUNTRY, &result->slices));
    return read_slicing(tx, of, EXPERIMENT_BY_DEVICE, &result->slices);
}

/* --- the metric --- */

/* What a unit that holds this is worth: 1 or 0, or minor units in a month, rounded down. */
static int64_t value_of(const struct app *app, const struct experiment_plan *plan,
                        const struct experiment_outcome *outcome) {
    const struct plan *held = outcome->version == 0
                                  ? NULL
                                  : catalogue_plan_version(app->catalogue, (enum tier)outcome->tier,
                                                           (int32_t)outcome->version);
    struct money price = {0};
    if (held == NULL || !price_of(held, (enum interval)outcome->interval, &price) ||
        money_is_zero(price)) {
        return 0;
    }
    int64_t months = outcome->interval == INTERVAL_YEAR ? 12 : 1;
    return plan->metric == EXPERIMENT_CONVERSION
               ? 1
               : inference_winsorise(price.minor / months, plan->cut);
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

/* Days in order: what is known at the end of each is one look. */
static void look_daily(struct looking *at, const struct app *app, const struct row_list *list) {
    const struct experiment_outcome *rows = list->items;
    for (size_t i = 0; i < list->count;) {
        int64_t day = rows[i].day;
        for (; i < list->count && rows[i].day == day; i++) {
            if (rows[i].arm < (int64_t)at->result->arm_count) {
                sample_add(&at->samples[rows[i].arm], value_of(app, &at->of->plan, &rows[i]),
                           rows[i].count);
            }
        }
        look(at, day);
    }
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

static struct err read_outcomes(const struct app *app, struct tx *tx, const struct experiment *of,
                                struct experiment_result *result) {
    const struct experiment_outcome_query query = {
        .id = id_str(&of->row.id),
        .window_ms = duration_days(of->plan.window_days).ms,
        .now = cx_now_ms(tx->cx),
    };
    struct row_list list;
    TRY(experiment_outcomes(tx, &query, &list));
    if (list.count == EXPERIMENT_SLICES_MAX) {
        return too_many(tx);
    }
    struct looking at = {.of = of, .result = result, .how = comparing_of(&of->plan)};
    at.max = list.count * (of->plan.arm_count - 1);
    at.looks = arena_array(tx->cx->arena, at.max, sizeof *at.looks);
    if (at.looks == NULL && at.max > 0) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < EXPERIMENT_ARMS_MAX; i++) {
        at.running[i] = 1.0;
        result->comparisons[i].look = (struct comparison){.p_fixed = 1.0, .p_always = 1.0};
    }
    look_daily(&at, app, &list);
    conclude(&at);
    for (size_t i = 0; i < result->arm_count; i++) {
        result->arms[i].counted = (int64_t)at.samples[i].units;
        result->arms[i].mean = sample_mean(&at.samples[i]);
    }
    result->hidden = result->srm.is_failed ? EXPERIMENT_HIDDEN_SRM
                     : of->plan.method == EXPERIMENT_FIXED && !is_at_horizon(&at)
                         ? EXPERIMENT_HIDDEN_HORIZON
                         : EXPERIMENT_SHOWN;
    bool is_shown = result->hidden == EXPERIMENT_SHOWN;
    result->looks = (struct row_list){at.looks, is_shown ? at.count : 0};
    return OK;
}

/* --- guardrails --- */

static double share_of(const struct experiment_arm_result *arm, size_t guardrail) {
    return arm->guarded > 0 ? (double)arm->guardrails[guardrail] / (double)arm->guarded : 0.0;
}

static struct err read_guardrails(struct tx *tx, const struct experiment *of,
                                  struct experiment_result *result) {
    struct row_list list;
    double bound = (double)of->plan.guardrails_ppm / PPM;
    TRY(experiment_guarded(tx, id_str(&of->row.id), &list));
    const struct experiment_guarded *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].arm >= (int64_t)result->arm_count) {
            continue;
        }
        struct experiment_arm_result *arm = &result->arms[rows[i].arm];
        arm->guarded = rows[i].units;
        for (size_t g = 0; g < EXPERIMENT_GUARDRAIL_COUNT; g++) {
            arm->guardrails[g] = rows[i].counts[g];
        }
    }
    for (size_t i = 1; bound > 0.0 && i < result->arm_count; i++) {
        for (size_t g = 0; g < EXPERIMENT_GUARDRAIL_COUNT; g++) {
            result->arms[i].breaks[g] =
                share_of(&result->arms[i], g) - share_of(&result->arms[0], g) > bound;
        }
    }
    return OK;
}

struct err experiment_result_read(const struct app *app, struct tx *tx, const struct experiment *of,
                                  struct experiment_result *ret_result) {
    int64_t until = of->row.ended_at == ROW_NONE ? cx_now_ms(tx->cx) : of->row.ended_at;
    *ret_result = (struct experiment_result){.arm_count = 0};
    TRY(read_counts(tx, of, ret_result));
    ret_result->srm = srm_of_all(of, ret_result);
    TRY(read_slices(tx, of, ret_result));
    TRY(read_outcomes(app, tx, of, ret_result));
    TRY(read_guardrails(tx, of, ret_result));
    ret_result->has_run_enough =
        of->row.started_at != ROW_NONE &&
        instant_add((struct instant){of->row.started_at}, duration_days(of->plan.days_least)).ms <=
            until;
    return OK;
}
