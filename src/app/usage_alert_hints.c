/* Most use is of figures that nobody watches, and most of the rest leads nowhere: a table in memory
 * of what is watched, with the values between which nothing follows, keeps both from the store.
 *
 * It is a hint and no more: rows say what was told. What a work that failed has put here is made
 * good when the rule is next looked at, within a day. */
#include "app/usage_alert_inside.h"

#include "base/check.h"
#include "base/crypto.h"

enum { PAGE = 500, SLOTS_MIN = 64 };

struct slot {
    uint64_t figure; /* 0: free */
    struct usage_alert_hint hint;
};

struct usage_alert_hints {
    uint8_t key[16];
    struct slot *slots;
    size_t count, capacity; /* a power of two, at most half full */
    bool is_known;          /* it was read which are watched */
};

struct err usage_alert_hints_create(struct app *app) {
    app->usage_alerts = env_alloc_zeroed(app->env, sizeof *app->usage_alerts);
    if (app->usage_alerts == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    app->env->random(app->env, app->usage_alerts->key, sizeof app->usage_alerts->key);
    return OK;
}

void usage_alert_hints_destroy(struct app *app) {
    if (app->usage_alerts != NULL) {
        env_free(app->env, app->usage_alerts->slots);
    }
    env_free(app->env, app->usage_alerts);
    app->usage_alerts = NULL;
}

/* Two figures that were taken for one would only be looked at too often. */
static uint64_t figure_of(const struct usage_alert_hints *hints, struct str user_id,
                          enum metric metric) {
    uint64_t figure = siphash(hints->key, user_id) + (uint64_t)metric;
    return figure == 0 ? 1 : figure;
}

static struct slot *slot_of(const struct usage_alert_hints *hints, uint64_t figure) {
    size_t at = (size_t)(figure * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (hints->capacity - 1);
    while (hints->slots[at].figure != 0 && hints->slots[at].figure != figure) {
        at = (at + 1) & (hints->capacity - 1);
    }
    return &hints->slots[at];
}

static struct err make_room(struct app *app) {
    struct usage_alert_hints *hints = app->usage_alerts;
    struct usage_alert_hints larger = *hints;
    if (hints->count * 2 < hints->capacity) {
        return OK;
    }
    larger.capacity = hints->capacity == 0 ? SLOTS_MIN : hints->capacity * 2;
    larger.slots = env_alloc_zeroed(app->env, larger.capacity * sizeof *larger.slots);
    if (larger.slots == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < hints->capacity; i++) {
        if (hints->slots[i].figure != 0) {
            *slot_of(&larger, hints->slots[i].figure) = hints->slots[i];
        }
    }
    env_free(app->env, hints->slots);
    *hints = larger;
    return OK;
}

static void clear(struct usage_alert_hints *hints) {
    for (size_t i = 0; i < hints->capacity; i++) {
        hints->slots[i] = (struct slot){0};
    }
    hints->count = 0;
}

static struct err add(struct app *app, const struct usage_alert_watched *watched) {
    struct usage_alert_hints *hints = app->usage_alerts;
    TRY(make_room(app));
    uint64_t figure = figure_of(hints, watched->user_id, (enum metric)watched->metric);
    struct slot *slot = slot_of(hints, figure);
    hints->count += slot->figure == 0;
    slot->figure = figure;
    return OK;
}

static struct err read_all(struct app *app, struct tx *tx) {
    struct usage_alert_watched after = {STR(""), 0};
    struct row_list list = {NULL, PAGE};
    clear(app->usage_alerts);
    while (list.count == PAGE) {
        TRY(usage_alert_watched_page(tx, &after, PAGE, &list));
        const struct usage_alert_watched *watched = list.items;
        for (size_t i = 0; i < list.count; i++) {
            TRY(add(app, &watched[i]));
            after = watched[i];
        }
    }
    app->usage_alerts->is_known = true;
    return OK;
}

struct err usage_alert_hint_find(struct app *app, struct tx *tx, struct str user_id,
                                 enum metric metric, struct usage_alert_hint **ret_hint) {
    struct usage_alert_hints *hints = app->usage_alerts;
    *ret_hint = NULL;
    if (!hints->is_known) {
        TRY(read_all(app, tx));
    }
    if (hints->count > 0) {
        struct slot *slot = slot_of(hints, figure_of(hints, user_id, metric));
        *ret_hint = slot->figure == 0 ? NULL : &slot->hint;
    }
    return OK;
}

/* Without memory for one more all are read again, when there may be some. */
void usage_alert_hint_reset(struct app *app, struct str user_id, enum metric metric) {
    const struct usage_alert_watched watched = {user_id, (int)metric};
    struct usage_alert_hints *hints = app->usage_alerts;
    if (!hints->is_known) {
        return;
    }
    hints->is_known = !err_failed(add(app, &watched));
    if (hints->is_known) {
        slot_of(hints, figure_of(hints, user_id, metric))->hint = (struct usage_alert_hint){0};
    }
}
