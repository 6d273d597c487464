#include "app/experiment_match.h"

#include "app/audit.h"
#include "core/price.h"
#include "store/subscription.h"

static const struct plan *plan_of(const struct app *app, const struct experiment_arm *arm,
                                  enum tier tier) {
    int32_t version = (int32_t)arm->versions[tier];
    return version == 0 ? catalogue_plan(app->catalogue, tier)
                        : catalogue_plan_version(app->catalogue, tier, version);
}

/* Each price that the arm has lower; false when one is higher, or none is lower. */
static bool compare(const struct app *app, const struct experiment_arm *shown,
                    const struct experiment_arm *other, struct experiment_match *match) {
    match->count = 0;
    for (int t = 0; t < TIER_COUNT; t++) {
        const struct plan *before = plan_of(app, shown, (enum tier)t);
        const struct plan *after = plan_of(app, other, (enum tier)t);
        for (int i = 0; before != NULL && after != NULL && i < INTERVAL_COUNT; i++) {
            struct experiment_match_line line = {.tier = (enum tier)t,
                                                 .interval = (enum interval)i};
            if (!price_of(before, line.interval, &line.before) ||
                !price_of(after, line.interval, &line.after) ||
                line.after.minor == line.before.minor) {
                continue;
            }
            if (line.after.minor > line.before.minor) {
                return false;
            }
            match->lines[match->count++] = line;
        }
    }
    return match->count > 0;
}

/* Until when the prices of an experiment are given (app/experiment_offer.h). */
static bool is_given(struct tx *tx, const struct experiment_row *row) {
    if (row->started_at == ROW_NONE || row->ended_at == ROW_NONE) {
        return row->started_at != ROW_NONE;
    }
    struct instant end =
        instant_add((struct instant){row->ended_at}, duration_days(EXPERIMENT_HONOUR_DAYS));
    return cx_now_ms(tx->cx) < end.ms;
}

static struct err pays(struct tx *tx, struct str user_id, bool *ret_pays) {
    struct subscription_row subscription;
    *ret_pays = false;
    if (user_id.len > 0) {
        TRY(subscription_in_force(tx, user_id, &subscription, ret_pays));
        *ret_pays = *ret_pays && subscription.stripe_subscription_id.len > 0;
    }
    return OK;
}

/* What is asked for, found. */
struct found {
    struct experiment_unit_row unit;
    size_t arm;
};

static struct err look(const struct app *app, struct tx *tx, struct experiment_match *match,
                       struct found *ret_found, enum outcome *ret_outcome) {
    struct experiment of;
    struct experiment_override_row before;
    bool is_found = false;
    bool is_shown = false;
    bool is_paying = false;
    bool is_matched = false;
    TRY(experiment_read(tx, match->id, &of, &is_found));
    TRY(experiment_unit_get(tx, match->id, match->unit_id, &ret_found->unit, &is_shown));
    TRY(experiment_override_get(tx, match->id, match->unit_id, &before, &is_matched));
    TRY(pays(tx, is_shown ? ret_found->unit.user_id : STR(""), &is_paying));
    *ret_outcome = !is_found                ? OUTCOME_EXPERIMENT_NOT_FOUND
                   : !is_given(tx, &of.row) ? OUTCOME_EXPERIMENT_STATE
                   : !experiment_arm_named(&of.plan, match->arm, &ret_found->arm)
                       ? OUTCOME_EXPERIMENT_ARM_UNKNOWN
                   : !is_shown ? OUTCOME_EXPERIMENT_UNIT_UNKNOWN
                   : is_paying ? OUTCOME_EXPERIMENT_UNIT_PAYS
                               : OUTCOME_DONE;
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    int64_t given = is_matched ? before.arm : ret_found->unit.arm;
    const struct experiment_arm *arms = of.plan.arms;
    bool is_lower = given >= 0 && given < (int64_t)of.plan.arm_count &&
                    compare(app, &arms[given], &arms[ret_found->arm], match);
    *ret_outcome = is_lower ? OUTCOME_DONE : OUTCOME_EXPERIMENT_NOT_LOWER;
    return OK;
}

struct err experiment_match_look(const struct app *app, struct tx *tx,
                                 struct experiment_match *match, enum outcome *ret_outcome) {
    struct found found;
    return look(app, tx, match, &found, ret_outcome);
}

static struct err run(struct command *command, struct tx *tx) {
    struct experiment_match *match = (struct experiment_match *)command;
    struct found found;
    TRY(look(command->app, tx, match, &found, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    const struct experiment_override_row row = {
        .experiment_id = match->id,
        .unit_id = match->unit_id,
        .arm = (int64_t)found.arm,
        .set_by = audit_actor_id(tx),
        .set_at = cx_now_ms(tx->cx),
    };
    audit_say(tx, &(struct audit_said){.object = match->id,
                                       .reason = match->reason,
                                       .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("arm", match->arm),
                                                            AUDIT_TEXT("unitId", match->unit_id))});
    found.unit.excluded = STR("matched");
    TRY(experiment_unit_put(tx, &found.unit));
    return experiment_override_put(tx, &row);
}

void experiment_match(struct app *app, struct experiment_match *match) {
    match->command.run = run;
    match->command.after = NULL;
    command_submit(app, &match->command);
}
