/* How leases end: by their node's word, by nobody renewing them, by an operator. */
#include <string.h>

#include "app/billing_event.h"
#include "app/lease_inside.h"
#include "base/check.h"
#include "store/setting.h"

#define OF_NOBODY STR("")

static const char policy_setting[] = "lease_policy";
const char *const lease_policy_names[] = {
    [LEASE_POLICY_HOLD] = "hold", [LEASE_POLICY_RECLAIM] = "reclaim", NULL};

/* --- shared --- */

struct err lease_step_add(struct lease_step **list, struct arena *arena,
                          const struct lease_step *step) {
    struct lease_step *added = ARENA_NEW(arena, struct lease_step);
    if (added == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *added = *step;
    added->next = *list;
    *list = added;
    return OK;
}

void lease_free(struct app *app, const struct lease_step *freed) {
    for (; freed != NULL; freed = freed->next) {
        (void)gate_settle(freed->handle, &freed->settlement, app_now(app));
    }
}

void lease_row_set(struct lease_row *row, const struct lease *lease, int64_t now) {
    row->lease = *lease;
    row->outstanding = lease_outstanding(lease).amount;
    row->updated_at = now;
    if (row->outstanding == 0 && row->recalled_at != ROW_NONE &&
        row->recalled_at <= now - LEASE_REST_MS) {
        row->recalled_at = ROW_NONE;
    }
}

/* --- one row --- */

static struct err free_row(const struct lease_freeing *freeing, struct tx *tx,
                           struct lease_row *row, const struct lease_move *move) {
    struct lease_step step = {
        .handle = gate_customer(freeing->app->gate, row->key.user_id),
        .settlement = {(enum metric)row->key.metric,
                       {row->key.period_start},
                       {0},
                       move->outstanding},
    };
    if (gate_is_known(step.handle) && move->outstanding.amount != 0) {
        TRY(lease_step_add(freeing->freed, freeing->arena, &step));
    }
    row->updated_at = cx_now_ms(tx->cx);
    return lease_put(tx, row);
}

struct err lease_end_row(const struct lease_freeing *freeing, struct tx *tx,
                         struct lease_row *row) {
    struct lease_move move;
    struct lease lease = lease_end(row->lease, &move);
    lease_row_set(row, &lease, cx_now_ms(tx->cx));
    row->state = LEASE_STATE_ENDED;
    return free_row(freeing, tx, row, &move);
}

static struct err reclaim_row(const struct lease_freeing *freeing, struct tx *tx,
                              struct lease_row *row) {
    struct lease_move move;
    struct lease lease = lease_reclaim(row->lease, &move);
    lease_row_set(row, &lease, cx_now_ms(tx->cx));
    row->state = LEASE_STATE_RECLAIMED;
    struct billing_note note = {
        .type = "usage.lease_reclaimed",
        .description = arena_printf(
            tx->cx->arena,
            "%s: %lld that " STR_FMT " held and did not account for are free again. " STR_FMT,
            metric_info((enum metric)row->key.metric)->title, (long long)-move.outstanding.amount,
            STR_ARG(row->key.node), STR_ARG(freeing->reason)),
    };
    TRY(billing_event_note(tx, row->key.user_id, &note));
    return free_row(freeing, tx, row, &move);
}

/* --- as time passes --- */

struct err lease_policy_read(struct tx *tx, enum lease_policy *ret_policy) {
    struct str text;
    TRY(setting_get(tx, policy_setting, &text));
    bool is_reclaim = str_equal(text, str_from_cstr(lease_policy_names[LEASE_POLICY_RECLAIM]));
    *ret_policy = is_reclaim ? LEASE_POLICY_RECLAIM : LEASE_POLICY_HOLD;
    return OK;
}

struct err lease_next_due_at(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    TRY(lease_next_due(tx, &at));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    return OK;
}

/* A lease whose period is over holds nothing any more; what its node reports is still taken. */
static struct err run_row(const struct lease_freeing *freeing, struct tx *tx,
                          enum lease_policy policy, struct lease_row *row) {
    if (row->state == LEASE_STATE_ENDING) {
        return lease_end_row(freeing, tx, row);
    }
    bool is_over = row->period_end <= cx_now_ms(tx->cx);
    if (policy == LEASE_POLICY_RECLAIM && !is_over) {
        return reclaim_row(freeing, tx, row);
    }
    row->state = is_over ? LEASE_STATE_ENDED : LEASE_STATE_HELD;
    return lease_put(tx, row);
}

struct err lease_run_due(struct app *app, struct tx *tx, struct lease_step **ret_freed) {
    struct row_list list;
    enum lease_policy policy;
    const struct lease_freeing freeing = {app, tx->cx->arena, ret_freed,
                                          STR("It was not renewed in time.")};
    *ret_freed = NULL;
    TRY(lease_policy_read(tx, &policy));
    TRY(lease_due(tx, cx_now_ms(tx->cx), LEASE_RUN_MAX, &list));
    struct lease_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(run_row(&freeing, tx, policy, &rows[i]));
    }
    return OK;
}

struct err lease_recall_all(struct tx *tx, struct str user_id) {
    int64_t now = cx_now_ms(tx->cx);
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        if (metric_kind((enum metric)i) == METRIC_COUNTER) {
            TRY(lease_recall(tx, user_id, (enum metric)i, now, now - LEASE_REST_MS));
        }
    }
    return OK;
}

/* --- operators --- */

struct err leases_read(struct tx *tx, const struct lease_filter *filter, size_t max,
                       struct row_list *ret_list) {
    return lease_page(tx, filter, max, ret_list);
}

struct err leases_count(struct tx *tx, struct leases_counted *ret_counted) {
    struct row_list figures;
    struct row_list reclaimed;
    struct leases_counted counted = {.open = 0};
    TRY(lease_figures(tx, &figures));
    TRY(lease_reclaimed_figures(tx, &reclaimed));
    for (size_t i = 0; i < figures.count; i++) {
        const struct lease_figures *row = &((const struct lease_figures *)figures.items)[i];
        counted.open += (uint64_t)row->open;
        counted.held += (uint64_t)row->held;
        counted.recalled += (uint64_t)row->recalled;
        counted.outstanding[row->metric] = (uint64_t)row->outstanding;
    }
    for (size_t i = 0; i < reclaimed.count; i++) {
        const struct lease_reclaimed *row = &((const struct lease_reclaimed *)reclaimed.items)[i];
        counted.reclaimed += (uint64_t)row->leases;
        counted.reclaimed_amount[row->metric] = (uint64_t)row->amount;
    }
    *ret_counted = counted;
    return OK;
}

static struct err run_policy(struct command *command, struct tx *tx) {
    const struct lease_policy_change *change = (const struct lease_policy_change *)command;
    struct billing_note note = {
        .type = "leases.policy_changed",
        .description = arena_printf(tx->cx->arena, "Leases that are not renewed: %s. " STR_FMT,
                                    lease_policy_names[change->policy], STR_ARG(change->reason)),
    };
    TRY(setting_put(tx, policy_setting, str_from_cstr(lease_policy_names[change->policy])));
    return billing_event_note(tx, OF_NOBODY, &note);
}

void lease_policy_change(struct app *app, struct lease_policy_change *change) {
    change->command.run = run_policy;
    change->command.after = NULL;
    command_submit(app, &change->command);
}

static struct err run_reclaim(struct command *command, struct tx *tx) {
    struct lease_reclaiming *reclaiming = (struct lease_reclaiming *)command;
    struct row_list list;
    const struct lease_freeing freeing = {command->app, tx->cx->arena, &reclaiming->freed,
                                          reclaiming->reason};
    struct lease_holder holder = {.node = reclaiming->node, .user_id = reclaiming->user_id};
    holder.metric = str_from_cstr(reclaiming->has_metric ? metric_name(reclaiming->metric) : "");
    TRY(lease_of_node(tx, &holder, LEASE_RUN_MAX, &list));
    struct lease_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        reclaiming->amount.amount += rows[i].outstanding;
        TRY(reclaim_row(&freeing, tx, &rows[i]));
    }
    reclaiming->count = (int64_t)list.count;
    reclaiming->has_more = list.count == LEASE_RUN_MAX;
    return OK;
}

static void after_reclaim(struct command *command) {
    lease_free(command->app, ((const struct lease_reclaiming *)command)->freed);
}

void lease_reclaim_of_node(struct app *app, struct lease_reclaiming *reclaiming) {
    reclaiming->count = 0;
    reclaiming->amount = quantity_of(0);
    reclaiming->has_more = false;
    reclaiming->freed = NULL;
    reclaiming->command.run = run_reclaim;
    reclaiming->command.after = after_reclaim;
    command_submit(app, &reclaiming->command);
}

/* --- a take that was denied --- */

struct call_back {
    struct command command;
    enum metric metric;
    uint8_t user_id_len;
    char user_id[LIMIT_USER_ID];
};

static struct err run_call_back(struct command *command, struct tx *tx) {
    const struct call_back *call = (const struct call_back *)command;
    int64_t now = cx_now_ms(tx->cx);
    return lease_recall(tx, str_of(call->user_id, call->user_id_len), call->metric, now,
                        now - LEASE_REST_MS);
}

static void called_back(struct command *command) {
    env_free(command->app->env, command);
}

/* Two counters may share a place here: then one waits a second longer. */
static bool is_due(struct app *app, struct gate_handle handle, enum metric metric) {
    enum { LINE_BITS = 6 };
    size_t place = ((uintptr_t)handle.entries >> LINE_BITS) + (size_t)metric;
    uint64_t *last = &app->called_back_ns[place % ARRAY_LEN(app->called_back_ns)];
    uint64_t now = app->env->mono_ns(app->env);
    if (*last != 0 && now - *last < UINT64_C(1000000000)) {
        return false;
    }
    *last = now;
    return true;
}

void lease_call_back(struct app *app, struct str user_id, enum metric metric) {
    check(user_id.len <= LIMIT_USER_ID);
    if (!is_due(app, gate_customer(app->gate, user_id), metric)) {
        return;
    }
    struct call_back *call = env_alloc(app->env, sizeof *call);
    if (call == NULL) {
        return; /* the next denial will */
    }
    *call = (struct call_back){.metric = metric, .user_id_len = (uint8_t)user_id.len};
    memcpy(call->user_id, user_id.bytes, user_id.len);
    call->command.run = run_call_back;
    call->command.done = called_back;
    command_submit(app, &call->command);
}
