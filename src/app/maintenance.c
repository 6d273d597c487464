#include "app/maintenance.h"

#include "app/gate_update.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "core/subscription.h"
#include "gate/journal.h"
#include "store/key.h"
#include "store/operation.h"
#include "store/setting.h"
#include "store/subscription.h"
#include "store/usage.h"
#include "store/webhook.h"

enum { ACCESS_ENDS_MAX = 1000 };
static const char clock_setting[] = "test_clock";

static struct duration grace(void) {
    return duration_days(SUBSCRIPTION_GRACE_DAYS);
}

static int64_t days_ago(struct tx *tx, int64_t days) {
    return instant_add((struct instant){cx_now_ms(tx->cx)}, duration_days(-days)).ms;
}

/* --- access --- */

/* Those whose payment failed between `from` and now, less the days of grace. */
static struct err update_access(struct maintenance *maintenance, struct tx *tx) {
    struct app *app = maintenance->command.app;
    struct row_list list;
    int64_t since = instant_add(maintenance->from, (struct duration){-grace().ms}).ms;
    int64_t until = days_ago(tx, SUBSCRIPTION_GRACE_DAYS);
    TRY(subscription_past_due(tx, since, ACCESS_ENDS_MAX, &list));
    const struct subscription_row *rows = list.items;
    maintenance->updates = arena_array(tx->cx->arena, list.count, sizeof *maintenance->updates);
    if (maintenance->updates == NULL && list.count > 0) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < list.count && rows[i].past_due_since <= until; i++) {
        TRY(gate_update_prepare(app, tx, rows[i].user_id, true, &maintenance->updates[i]));
        maintenance->update_count = i + 1;
    }
    return OK;
}

struct err maintenance_next_access_end(struct tx *tx, struct instant after,
                                       struct instant *ret_at) {
    struct row_list list;
    int64_t since = instant_add(after, (struct duration){-grace().ms}).ms;
    TRY(subscription_past_due(tx, since, 1, &list));
    const struct subscription_row *row = list.items;
    *ret_at =
        list.count == 0 ? INSTANT_MAX : instant_add((struct instant){row->past_due_since}, grace());
    return OK;
}

/* --- retention --- */

static struct err forget(struct maintenance *maintenance, struct tx *tx) {
    TRY(session_prune(tx, cx_now_ms(tx->cx)));
    TRY(idempotency_prune(tx, days_ago(tx, RETAIN_KEYS_DAYS)));
    TRY(take_prune(tx, days_ago(tx, RETAIN_TAKES_DAYS)));
    TRY(webhook_forget(tx, days_ago(tx, RETAIN_WEBHOOKS_DAYS)));
    TRY(journal_forget(tx, days_ago(tx, RETAIN_JOURNAL_DAYS)));
    struct journal_ends ends;
    TRY(journal_ends(tx, &ends));
    bool has_any = ends.last > 0;
    maintenance->batch_kept =
        has_any ? ends.first : (int64_t)journal_count(maintenance->command.app->journal).batch_next;
    return OK;
}

/* --- the clock --- */

static struct err keep_clock(struct maintenance *maintenance, struct tx *tx) {
    char text[RFC3339_SIZE];
    rfc3339_format(maintenance->from.ms, text);
    return setting_put(tx, clock_setting, str_from_cstr(text));
}

struct err maintenance_read_clock(struct tx *tx, struct instant *ret_at, bool *ret_found) {
    struct str text;
    TRY(setting_get(tx, clock_setting, &text));
    *ret_found = rfc3339_parse(text, &ret_at->ms);
    return OK;
}

/* --- the command --- */

static struct err run(struct command *command, struct tx *tx) {
    struct maintenance *maintenance = (struct maintenance *)command;
    switch (maintenance->kind) {
    case MAINTENANCE_ACCESS:
        return update_access(maintenance, tx);
    case MAINTENANCE_RETENTION:
        return forget(maintenance, tx);
    case MAINTENANCE_CLOCK:
        return keep_clock(maintenance, tx);
    }
    check(false);
    return OK;
}

static void after(struct command *command) {
    struct maintenance *maintenance = (struct maintenance *)command;
    for (size_t i = 0; i < maintenance->update_count; i++) {
        gate_update_publish(command->app, &maintenance->updates[i]);
    }
    if (maintenance->batch_kept > 0) {
        journal_forget_before(command->app->journal, (uint64_t)maintenance->batch_kept);
    }
}

void maintenance_start(struct app *app, struct maintenance *maintenance) {
    maintenance->updates = NULL;
    maintenance->update_count = 0;
    maintenance->batch_kept = 0;
    maintenance->command.run = run;
    maintenance->command.after = after;
    command_submit(app, &maintenance->command);
}
