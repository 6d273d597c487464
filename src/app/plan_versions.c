#include "app/plan_versions.h"

#include "base/check.h"
#include "store/setting.h"
#include "store/subscription.h"

static void count_holders(const struct row_list *counted, struct plan_version_held *held) {
    const struct subscription_holders *rows = counted->items;
    for (size_t i = 0; i < counted->count; i++) {
        if (rows[i].tier == (int)held->plan->tier && rows[i].version == held->plan->version) {
            check(rows[i].interval >= 0 && rows[i].interval < INTERVAL_COUNT);
            held->holders[rows[i].interval] += rows[i].count;
        }
    }
}

static bool comes_before(const struct plan *a, const struct plan *b) {
    return a->tier == b->tier ? a->version > b->version : a->tier < b->tier;
}

static void sort(struct plan_version_held *list, size_t count) {
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && comes_before(list[j].plan, list[j - 1].plan); j--) {
            struct plan_version_held other = list[j];
            list[j] = list[j - 1];
            list[j - 1] = other;
        }
    }
}

struct err plan_versions_read(const struct app *app, struct tx *tx, struct row_list *ret_list) {
    const struct catalogue *catalogue = app->catalogue;
    struct row_list counted;
    TRY(subscription_holders(tx, CATALOGUE_VERSION_MAX, &counted));
    struct plan_version_held *list =
        arena_array(tx->cx->arena, catalogue->plan_count, sizeof *list);
    if (list == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < catalogue->plan_count; i++) {
        const struct plan *plan = &catalogue->plans[i];
        list[i] = (struct plan_version_held){
            .plan = plan, .is_sold = plan == catalogue_plan(catalogue, plan->tier)};
        TRY(plan_version_since(tx, (int)plan->tier, plan->version, &list[i].offered_at));
        count_holders(&counted, &list[i]);
    }
    sort(list, catalogue->plan_count);
    *ret_list = (struct row_list){list, catalogue->plan_count};
    return OK;
}

struct err plan_versions_changed(const struct app *app, struct tx *tx, struct instant *ret_at,
                                 bool *ret_is_known) {
    int64_t newest = ROW_NONE;
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        const struct plan *plan = catalogue_plan(app->catalogue, (enum tier)tier);
        int64_t since = ROW_NONE;
        TRY(plan_version_since(tx, tier, plan->version, &since));
        if (since != ROW_NONE && (newest == ROW_NONE || since > newest)) {
            newest = since;
        }
    }
    *ret_at = (struct instant){newest};
    *ret_is_known = newest != ROW_NONE;
    return OK;
}
