/* What the gate says, in words: the verdict as the API shows it, and what would lift a denial. */
#include "app/take_answer.h"

#include "base/rfc3339.h"

static const char *reason_of(const struct gate_verdict *verdict) {
    if (!verdict->is_allowed) {
        return limit_denial_name(verdict->denial);
    }
    if (!verdict->is_bounded) {
        return "unlimited";
    }
    return verdict->state == LIMIT_STATE_OVER ? "within_grace" : "within_limit";
}

/* What would lift a denial, in one sentence. */
static struct str remedy_of(const struct gate_verdict *verdict, const char *upgrade,
                            struct arena *arena) {
    struct str text = STR("");
    const char *glue = "";
    if ((verdict->remedies & LIMIT_REMEDY_UPGRADE) != 0 && upgrade != NULL) {
        text = arena_printf(arena, "upgrade to %s", upgrade);
        glue = ", or ";
    }
    if ((verdict->remedies & LIMIT_REMEDY_RAISE_CAP) != 0) {
        text = STR("raise or remove the cap that the account has set");
        glue = ", or ";
    }
    if ((verdict->remedies & LIMIT_REMEDY_NEW_PERIOD) != 0) {
        char end[RFC3339_SIZE];
        rfc3339_format(verdict->period.end.ms, end);
        text = arena_printf(arena, STR_FMT "%swait until %s, when the usage period ends",
                            STR_ARG(text), glue, end);
        glue = ", or ";
    }
    if ((verdict->remedies & LIMIT_REMEDY_REDUCE) != 0) {
        text = arena_printf(arena, STR_FMT "%suse less", STR_ARG(text), glue);
    }
    return text;
}

static struct str detail_of(enum metric metric, const struct gate_verdict *verdict,
                            const char *upgrade, struct arena *arena) {
    if (verdict->is_allowed) {
        return STR("");
    }
    const char *title = metric_info(metric)->title;
    struct str remedy = remedy_of(verdict, upgrade, arena);
    if (verdict->denial == LIMIT_DENIAL_GRACE_ENDED) {
        return arena_printf(
            arena,
            "%s: over the limit of %lld, and the 48 hours of grace have ended. To go on: " STR_FMT
            ".",
            title, (long long)verdict->limit.amount.amount, STR_ARG(remedy));
    }
    if (verdict->limit.kind == LIMIT_CAP) {
        return arena_printf(arena,
                            "%s: this would pass the cap of %lld that the account has set. To go "
                            "on: " STR_FMT ".",
                            title, (long long)verdict->limit.amount.amount, STR_ARG(remedy));
    }
    return arena_printf(
        arena, "%s: this would pass the hard limit of %lld (%d %% of %lld). To go on: " STR_FMT ".",
        title, (long long)verdict->hard_limit.amount, (int)verdict->limit.soft_limit_percent,
        (long long)verdict->limit.amount.amount, STR_ARG(remedy));
}

/* The cheapest tier that is larger than what the customer has, and large enough. */
static bool upgrade_of(const struct app *app, const struct take_request *request,
                       const struct gate_verdict *verdict, enum tier *ret_tier) {
    bool is_of_plan = verdict->is_bounded && verdict->limit.kind != LIMIT_CAP;
    if (verdict->state == LIMIT_STATE_OK || !is_of_plan) {
        return false;
    }
    int64_t wanted = verdict->used.amount + (verdict->is_allowed ? 0 : request->amount.amount);
    int64_t larger = verdict->limit.amount.amount + 1;
    struct quantity least = {wanted > larger ? wanted : larger};
    return catalogue_upgrade_for(app->catalogue, request->metric, least, TIER_FREE, ret_tier);
}

struct take_answer take_answer_of(const struct app *app, const struct take_request *request,
                                  const struct gate_verdict *verdict, struct instant at,
                                  struct arena *arena) {
    struct take_answer answer = {
        .allowed = verdict->is_allowed,
        .reason = str_from_cstr(reason_of(verdict)),
        .state = str_from_cstr(limit_state_name(verdict->state)),
        .used = verdict->used.amount,
        .has_limit = verdict->is_bounded,
        .limit = verdict->limit.amount.amount,
        .hard_limit = verdict->hard_limit.amount,
        .remaining = verdict->remaining.amount,
        .has_resets_at = metric_kind(request->metric) == METRIC_COUNTER,
        .resets_at = verdict->period.end.ms,
        .has_grace = verdict->has_grace,
        .grace_ends_at = verdict->grace_ends_at.ms,
        .upgrade_to = {NULL, 0},
        .as_of = at.ms,
    };
    enum tier upgrade = TIER_FREE;
    bool has_upgrade = upgrade_of(app, request, verdict, &upgrade);
    if (has_upgrade) {
        answer.upgrade_to = str_from_cstr(tier_name(upgrade));
    }
    answer.detail =
        detail_of(request->metric, verdict, has_upgrade ? tier_name(upgrade) : NULL, arena);
    return answer;
}

#define AT(member) offsetof(struct take_answer, member)

static const struct shape_field answer_fields[] = {
    {.name = "allowed",
     .doc = "Whether the amount may be used",
     .kind = SHAPE_BOOL,
     .offset = AT(allowed)},
    {.name = "reason",
     .doc = "within_limit, within_grace, unlimited, hard_limit or grace_ended",
     .kind = SHAPE_STR,
     .offset = AT(reason),
     .max = 32},
    {.name = "detail",
     .doc = "A denial in a sentence, with what would lift it",
     .kind = SHAPE_STR,
     .offset = AT(detail),
     .max = 400},
    {.name = "state",
     .doc = "ok, warning, over or blocked",
     .kind = SHAPE_STR,
     .offset = AT(state),
     .max = 16},
    {.name = "used",
     .doc = "In the present usage period, in the metric's unit",
     .kind = SHAPE_I64,
     .offset = AT(used)},
    {.name = "limit",
     .doc = "Of the plan; null when there is none",
     .kind = SHAPE_I64,
     .offset = AT(limit),
     .flags = SHAPE_NULLABLE,
     .is_set = AT(has_limit)},
    {.name = "hardLimit",
     .doc = "What the gate never lets through",
     .kind = SHAPE_I64,
     .offset = AT(hard_limit),
     .flags = SHAPE_NULLABLE,
     .is_set = AT(has_limit)},
    {.name = "remaining",
     .doc = "To the limit, never negative",
     .kind = SHAPE_I64,
     .offset = AT(remaining),
     .flags = SHAPE_NULLABLE,
     .is_set = AT(has_limit)},
    {.name = "resetsAt",
     .doc = "When a counter starts at zero again; null for gauges",
     .kind = SHAPE_INSTANT,
     .offset = AT(resets_at),
     .flags = SHAPE_NULLABLE,
     .is_set = AT(has_resets_at)},
    {.name = "graceEndsAt",
     .doc = "From when use above the limit is denied",
     .kind = SHAPE_INSTANT,
     .offset = AT(grace_ends_at),
     .flags = SHAPE_NULLABLE,
     .is_set = AT(has_grace)},
    {.name = "upgradeTo",
     .doc = "The cheapest larger plan that suffices",
     .kind = SHAPE_STR,
     .offset = AT(upgrade_to),
     .max = 32,
     .flags = SHAPE_NULLABLE},
    {.name = "asOf",
     .doc = "The figures hold all that was answered up to here",
     .kind = SHAPE_INSTANT,
     .offset = AT(as_of)},
};
const struct shape take_answer_shape =
    SHAPE("TakeAnswer", "What the gate says", struct take_answer, answer_fields);
