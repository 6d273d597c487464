/* GET /api/admin/experiments/:id/results: what the figures say, as of now. Effects are in
 * millionths: of a share, or of a minor unit of money. */
#include "api/experiment_resources.h"

#include <math.h>
#include <stdio.h>

#include "api/stats.h"
#include "app/experiment_result.h"
#include "base/rfc3339.h"
#include "core/experiment_speed.h"

enum { TEXT_MAX = 32, LOOKS_MAX = 8000, SLICES_MAX = 2000 };
#define MILLIONTHS 1e6

/* --- arms --- */

struct guardrail_out {
    struct str name;
    int64_t units, ppm;
    bool is_broken;
};
#define AT(member) offsetof(struct guardrail_out, member)
static const struct shape_field guardrail_fields[] = {
    {"name",
     "refunds, failures (to pay), cancellations (all paid plans left within 60 days of exposure), "
     "downgrades, contacts (feedback of their own accord)",
     SHAPE_STR, .offset = AT(name), .max = TEXT_MAX},
    {"units", "Of which it is true; of contacts, how many there were", SHAPE_I64,
     .offset = AT(units)},
    {"ppm", "Their share of all that were shown the arm", SHAPE_I64, .offset = AT(ppm)},
    {"isBroken", "It is above the control's by more than was registered", SHAPE_BOOL,
     .offset = AT(is_broken)},
};
#undef AT
static const struct shape guardrail_shape = SHAPE(
    "ExperimentGuardrail", "What must not become worse", struct guardrail_out, guardrail_fields);
static const struct shape_field guardrail_item = {.kind = SHAPE_OBJECT, .of = &guardrail_shape};

/* What they hold at the end of their window, beside what decides. */
struct sold_out {
    int64_t paying, conversion_ppm, annual_ppm, starter_ppm, professional_ppm, enterprise_ppm;
    struct money price;
};
#define AT(member) offsetof(struct sold_out, member)
static const struct shape_field sold_fields[] = {
    {"paying", "Units with a paid plan", SHAPE_I64, .offset = AT(paying)},
    {"conversionPpm", "Their share of all that are counted", SHAPE_I64,
     .offset = AT(conversion_ppm)},
    {"averagePrice", "Of a month, of who pays", SHAPE_OBJECT, .offset = AT(price),
     .of = &money_shape},
    {"annualPpm", "Who pays by the year, of who pays", SHAPE_I64, .offset = AT(annual_ppm)},
    {"starterPpm", "Who has Starter, of who pays", SHAPE_I64, .offset = AT(starter_ppm)},
    {"professionalPpm", "Who has Professional", SHAPE_I64, .offset = AT(professional_ppm)},
    {"enterprisePpm", "Who has Enterprise", SHAPE_I64, .offset = AT(enterprise_ppm)},
};
#undef AT
static const struct shape sold_shape =
    SHAPE("ExperimentSold", "What the units of an arm hold at the end of their window",
          struct sold_out, sold_fields);

/* The page, as visitors of an arm wait for it. */
struct speed_out {
    int64_t pages, slow_ppm, mean_us;
    bool is_broken;
};
#define AT(member) offsetof(struct speed_out, member)
static const struct shape_field speed_fields[] = {
    {"pages", "That were sent since the program started", SHAPE_I64, .offset = AT(pages)},
    {"slowPpm", "The share that took longer than 200 milliseconds", SHAPE_I64,
     .offset = AT(slow_ppm)},
    {"meanMicroseconds", "From the request until the page was ready", SHAPE_I64,
     .offset = AT(mean_us)},
    {"isBroken", "The share is above the control's by more than was registered", SHAPE_BOOL,
     .offset = AT(is_broken)},
};
#undef AT
static const struct shape speed_shape =
    SHAPE("ExperimentSpeed", "How long visitors of an arm wait for the page", struct speed_out,
          speed_fields);

struct arm_out {
    struct str name;
    int64_t weight, exposed, excluded, counted, mean;
    bool has_mean;
    struct sold_out sold;
    struct speed_out speed;
    struct shape_list guardrails;
};
#define AT(member) offsetof(struct arm_out, member)
static const struct shape_field arm_fields[] = {
    {"name", "The first is the control", SHAPE_STR, .offset = AT(name), .max = 64},
    {"weight", "Buckets of 10000", SHAPE_I64, .offset = AT(weight)},
    {"exposed", "Units that were shown it and count", SHAPE_I64, .offset = AT(exposed)},
    {"excluded", "Units that were shown it and are in no figure", SHAPE_I64,
     .offset = AT(excluded)},
    {"counted", "Units whose window is over", SHAPE_I64, .offset = AT(counted)},
    {"mean", "Of the metric over those, in millionths; null while results are hidden", SHAPE_I64,
     .offset = AT(mean), .flags = SHAPE_NULLABLE, .is_set = AT(has_mean)},
    {"sold", "Beside the metric; null while results are hidden", SHAPE_OBJECT, .offset = AT(sold),
     .of = &sold_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_mean)},
    {"speed", "Of the pricing page, as this server makes it; a guardrail as well", SHAPE_OBJECT,
     .offset = AT(speed), .of = &speed_shape},
    {"guardrails", "What must not become worse", SHAPE_LIST, .offset = AT(guardrails),
     .max = EXPERIMENT_GUARDRAIL_COUNT, .item = &guardrail_item,
     .item_size = sizeof(struct guardrail_out)},
};
#undef AT
static const struct shape arm_shape =
    SHAPE("ExperimentArmResult", "What came of an arm", struct arm_out, arm_fields);
static const struct shape_field arm_item = {.kind = SHAPE_OBJECT, .of = &arm_shape};

/* --- comparisons --- */

struct comparison_out {
    struct str arm, p, p_holm, likelihood_ratio;
    int64_t effect, low, high;
    bool is_effect;
};
#define AT(member) offsetof(struct comparison_out, member)
static const struct shape_field comparison_fields[] = {
    {"arm", "Beside the control", SHAPE_STR, .offset = AT(arm), .max = 64},
    {"effect", "Its mean less that of the control, in millionths", SHAPE_I64, .offset = AT(effect)},
    {"low", "The interval's lower end", SHAPE_I64, .offset = AT(low)},
    {"high", "And its upper end", SHAPE_I64, .offset = AT(high)},
    {"p", "Of the method: that of all looks so far, or of the one", SHAPE_STR, .offset = AT(p),
     .max = TEXT_MAX},
    {"pHolm", "The same, as there are several arms", SHAPE_STR, .offset = AT(p_holm),
     .max = TEXT_MAX},
    {"likelihoodRatio", "Of the sequential test, at this look", SHAPE_STR,
     .offset = AT(likelihood_ratio), .max = TEXT_MAX},
    {"isEffect", "It is below alpha: there is one", SHAPE_BOOL, .offset = AT(is_effect)},
};
#undef AT
static const struct shape comparison_shape = SHAPE(
    "ExperimentComparison", "An arm beside the control", struct comparison_out, comparison_fields);
static const struct shape_field comparison_item = {.kind = SHAPE_OBJECT, .of = &comparison_shape};

struct look_out {
    int64_t at, units, effect, low, high;
    struct str arm, p;
};
#define AT(member) offsetof(struct look_out, member)
static const struct shape_field look_fields[] = {
    {"at", "The day, UTC", SHAPE_INSTANT, .offset = AT(at)},
    {"arm", "Beside the control", SHAPE_STR, .offset = AT(arm), .max = 64},
    {"units", "Of both, whose window was over", SHAPE_I64, .offset = AT(units)},
    {"effect", "In millionths", SHAPE_I64, .offset = AT(effect)},
    {"low", "Of the interval that holds at any look", SHAPE_I64, .offset = AT(low)},
    {"high", "And its upper end", SHAPE_I64, .offset = AT(high)},
    {"p", "Of all looks so far", SHAPE_STR, .offset = AT(p), .max = TEXT_MAX},
};
#undef AT
static const struct shape look_shape =
    SHAPE("ExperimentLook", "What could be seen at the end of a day", struct look_out, look_fields);
static const struct shape_field look_item = {.kind = SHAPE_OBJECT, .of = &look_shape};

/* --- sample ratio --- */

struct srm_out {
    struct str by, of, chi_square, p, status;
    int64_t units;
    bool is_failed;
};
#define AT(member) offsetof(struct srm_out, member)
static const struct shape_field srm_fields[] = {
    {"chiSquare", "Of what was shown against the weights", SHAPE_STR, .offset = AT(chi_square),
     .max = TEXT_MAX},
    {"p", "Below 0.001 everything else is worthless", SHAPE_STR, .offset = AT(p), .max = TEXT_MAX},
    {"isFailed", "It is", SHAPE_BOOL, .offset = AT(is_failed)},
};
static const struct shape_field slice_fields[] = {
    {"by", "day, country or device", SHAPE_STR, .offset = AT(by), .max = TEXT_MAX},
    {"of", "Which; of days, when it began; null: nobody knows", SHAPE_STR, .offset = AT(of),
     .max = TEXT_MAX, .flags = SHAPE_NULLABLE},
    {"units", "That were shown something", SHAPE_I64, .offset = AT(units)},
    {"p", "As of all", SHAPE_STR, .offset = AT(p), .max = TEXT_MAX},
    {"status", "fail: off, among as many as there are of its kind; else pass", SHAPE_STR,
     .offset = AT(status), .max = TEXT_MAX},
};
#undef AT
static const struct shape srm_shape =
    SHAPE("ExperimentSampleRatio", "Whether arms are filled as they are weighted", struct srm_out,
          srm_fields);
static const struct shape slice_shape = SHAPE(
    "ExperimentSlice", "Whether they are in a part of the units", struct srm_out, slice_fields);
static const struct shape_field slice_item = {.kind = SHAPE_OBJECT, .of = &slice_shape};

/* --- all of it --- */

static const char *const hidden_words[] = {"none", "srm", "horizon", NULL};
static const char *const metric_words[] = {"conversion", "revenue", NULL};
static const char *const method_words[] = {"sequential", "fixed", NULL};

struct results_out {
    int hidden, metric, method;
    bool has_run_enough;
    struct srm_out srm;
    struct shape_list arms, comparisons, looks, slices;
};
#define AT(member) offsetof(struct results_out, member)
static const struct shape_field results_fields[] = {
    {"metric", "What decides", SHAPE_ENUM, .offset = AT(metric), .names = metric_words},
    {"method", "How it is judged", SHAPE_ENUM, .offset = AT(method), .names = method_words},
    {"hidden",
     "srm: the arms are not filled as they are weighted; horizon: the fixed test is read once all "
     "units are there; then there are neither means nor comparisons",
     SHAPE_ENUM, .offset = AT(hidden), .names = hidden_words},
    {"hasRunEnough", "For as long as was registered", SHAPE_BOOL, .offset = AT(has_run_enough)},
    {"sampleRatio", "Of all units that count", SHAPE_OBJECT, .offset = AT(srm), .of = &srm_shape},
    {"slices", "By country, device and day; the newest days, where there are more than 2000",
     SHAPE_LIST, .offset = AT(slices), .max = SLICES_MAX, .item = &slice_item,
     .item_size = sizeof(struct srm_out)},
    {"arms", "The control first", SHAPE_LIST, .offset = AT(arms), .max = EXPERIMENT_ARMS_MAX,
     .item = &arm_item, .item_size = sizeof(struct arm_out)},
    {"comparisons", "Arms beside the control", SHAPE_LIST, .offset = AT(comparisons),
     .max = EXPERIMENT_ARMS_MAX, .item = &comparison_item,
     .item_size = sizeof(struct comparison_out)},
    {"looks", "Day by day", SHAPE_LIST, .offset = AT(looks), .max = LOOKS_MAX, .item = &look_item,
     .item_size = sizeof(struct look_out)},
};
#undef AT
const struct shape experiment_results_shape =
    SHAPE("ExperimentResults", "What the figures of an experiment say", struct results_out,
          results_fields);

static struct str four_digits(struct api_request *request, double value) {
    return arena_printf(request->arena, "%.4g", value);
}

static int64_t millionths(double value) {
    double scaled = value * MILLIONTHS;
    double edge = (double)LIMIT_AMOUNT;
    return (int64_t)llround(scaled > edge ? edge : scaled < -edge ? -edge : scaled);
}

static struct srm_out srm_out_of(struct api_request *request, const struct srm *srm) {
    return (struct srm_out){
        .chi_square = four_digits(request, srm->chi_square),
        .p = four_digits(request, srm->p),
        .is_failed = srm->is_failed,
    };
}

static struct shape_list guardrails_of(struct api_request *request,
                                       const struct experiment_arm_result *arm) {
    struct guardrail_out *out =
        arena_array(request->arena, EXPERIMENT_GUARDRAIL_COUNT, sizeof *out);
    for (size_t i = 0; out != NULL && i < EXPERIMENT_GUARDRAIL_COUNT; i++) {
        out[i] = (struct guardrail_out){
            .name = str_from_cstr(experiment_guardrail_name((enum experiment_guardrail)i)),
            .units = arm->guardrails[i],
            .ppm = arm->exposed > 0 ? arm->guardrails[i] * EXPERIMENT_PPM / arm->exposed : 0,
            .is_broken = arm->breaks[i],
        };
    }
    return (struct shape_list){out, out == NULL ? 0 : (size_t)EXPERIMENT_GUARDRAIL_COUNT};
}

static struct sold_out sold_of(struct api_request *request, const struct experiment_sold *sold) {
    return (struct sold_out){
        .paying = sold->paying,
        .conversion_ppm = experiment_sold_conversion(sold),
        .annual_ppm = experiment_sold_annual(sold),
        .starter_ppm = experiment_sold_mix(sold, TIER_STARTER),
        .professional_ppm = experiment_sold_mix(sold, TIER_PROFESSIONAL),
        .enterprise_ppm = experiment_sold_mix(sold, TIER_ENTERPRISE),
        .price = {experiment_sold_price(sold), request->api->app->catalogue->currency},
    };
}

static struct speed_out speed_of(struct api_request *request, const struct experiment *of,
                                 size_t arm) {
    const struct experiment_speeds *speeds = stats_experiments(request->api->stats);
    struct experiment_speed control = experiment_speed_of(speeds, id_str(&of->row.id), 0);
    struct experiment_speed own = experiment_speed_of(speeds, id_str(&of->row.id), arm);
    return (struct speed_out){
        .pages = own.pages,
        .slow_ppm = experiment_speed_slow_ppm(&own),
        .mean_us = experiment_speed_mean_us(&own),
        .is_broken = experiment_speed_breaks(&control, &own, of->plan.guardrails_ppm),
    };
}

static struct shape_list arms_of(struct api_request *request, const struct experiment *of,
                                 const struct experiment_result *result) {
    struct arm_out *out = arena_array(request->arena, result->arm_count, sizeof *out);
    for (size_t i = 0; out != NULL && i < result->arm_count; i++) {
        const struct experiment_arm_result *arm = &result->arms[i];
        out[i] = (struct arm_out){
            .name = arm->name,
            .weight = arm->weight,
            .exposed = arm->exposed,
            .excluded = arm->excluded,
            .counted = arm->counted,
            .mean = millionths(arm->mean),
            .has_mean = result->hidden == EXPERIMENT_SHOWN && arm->counted > 0,
            .sold = sold_of(request, &arm->sold),
            .speed = speed_of(request, of, i),
            .guardrails = guardrails_of(request, arm),
        };
    }
    return (struct shape_list){out, out == NULL ? 0 : result->arm_count};
}

static struct shape_list comparisons_of(struct api_request *request,
                                        const struct experiment_result *result) {
    struct comparison_out *out = arena_array(request->arena, EXPERIMENT_ARMS_MAX, sizeof *out);
    size_t count = 0;
    bool is_shown = out != NULL && result->hidden == EXPERIMENT_SHOWN;
    for (size_t i = 1; is_shown && i < result->arm_count; i++) {
        const struct experiment_comparison *one = &result->comparisons[i];
        if (one->look.is_known) {
            out[count++] = (struct comparison_out){
                .arm = one->arm,
                .effect = millionths(one->look.effect),
                .low = millionths(one->low),
                .high = millionths(one->high),
                .p = four_digits(request, one->p),
                .p_holm = four_digits(request, one->p_holm),
                .likelihood_ratio = four_digits(request, one->look.likelihood_ratio),
                .is_effect = one->is_effect,
            };
        }
    }
    return (struct shape_list){out, count};
}

/* The newest, where there are more than are shown. */
static struct shape_list looks_of(struct api_request *request,
                                  const struct experiment_result *result) {
    size_t count = result->looks.count > LOOKS_MAX ? (size_t)LOOKS_MAX : result->looks.count;
    const struct experiment_look *rows = result->looks.items;
    struct look_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        const struct experiment_look *look = &rows[result->looks.count - count + i];
        out[i] = (struct look_out){
            .at = look->day * duration_days(1).ms,
            .arm = look->arm,
            .units = (int64_t)look->units,
            .effect = millionths(look->effect),
            .low = millionths(look->effect - look->half_width),
            .high = millionths(look->effect + look->half_width),
            .p = four_digits(request, look->p),
        };
    }
    return (struct shape_list){out, out == NULL ? 0 : count};
}

/* When the day began; what else slices are of, as it is. */
static struct str slice_name(struct api_request *request,
                             const struct experiment_slice_result *slice) {
    char text[RFC3339_SIZE];
    int64_t day = 0;
    bool is_day = str_equal(str_from_cstr(slice->by), STR("day")) && str_to_i64(slice->of, &day);
    if (!is_day) {
        return text_or_null(slice->of);
    }
    rfc3339_format(day * duration_days(1).ms, text);
    return arena_str(request->arena, str_from_cstr(text));
}

static struct shape_list slices_of(struct api_request *request,
                                   const struct experiment_result *result) {
    size_t count = result->slices.count > SLICES_MAX ? (size_t)SLICES_MAX : result->slices.count;
    const struct experiment_slice_result *rows = result->slices.items;
    struct srm_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        const struct experiment_slice_result *slice = &rows[result->slices.count - count + i];
        out[i] = srm_out_of(request, &slice->srm);
        out[i].by = str_from_cstr(slice->by);
        out[i].of = slice_name(request, slice);
        out[i].units = slice->units;
        out[i].status = slice->srm.is_failed ? STR("fail") : STR("pass");
    }
    return (struct shape_list){out, out == NULL ? 0 : count};
}

void experiment_results_get(struct api_request *request) {
    struct experiment of;
    struct tx tx = request_read(request);
    struct experiment_result *result = ARENA_NEW(request->arena, struct experiment_result);
    if (result == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!find_experiment(request, &of) ||
        reply_if_failed(request, experiment_result_read(request->api->app, &tx, &of, result))) {
        return;
    }
    struct results_out out = {
        .metric = of.plan.metric,
        .method = of.plan.method,
        .hidden = (int)result->hidden,
        .has_run_enough = result->has_run_enough,
        .srm = srm_out_of(request, &result->srm),
        .arms = arms_of(request, &of, result),
        .comparisons = comparisons_of(request, result),
        .looks = looks_of(request, result),
        .slices = slices_of(request, result),
    };
    reply_value(request, 200, &experiment_results_shape, &out);
}
