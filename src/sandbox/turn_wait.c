/* Turns that wait: for a moment, or until the plan that made them wait is deleted. */
#include "sandbox/turn.h"

#include <stdio.h>

struct waiting {
    struct waiting *next;
    struct env *env;
    struct turn *turn;
    void (*resume)(struct turn *turn);
    uv_timer_t timer;
    char plan[STORE_ID]; /* "": only time ends it */
};

static void on_closed(uv_handle_t *handle) {
    struct waiting *waiting = handle->data;
    env_free(waiting->env, waiting);
}

/* Out of the list first: what resumes may look at it. */
static void go_on(struct waiting *waiting) {
    struct waiting **at = &waiting->turn->sandbox->waiting;
    while (*at != waiting) {
        at = &(*at)->next;
    }
    *at = waiting->next;
    uv_close((uv_handle_t *)&waiting->timer, on_closed);
    struct sandbox *sandbox = waiting->turn->sandbox;
    waiting->resume(waiting->turn);
    sandbox_kick(sandbox);
}

static void on_time(uv_timer_t *timer) {
    go_on(timer->data);
}

bool turn_wait(struct turn *turn, const char *plan, int64_t delay_ms,
               void (*resume)(struct turn *turn)) {
    struct sandbox *sandbox = turn->sandbox;
    struct waiting *waiting = env_alloc(sandbox->env, sizeof *waiting);
    if (waiting == NULL) {
        return false;
    }
    *waiting = (struct waiting){.env = sandbox->env, .turn = turn, .resume = resume};
    (void)snprintf(waiting->plan, sizeof waiting->plan, "%s", delay_ms > 0 ? "" : plan);
    if (uv_timer_init(sandbox->loop, &waiting->timer) != 0) {
        env_free(sandbox->env, waiting);
        return false;
    }
    waiting->timer.data = waiting;
    waiting->next = sandbox->waiting;
    sandbox->waiting = waiting;
    if (delay_ms > 0) {
        uv_timer_start(&waiting->timer, on_time, (uint64_t)delay_ms, 0);
    }
    return true;
}

bool turn_key_waits(const struct sandbox *sandbox, struct str key) {
    for (const struct waiting *at = sandbox->waiting; key.len > 0 && at != NULL; at = at->next) {
        if (str_equal(at->turn->key, key)) {
            return true;
        }
    }
    return false;
}

static bool has_plan(const struct waiting *waiting) {
    struct store *store = waiting->turn->sandbox->store;
    json_t *plan = NULL;
    bool is_there = !err_failed(store_get(store, waiting->plan, &plan)) && plan != NULL;
    json_decref(plan);
    return is_there;
}

static struct waiting *first_free(const struct sandbox *sandbox) {
    for (struct waiting *at = sandbox->waiting; at != NULL; at = at->next) {
        if (sandbox->is_stopping || (at->plan[0] != '\0' && !has_plan(at))) {
            return at;
        }
    }
    return NULL;
}

void turns_release(struct sandbox *sandbox) {
    struct waiting *free = first_free(sandbox);
    while (free != NULL) {
        go_on(free);
        free = first_free(sandbox);
    }
}
