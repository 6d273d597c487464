#include "api/usage_alert_words.h"

#include "base/int128.h"

const char *const usage_alert_basis_names[] = {"limit", "quantity", "money", NULL};
static_assert(ARRAY_LEN(usage_alert_basis_names) == USAGE_ALERT_BASIS_COUNT + 1,
              "in the order of the enum");
const char *const usage_alert_action_names[] = {"notify", "block", NULL};

static void read_thresholds(const struct shape_list *list, struct shape_errors *errors,
                            struct arena *arena, struct usage_alert_thresholds *ret_thresholds) {
    const int64_t *percents = list->items;
    struct usage_alert_thresholds thresholds = {.count = list->count};
    for (size_t i = 0; i < list->count && i < USAGE_ALERT_THRESHOLDS_MAX; i++) {
        thresholds.percents[i] = (int32_t)percents[i];
    }
    if (!usage_alert_thresholds_are_valid(&thresholds)) {
        shape_error_add(errors, arena, "/thresholds",
                        "one to five percents from 1 to 1000, each above the one before");
    }
    *ret_thresholds = thresholds;
}

void usage_alert_read_facts(const struct usage_alert_asked *asked, struct shape_errors *errors,
                            struct arena *arena, struct usage_alert_facts *ret_facts) {
    bool is_budget = asked->basis == USAGE_ALERT_MONEY;
    bool has_amount = asked->amount != ROW_NONE;
    bool has_hundred = false;
    read_thresholds(&asked->thresholds, errors, arena, &ret_facts->thresholds);
    for (size_t i = 0; i < ret_facts->thresholds.count; i++) {
        has_hundred |= ret_facts->thresholds.percents[i] == 100;
    }
    if (is_budget && asked->metric >= 0) {
        shape_error_add(errors, arena, "/metric", "to be left out of a budget");
    }
    if (!is_budget && asked->metric < 0) {
        shape_error_add(errors, arena, "/metric", "the metric that is watched");
    }
    if (has_amount != (asked->basis != USAGE_ALERT_LIMIT)) {
        shape_error_add(errors, arena, "/amount",
                        has_amount ? "to be left out: the limit is the plan's"
                                   : "how much is 100 percent");
    }
    if (asked->blocks && is_budget) {
        shape_error_add(errors, arena, "/action",
                        "notify: the next invoice is no use that could be refused");
    }
    if (asked->blocks && !has_hundred) {
        shape_error_add(errors, arena, "/thresholds",
                        "100 among them, since there it blocks and nobody should be surprised");
    }
    ret_facts->metric = is_budget ? -1 : asked->metric;
    ret_facts->basis = asked->basis;
    ret_facts->amount = asked->amount;
    ret_facts->blocks = asked->blocks;
}

struct shape_list usage_alert_percents(struct arena *arena,
                                       const struct usage_alert_thresholds *thresholds,
                                       unsigned which) {
    int64_t *percents = arena_array(arena, USAGE_ALERT_THRESHOLDS_MAX, sizeof *percents);
    struct shape_list list = {percents, 0};
    for (size_t i = 0; percents != NULL && i < thresholds->count; i++) {
        if ((which & 1U << i) != 0) {
            percents[list.count++] = thresholds->percents[i];
        }
    }
    return list;
}

int64_t usage_alert_percent_of(const struct usage_alert_level *level) {
    return level->base > 0 ? (int64_t)((i128)level->value * 100 / level->base) : 0;
}
