#include "app/limit_told.h"

struct limit_told {
    struct gate_handle customer;
    struct gate_told told;
    struct limit_told *before;
};

static struct err add(struct limit_told **list, struct tx *tx, const struct limit_told *told) {
    struct limit_told *added = ARENA_NEW(tx->cx->arena, struct limit_told);
    if (added == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *added = *told;
    added->before = *list;
    *list = added;
    return OK;
}

struct err limit_told_add(struct app *app, struct tx *tx, struct gate_handle customer,
                          const struct gate_told *told) {
    return add(&app->told.given, tx, &(struct limit_told){.customer = customer, .told = *told});
}

struct err limit_told_add_change(struct app *app, struct tx *tx, struct gate_handle customer) {
    return add(&app->told.changing, tx, &(struct limit_told){.customer = customer});
}

bool limit_told_has_change(const struct app *app, struct gate_handle customer) {
    for (const struct limit_told *at = app->told.changing; at != NULL; at = at->before) {
        if (at->customer.entries == customer.entries) {
            return true;
        }
    }
    return false;
}

/* In the order in which it was told. */
static struct limit_told *reversed(struct limit_told *last) {
    struct limit_told *first = NULL;
    while (last != NULL) {
        struct limit_told *before = last->before;
        last->before = first;
        first = last;
        last = before;
    }
    return first;
}

void limit_told_settle(struct app *app, bool is_durable) {
    const struct limit_told *told = is_durable ? reversed(app->told.given) : NULL;
    for (; told != NULL; told = told->before) {
        gate_set_told(told->customer, &told->told, app_now(app));
    }
    app->told = (struct limit_told_lists){NULL, NULL};
}
