#include "app/experiment_offer.h"

#include "app/privacy.h"
#include "base/check.h"
#include "store/customer.h"
#include "store/subscription.h"

/* --- what is shown --- */

struct str experiment_versions_text(struct cx *cx, const struct experiment_arm *arm) {
    return arena_printf(cx->arena, "starter=%lld professional=%lld",
                        (long long)arm->versions[TIER_STARTER],
                        (long long)arm->versions[TIER_PROFESSIONAL]);
}

/* A version that the catalogue no longer has cannot be sold: then what is sold to everybody is. */
static struct err offered_by(const struct app *app, struct tx *tx, const struct experiment_arm *arm,
                             const struct catalogue **ret_catalogue) {
    struct catalogue *own = ARENA_NEW(tx->cx->arena, struct catalogue);
    if (own == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *own = *app->catalogue;
    for (int t = 0; t < TIER_COUNT; t++) {
        int32_t version = (int32_t)arm->versions[t];
        bool is_sold =
            version != 0 && catalogue_plan_version(app->catalogue, (enum tier)t, version) != NULL;
        own->offered[t] = is_sold ? version : 0;
    }
    *ret_catalogue = own;
    return OK;
}

/* To who has no country it is shown as well: it may be theirs. */
static bool is_disclosed(const struct experiment_plan *plan, struct str country) {
    struct str rest = plan->disclosure_countries;
    if (country.len == 0 || str_trim(rest).len == 0) {
        return true;
    }
    while (rest.len > 0) {
        if (str_equal(str_cut(&rest, ' '), country)) {
            return true;
        }
    }
    return false;
}

static struct err fill(const struct app *app, struct tx *tx, const struct experiment_plan *plan,
                       struct experiment_offer *offer) {
    if (offer->arm_index >= plan->arm_count) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "A unit is in an arm that there is not.");
    }
    offer->is_in = true;
    offer->arm = plan->arms[offer->arm_index];
    offer->disclosure = is_disclosed(plan, offer->country) ? plan->disclosure : STR("");
    return offered_by(app, tx, &offer->arm, &offer->catalogue);
}

/* --- what was shown before --- */

static int64_t honoured_since(struct tx *tx) {
    return instant_add((struct instant){cx_now_ms(tx->cx)},
                       duration_days(-(int64_t)EXPERIMENT_HONOUR_DAYS))
        .ms;
}

static struct err keep(const struct app *app, struct tx *tx, const struct experiment_unit_row *row,
                       struct experiment_offer *offer) {
    struct experiment of;
    struct experiment_override_row matched;
    bool is_found = false;
    bool is_matched = false;
    TRY(experiment_read(tx, row->experiment_id, &of, &is_found));
    TRY(experiment_override_get(tx, row->experiment_id, row->unit_id, &matched, &is_matched));
    check(is_found);
    offer->experiment_id = row->experiment_id;
    offer->unit_id = row->unit_id;
    offer->arm_index = (size_t)(is_matched ? matched.arm : row->arm);
    return fill(app, tx, &of.plan, offer);
}

static struct err find_shown(const struct app *app, struct tx *tx,
                             const struct experiment_viewer *viewer,
                             struct experiment_offer *offer) {
    struct experiment_unit_row own;
    struct experiment_unit_row row;
    bool is_own = false;
    bool is_visitors = false;
    int64_t since = honoured_since(tx);
    if (viewer->user_id.len > 0) {
        TRY(experiment_unit_of_customer(tx, viewer->user_id, since, &own, &is_own));
    }
    if (viewer->visitor.len > 0) {
        TRY(experiment_unit_of_visitor(tx, viewer->visitor, since, &row, &is_visitors));
    }
    bool is_signed_in = viewer->user_id.len > 0;
    is_visitors = is_visitors && (!is_signed_in || row.user_id.len == 0); /* else somebody else's */
    offer->needs_link = is_visitors && is_signed_in;
    if (is_own) {
        return keep(app, tx, &own, offer);
    }
    return is_visitors ? keep(app, tx, &row, offer) : OK;
}

/* --- who may be put into an arm --- */

static struct err may_join(struct tx *tx, const struct experiment_viewer *viewer, bool *ret_may) {
    struct subscription_row subscription;
    bool is_found = false;
    *ret_may = viewer->may_join && (viewer->user_id.len > 0 || viewer->visitor.len > 0);
    if (!*ret_may || viewer->user_id.len == 0) {
        return OK;
    }
    TRY(subscription_in_force(tx, viewer->user_id, &subscription, &is_found));
    if (!is_found || subscription.stripe_subscription_id.len > 0) {
        *ret_may = false; /* who pays is never priced anew */
        return OK;
    }
    return privacy_allows(tx, viewer->user_id, PURPOSE_EXPERIMENTS, ret_may);
}

static struct err choose_arm(struct tx *tx, const struct experiment *of, struct str unit,
                             struct experiment_offer *offer) {
    struct experiment_override_row override;
    bool is_found = false;
    TRY(experiment_override_get(tx, id_str(&of->row.id), unit, &override, &is_found));
    offer->is_override = is_found;
    offer->arm_index = is_found
                           ? (size_t) override.arm
                           : experiment_arm_of(of->plan.arms, of->plan.arm_count,
                                               experiment_bucket(of->row.salt, of->row.name, unit));
    return OK;
}

static bool is_in_range(const struct experiment *of, struct str unit) {
    if (of->plan.layer.len == 0) {
        return true;
    }
    int32_t bucket = experiment_bucket(of->row.layer_salt, of->plan.layer, unit);
    return bucket >= of->plan.range.from && bucket < of->plan.range.to;
}

static struct err join(const struct app *app, struct tx *tx, const struct experiment_viewer *viewer,
                       struct experiment_offer *offer) {
    struct str unit = viewer->user_id.len > 0 ? viewer->user_id : viewer->visitor;
    struct row_list list;
    TRY(experiments_showing(tx, &list));
    const struct experiment_row *rows = list.items;
    for (size_t i = 0; i < list.count && !offer->is_in; i++) {
        struct experiment of = {.row = rows[i]};
        if (rows[i].state != EXPERIMENT_RUNNING) {
            continue;
        }
        TRY(experiment_plan_read(tx->cx, rows[i].plan, &of.plan));
        if (!is_in_range(&of, unit)) {
            continue;
        }
        offer->experiment_id = arena_str(tx->cx->arena, id_str(&rows[i].id));
        offer->unit_id = unit;
        offer->is_new = true;
        TRY(choose_arm(tx, &of, unit, offer));
        TRY(fill(app, tx, &of.plan, offer));
    }
    return OK;
}

static struct err read_country(struct tx *tx, struct str user_id, struct str *ret_country) {
    struct customer_row customer;
    bool is_found = false;
    *ret_country = STR("");
    if (user_id.len > 0) {
        TRY(customer_get(tx, user_id, &customer, &is_found));
        *ret_country = is_found ? customer.country : STR("");
    }
    return OK;
}

struct err experiment_offer_read(const struct app *app, struct tx *tx,
                                 const struct experiment_viewer *viewer,
                                 struct experiment_offer *ret_offer) {
    bool may = false;
    *ret_offer = (struct experiment_offer){.catalogue = app->catalogue, .disclosure = STR("")};
    TRY(read_country(tx, viewer->user_id, &ret_offer->country));
    TRY(find_shown(app, tx, viewer, ret_offer));
    if (ret_offer->is_in) {
        return OK;
    }
    TRY(may_join(tx, viewer, &may));
    return may ? join(app, tx, viewer, ret_offer) : OK;
}

struct err experiment_catalogue(const struct app *app, struct tx *tx, struct str user_id,
                                const struct catalogue **ret_catalogue) {
    struct experiment_offer offer;
    const struct experiment_viewer viewer = {.user_id = user_id, .visitor = STR("")};
    TRY(experiment_offer_read(app, tx, &viewer, &offer));
    *ret_catalogue = offer.catalogue;
    return OK;
}

/* --- that it was shown --- */

struct err experiment_units_settle(struct tx *tx, struct str experiment_id, struct str user_id) {
    struct row_list list;
    TRY(experiment_units_in(tx, user_id, experiment_id, &list));
    struct experiment_unit_row *rows = list.items;
    bool is_crossed = false;
    for (size_t i = 1; i < list.count; i++) {
        is_crossed |= rows[i].arm != rows[0].arm;
    }
    for (size_t i = 0; i < list.count; i++) {
        struct str reason = is_crossed ? STR("crossed") : i > 0 ? STR("duplicate") : STR("");
        if (rows[i].excluded.len == 0 && reason.len > 0) {
            rows[i].excluded = reason;
            TRY(experiment_unit_put(tx, &rows[i]));
        }
    }
    return OK;
}

static struct err write_new(struct tx *tx, const struct experiment_viewer *viewer,
                            const struct experiment_offer *offer) {
    const struct experiment_unit_row row = {
        .experiment_id = offer->experiment_id,
        .unit_id = offer->unit_id,
        .user_id = viewer->user_id,
        .arm = (int64_t)offer->arm_index,
        .source = offer->is_override ? STR("override") : STR("rendered"),
        .excluded = offer->is_override ? STR("override") : STR(""),
        .versions = experiment_versions_text(tx->cx, &offer->arm),
        .page = viewer->page,
        .country = offer->country,
        .device = viewer->device,
        .exposed_at = cx_now_ms(tx->cx),
    };
    return experiment_unit_put(tx, &row);
}

static struct err link_visitor(struct tx *tx, const struct experiment_viewer *viewer) {
    struct experiment_unit_row row;
    bool is_found = false;
    TRY(experiment_unit_of_visitor(tx, viewer->visitor, honoured_since(tx), &row, &is_found));
    if (!is_found || row.user_id.len > 0) {
        return OK;
    }
    row.user_id = viewer->user_id;
    TRY(experiment_unit_put(tx, &row));
    return experiment_units_settle(tx, row.experiment_id, viewer->user_id);
}

static struct err run(struct command *command, struct tx *tx) {
    const struct experiment_viewer *viewer = &((struct experiment_expose *)command)->viewer;
    struct experiment_offer offer;
    TRY(experiment_offer_read(command->app, tx, viewer, &offer));
    command->outcome = OUTCOME_DONE;
    if (offer.is_new) {
        TRY(write_new(tx, viewer, &offer));
    }
    return offer.needs_link ? link_visitor(tx, viewer) : OK;
}

void experiment_expose(struct app *app, struct experiment_expose *expose) {
    expose->command.run = run;
    expose->command.after = NULL;
    command_submit_with(app, &expose->command, COMMAND_TOTALS_OLDEST, STR(""));
}
