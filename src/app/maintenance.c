#include "app/maintenance.h"

#include <stdio.h>

#include "app/access_review.h"
#include "app/approval.h"
#include "app/audit_log.h"
#include "app/breach.h"
#include "app/contract_life.h"
#include "app/customer_marks.h"
#include "app/dunning.h"
#include "app/evidence.h"
#include "app/experiment.h"
#include "app/gate_update.h"
#include "app/lease.h"
#include "app/limit_due.h"
#include "app/mail_notices.h"
#include "app/pause.h"
#include "app/price_change.h"
#include "app/privacy_clock.h"
#include "app/retention.h"
#include "app/revenue.h"
#include "app/usage_pattern.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "gate/journal.h"
#include "store/inquiry.h"
#include "store/job.h"
#include "store/key.h"
#include "store/release.h"
#include "store/session.h"
#include "store/setting.h"
#include "store/subscription.h"
#include "store/usage.h"
#include "store/usage_journal.h"

enum { ACCESS_ENDS_MAX = 1000 };
static const char clock_setting[] = "test_clock";

static struct duration grace(const struct app *app) {
    return duration_days(app->catalogue->dunning.access_days);
}

static int64_t days_ago(struct tx *tx, int64_t days) {
    return instant_add((struct instant){cx_now_ms(tx->cx)}, duration_days(-days)).ms;
}

/* --- access --- */

static struct err add_update(struct maintenance *maintenance, struct tx *tx, struct str user_id) {
    struct gate_update *update = &maintenance->updates[maintenance->update_count++];
    return gate_update_prepare(maintenance->command.app, tx, user_id, true, update);
}

/* Those whose full access ended between `from` and now: by a case, or, without one yet, because
 * their payment failed so many days before. */
static struct err update_access(struct maintenance *maintenance, struct tx *tx) {
    const struct app *app = maintenance->command.app;
    struct row_list cases;
    struct row_list owing;
    struct instant now = {cx_now_ms(tx->cx)};
    int64_t since = instant_add(maintenance->from, (struct duration){-grace(app).ms}).ms;
    TRY(subscription_access_ends(tx, maintenance->from.ms, ACCESS_ENDS_MAX, &cases));
    TRY(subscription_past_due(tx, since, ACCESS_ENDS_MAX, &owing));
    maintenance->updates =
        arena_array(tx->cx->arena, cases.count + owing.count, sizeof *maintenance->updates);
    if (maintenance->updates == NULL && cases.count + owing.count > 0) {
        return ERR(ERR_NO_MEMORY);
    }
    const struct subscription_row *rows = cases.items;
    for (size_t i = 0; i < cases.count && rows[i].access_until <= now.ms; i++) {
        TRY(add_update(maintenance, tx, rows[i].user_id));
    }
    rows = owing.items;
    int64_t until = instant_add(now, (struct duration){-grace(app).ms}).ms;
    for (size_t i = 0; i < owing.count && rows[i].past_due_since <= until; i++) {
        TRY(add_update(maintenance, tx, rows[i].user_id));
    }
    return OK;
}

struct err maintenance_next_access_end(const struct app *app, struct tx *tx, struct instant after,
                                       struct instant *ret_at) {
    struct row_list cases;
    struct row_list owing;
    TRY(subscription_access_ends(tx, after.ms, 1, &cases));
    TRY(subscription_past_due(tx, instant_add(after, (struct duration){-grace(app).ms}).ms, 1,
                              &owing));
    struct instant at = INSTANT_MAX;
    if (cases.count > 0) {
        at.ms = ((const struct subscription_row *)cases.items)->access_until;
    }
    if (owing.count > 0) {
        const struct subscription_row *row = owing.items;
        at = instant_earlier(at, instant_add((struct instant){row->past_due_since}, grace(app)));
    }
    *ret_at = at;
    return OK;
}

static struct err run_dunning(struct maintenance *maintenance, struct tx *tx) {
    maintenance->updates = arena_array(tx->cx->arena, DUNNING_BATCH, sizeof *maintenance->updates);
    if (maintenance->updates == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    return dunning_run_due(maintenance->command.app, tx, &maintenance->row.at, maintenance->updates,
                           &maintenance->update_count);
}

/* A run that was rolled back has come nowhere. */
static struct err run_graces(struct maintenance *maintenance, struct tx *tx) {
    struct limit_due due = maintenance->graces;
    TRY(limit_run_due(maintenance->command.app, tx, &due));
    maintenance->graces = due;
    maintenance->has_more = due.has_more;
    return OK;
}

/* --- retention --- */

static struct err forget(struct maintenance *maintenance, struct tx *tx) {
    if (maintenance->goes_on) {
        return retention_forget(maintenance->command.app, tx, &maintenance->has_more);
    }
    TRY(session_prune(tx, cx_now_ms(tx->cx)));
    /* What was given back of a take is known longer than the take itself. */
    TRY(take_prune(tx, days_ago(tx, RETAIN_JOURNAL_DAYS + 1), days_ago(tx, RETAIN_TAKES_DAYS)));
    TRY(take_has_answers(tx, &maintenance->has_take_rows));
    TRY(release_prune(tx, days_ago(tx, RETAIN_TAKES_DAYS)));
    TRY(journal_forget(tx, days_ago(tx, RETAIN_JOURNAL_DAYS)));
    TRY(lease_prune(tx, days_ago(tx, RETAIN_LEASES_DAYS)));
    TRY(retention_forget(maintenance->command.app, tx, &maintenance->has_more));
    TRY(inquiry_forget(tx, days_ago(tx, RETAIN_INQUIRIES_DAYS),
                       days_ago(tx, RETAIN_INQUIRIES_OPEN_DAYS)));
    TRY(experiment_units_forget(tx, days_ago(tx, RETAIN_VISITORS_DAYS), RETENTION_SWEPT_AT_ONCE));
    TRY(evidence_expire(tx));
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

static struct err run_kind(struct maintenance *maintenance, struct tx *tx) {
    switch (maintenance->kind) {
    case MAINTENANCE_APPROVALS:
        return approval_run_due(maintenance->command.app, tx, &maintenance->has_more);
    case MAINTENANCE_AUDIT:
        return audit_log_sign(maintenance->command.app, tx, &maintenance->has_more);
    case MAINTENANCE_REVIEWS:
        return access_review_run_due(maintenance->command.app, tx);
    case MAINTENANCE_ACCESS:
        return update_access(maintenance, tx);
    case MAINTENANCE_CONTRACTS:
        return contract_run_due(maintenance->command.app, tx, &maintenance->row.at,
                                &maintenance->has_more);
    case MAINTENANCE_DUNNING:
        return run_dunning(maintenance, tx);
    case MAINTENANCE_EXPERIMENTS:
        return experiment_watch(maintenance->command.app, tx);
    case MAINTENANCE_GRACE:
        return run_graces(maintenance, tx);
    case MAINTENANCE_LEASES:
        return lease_run_due(maintenance->command.app, tx, &maintenance->freed);
    case MAINTENANCE_NOTICES:
        return mail_notices_run(maintenance->command.app, tx);
    case MAINTENANCE_PRICES:
        return price_change_run_due(maintenance->command.app, tx, &maintenance->has_more);
    case MAINTENANCE_PRIVACY:
        return privacy_remind(maintenance->command.app, tx, &maintenance->has_more);
    case MAINTENANCE_RETENTION:
        return forget(maintenance, tx);
    case MAINTENANCE_BREACHES:
        return breach_remind(maintenance->command.app, tx, &maintenance->has_more);
    case MAINTENANCE_BOOKS:
        return retention_count_monthly(maintenance->command.app, tx, maintenance->from);
    case MAINTENANCE_REVENUE:
        return revenue_run_due(maintenance->command.app, tx, &maintenance->has_more);
    case MAINTENANCE_MARKS:
        return customer_marks_run(tx, &maintenance->has_more);
    case MAINTENANCE_PAUSES:
        return pauses_run_due(maintenance->command.app, tx, &maintenance->has_more);
    case MAINTENANCE_USAGE:
        return usage_pattern_prove(maintenance->command.app, tx, &maintenance->has_more);
    case MAINTENANCE_CLOCK:
        return keep_clock(maintenance, tx);
    }
    check(false);
    return OK;
}

static enum due_job due_job_of(enum maintenance_kind kind) {
    return kind == MAINTENANCE_DUNNING ? DUE_DUNNING : DUE_CONTRACTS;
}

static struct err set_aside(struct maintenance *maintenance, struct tx *tx) {
    static const int64_t hours[] = {1, 6, 24};
    enum due_job job = due_job_of(maintenance->kind);
    struct set_aside_row row = {.attempts = 0};
    struct instant now = {cx_now_ms(tx->cx)};
    bool is_found = false;
    struct str id = str_from_cstr(maintenance->row.id);
    TRY(set_aside_get(tx, due_job_str(job), id, &row, &is_found));
    size_t last = ARRAY_LEN(hours) - 1;
    size_t step = (size_t)row.attempts > last ? last : (size_t)row.attempts;
    row = (struct set_aside_row){
        .job = due_job_str(job),
        .row_id = id,
        .error = str_from_cstr(maintenance->row.error),
        .last_at = now.ms,
        .next_at = instant_add(now, duration_hours(hours[step])).ms,
    };
    TRY(set_aside_put(tx, &row));
    return due_put_off(tx, job, id, row.next_at);
}

static struct err run(struct command *command, struct tx *tx) {
    struct maintenance *maintenance = (struct maintenance *)command;
    if (maintenance->row.is_due) {
        return set_aside(maintenance, tx);
    }
    struct err err = run_kind(maintenance, tx);
    if (err_failed(err) && maintenance->row.at.len > 0) {
        (void)snprintf(maintenance->row.id, sizeof maintenance->row.id, STR_FMT,
                       STR_ARG(maintenance->row.at));
        (void)snprintf(maintenance->row.error, sizeof maintenance->row.error, "%s: %s",
                       err_name(err.code), tx->cx->detail);
    }
    return err;
}

static void after(struct command *command) {
    struct maintenance *maintenance = (struct maintenance *)command;
    for (size_t i = 0; i < maintenance->update_count; i++) {
        gate_update_publish(command->app, &maintenance->updates[i]);
    }
    lease_free(command->app, maintenance->freed);
    if (maintenance->batch_kept > 0) {
        command->app->has_take_rows = maintenance->has_take_rows;
        journal_forget_before(command->app->journal, (uint64_t)maintenance->batch_kept);
    }
}

static void forget_last(struct maintenance *maintenance) {
    maintenance->updates = NULL;
    maintenance->update_count = 0;
    maintenance->freed = NULL;
    maintenance->batch_kept = 0;
    maintenance->has_more = false;
    maintenance->row.at = STR("");
}

static void resume(struct app *app, struct maintenance *maintenance) {
    forget_last(maintenance);
    maintenance->row.id[0] = '\0';
    maintenance->command.run = run;
    maintenance->command.after = after;
    command_submit(app, &maintenance->command);
}

void maintenance_set_aside(struct app *app, struct maintenance *maintenance) {
    maintenance->row.is_due = true;
    forget_last(maintenance);
    command_submit(app, &maintenance->command);
}

void maintenance_start(struct app *app, struct maintenance *maintenance) {
    maintenance->row.is_due = false;
    maintenance->graces = (struct limit_due){.from = maintenance->from};
    maintenance->goes_on = false;
    resume(app, maintenance);
}

void maintenance_go_on(struct app *app, struct maintenance *maintenance) {
    check(maintenance->has_more);
    maintenance->goes_on = true;
    resume(app, maintenance);
}
