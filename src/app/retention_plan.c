/* Plans of what goes: counted in turns, agreed to, carried out in turns; see retention.h. Where a
 * plan stands is in its rows alone, so that a restart goes on. */
#include "app/retention.h"

#include "app/audit.h"
#include "app/billing_event.h"
#include "app/export.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "base/crypto.h"
#include "base/rfc3339.h"

/* Customers in a transaction, which others wait for: to be looked at, to lose a key. */
enum { LOOKED_AT_ONCE = 256, DESTROYED_AT_ONCE = 16 };

/* --- the hash --- */

/* Over the one before and a line more, so that it can be worked out in turns. */
static void add_line(struct tx *tx, struct retention_plan_row *plan, struct str line) {
    struct str text =
        arena_printf(tx->cx->arena, STR_FMT "\n" STR_FMT, STR_ARG(plan->hash), STR_ARG(line));
    plan->hash = sha256_text(tx->cx->arena, text);
}

/* --- counting --- */

static struct err count_kinds(struct app *app, struct tx *tx, struct retention_plan_row *plan) {
    struct instant now = {cx_now_ms(tx->cx)};
    for (int i = 0; i < RETENTION_KIND_COUNT; i++) {
        enum retention_kind kind = (enum retention_kind)i;
        struct retention_count count;
        if (retention_info_of(kind)->how != RETENTION_SWEPT) {
            continue;
        }
        TRY(retention_due(app, tx, kind, &count));
        const struct retention_kind_row row = {
            .plan_id = id_str(&plan->id),
            .kind = i,
            .before = kind == RETENTION_EXPORTS
                          ? now.ms
                          : retention_cutoff(&app->catalogue->retention, kind, now).ms,
            .counted = count.count,
            .oldest = count.oldest,
            .purged = ROW_NONE,
        };
        TRY(retention_kind_put(tx, &row));
        add_line(tx, plan,
                 arena_printf(tx->cx->arena, "%s %lld %lld", retention_info_of(kind)->name,
                              (long long)row.before, (long long)row.counted));
    }
    return OK;
}

static struct err begin_plan(struct app *app, struct tx *tx, struct record_id *ret_id) {
    struct retention_plan_row plan = {
        .id = id_new(tx->cx, "rpln"),
        .status = STR("counting"),
        .hash = STR(""),
        .user_cursor = STR(""),
        .created_by = audit_actor_id(tx),
        .created_at = cx_now_ms(tx->cx),
        .counted_at = ROW_NONE,
        .started_at = ROW_NONE,
        .finished_at = ROW_NONE,
    };
    *ret_id = plan.id;
    TRY(retention_holds_end(tx, cx_now_ms(tx->cx)));
    TRY(retention_plan_supersede(tx));
    TRY(count_kinds(app, tx, &plan));
    return retention_plan_put(tx, &plan);
}

static struct err run_begin(struct command *command, struct tx *tx) {
    struct retention_count_begin *begin = (struct retention_count_begin *)command;
    bool is_working = false;
    TRY(retention_is_working(tx, &is_working));
    command->outcome = is_working ? OUTCOME_RETENTION_BUSY : OUTCOME_CREATED;
    if (is_working) {
        return OK;
    }
    TRY(begin_plan(command->app, tx, &begin->id));
    audit_say(tx, &(struct audit_said){.object = id_str(&begin->id)});
    return OK;
}

void retention_count_begin(struct app *app, struct retention_count_begin *begin) {
    begin->command.run = run_begin;
    begin->command.after = NULL;
    command_submit(app, &begin->command);
}

/* Who is known for less than any of the periods has nothing that may go. */
static bool is_too_young(const struct retention_policy *policy, int64_t created_at, int64_t now) {
    const enum retention_kind kinds[] = {RETENTION_BOOKS, RETENTION_INVOICES, RETENTION_LETTERS};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (created_at < retention_cutoff(policy, kinds[i], (struct instant){now}).ms) {
            return false;
        }
    }
    return true;
}

/* Who is held is named as well: that nothing of theirs goes is worth seeing. */
static struct err look_at(struct app *app, struct tx *tx, struct retention_plan_row *plan,
                          struct str user_id) {
    struct retention_judged judged;
    TRY(retention_judge(app, tx, user_id, &judged));
    bool is_held = judged.verdict == RETENTION_HOLDS;
    if (judged.verdict != RETENTION_GOES && !is_held) {
        return OK;
    }
    const struct retention_customer_row row = {
        .plan_id = id_str(&plan->id),
        .user_id = user_id,
        .last_at = judged.last_at,
        .due_at = judged.due_at,
        .invoices = judged.invoices,
        .is_erased = judged.is_erased,
        .status = is_held ? STR("skipped") : STR("planned"),
        .reason = is_held ? STR("held") : STR(""),
    };
    plan->customers += is_held ? 0 : 1;
    plan->skipped += is_held ? 1 : 0;
    add_line(tx, plan,
             arena_printf(tx->cx->arena, STR_FMT " " STR_FMT " %lld %lld", STR_ARG(user_id),
                          STR_ARG(row.status), (long long)row.due_at, (long long)row.invoices));
    return retention_customer_put(tx, &row);
}

/* The operators are told of what the program has counted by itself. */
static struct err tell_counted(struct app *app, struct tx *tx,
                               const struct retention_plan_row *plan) {
    struct mail_values values;
    if (plan->created_by.len > 0 || plan->customers == 0) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "planId", id_str(&plan->id));
    mail_values_i64(&values, "customers", plan->customers);
    const struct mail_order order = {
        .user_id = STR(""),
        .kind = MAIL_KIND_RETENTION_DUE,
        .dedupe_key = arena_printf(tx->cx->arena, "retention_due:%s", plan->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

static struct err step_count(struct app *app, struct tx *tx, struct retention_plan_row *plan) {
    struct row_list list;
    int64_t now = cx_now_ms(tx->cx);
    TRY(retention_walk(tx, plan->user_cursor, LOOKED_AT_ONCE, &list));
    const struct retention_walked *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (!is_too_young(&app->catalogue->retention, rows[i].created_at, now)) {
            TRY(look_at(app, tx, plan, rows[i].user_id));
        }
        plan->user_cursor = rows[i].user_id;
    }
    plan->looked_at += (int64_t)list.count;
    if (list.count < LOOKED_AT_ONCE) {
        plan->status = STR("ready");
        plan->counted_at = now;
        plan->user_cursor = STR("");
        TRY(tell_counted(app, tx, plan));
    }
    return retention_plan_put(tx, plan);
}

/* --- carrying out --- */

static struct err start(struct tx *tx, struct retention_plan_row *plan) {
    plan->status = STR("running");
    plan->started_at = cx_now_ms(tx->cx);
    return retention_plan_put(tx, plan);
}

/* A turn of the next kind whose rows have not gone yet. */
static struct err purge_kind(struct tx *tx, const struct retention_plan_row *plan, bool *ret_was) {
    struct row_list list;
    *ret_was = false;
    TRY(retention_kind_list(tx, id_str(&plan->id), &list));
    struct retention_kind_row *rows = list.items;
    for (size_t i = 0; i < list.count && !*ret_was; i++) {
        struct retention_swept swept;
        if (rows[i].purged != ROW_NONE) {
            continue;
        }
        TRY(retention_sweep_some(tx, (enum retention_kind)rows[i].kind, rows[i].before,
                                 RETENTION_SWEPT_AT_ONCE, &swept));
        rows[i].gone += swept.rows;
        rows[i].purged = swept.has_more ? ROW_NONE : rows[i].gone;
        TRY(retention_kind_put(tx, &rows[i]));
        *ret_was = true;
    }
    return OK;
}

static struct err purge_customer(struct app *app, struct tx *tx, struct retention_plan_row *plan,
                                 struct retention_customer_row *row) {
    struct retention_judged judged;
    TRY(retention_judge(app, tx, row->user_id, &judged));
    bool goes = judged.verdict == RETENTION_GOES;
    TRY(goes ? retention_destroy_books(tx, row->user_id, &judged) : OK);
    row->status = goes ? STR("purged") : STR("skipped");
    row->reason = goes ? STR("") : str_from_cstr(retention_verdict_name(judged.verdict));
    plan->purged += goes ? 1 : 0;
    plan->skipped += goes ? 0 : 1;
    return retention_customer_put(tx, row);
}

static struct err finish(struct tx *tx, struct retention_plan_row *plan) {
    const struct billing_note note = {
        .type = "retention.purged",
        .description = STR("What had been kept long enough is gone, as planned."),
        .metadata = AUDIT_FACTS(tx->cx, AUDIT_TEXT("planId", id_str(&plan->id)),
                                AUDIT_WHOLE("customers", plan->purged)),
        .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("planId", id_str(&plan->id)),
                             AUDIT_TEXT("hash", plan->hash), AUDIT_WHOLE("customers", plan->purged),
                             AUDIT_WHOLE("skipped", plan->skipped)),
    };
    plan->status = STR("done");
    plan->finished_at = cx_now_ms(tx->cx);
    TRY(billing_event_note(tx, STR(""), &note));
    return retention_plan_put(tx, plan);
}

static struct err step_purge(struct app *app, struct tx *tx, struct retention_plan_row *plan) {
    struct row_list list;
    bool was_kind = false;
    TRY(purge_kind(tx, plan, &was_kind));
    if (was_kind) {
        return OK;
    }
    TRY(retention_customer_page(tx, id_str(&plan->id), plan->user_cursor, DESTROYED_AT_ONCE,
                                &list));
    struct retention_customer_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (str_equal(rows[i].status, STR("planned"))) {
            TRY(purge_customer(app, tx, plan, &rows[i]));
        }
        plan->user_cursor = rows[i].user_id;
    }
    return list.count < DESTROYED_AT_ONCE ? finish(tx, plan) : retention_plan_put(tx, plan);
}

/* --- giving up --- */

static bool is_under_way(const struct retention_plan_row *plan) {
    return str_equal(plan->status, STR("counting")) || str_equal(plan->status, STR("running"));
}

/* The step that is under way was before this one, or finds nothing to do. */
static struct err run_cancel(struct command *command, struct tx *tx) {
    struct retention_cancel *cancel = (struct retention_cancel *)command;
    struct retention_plan_row plan;
    bool is_found = false;
    TRY(retention_plan_get(tx, cancel->plan_id, &plan, &is_found));
    command->outcome = is_found ? OUTCOME_DONE : OUTCOME_RETENTION_PLAN_NOT_FOUND;
    if (!is_found || !is_under_way(&plan)) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){
                      .object = cancel->plan_id,
                      .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", plan.status)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("customers", plan.customers),
                                           AUDIT_WHOLE("purged", plan.purged),
                                           AUDIT_TEXT("status", STR("cancelled"))),
                      .reason = cancel->reason,
                  });
    plan.status = STR("cancelled");
    plan.finished_at = cx_now_ms(tx->cx);
    return retention_plan_put(tx, &plan);
}

void retention_cancel(struct app *app, struct retention_cancel *cancel) {
    cancel->command.run = run_cancel;
    cancel->command.after = NULL;
    command_submit(app, &cancel->command);
}

/* --- going on --- */

static struct err run_step(struct command *command, struct tx *tx) {
    struct retention_plan_row plan;
    bool is_found = false;
    TRY(retention_plan_working(tx, &plan, &is_found));
    if (!is_found) {
        return OK;
    }
    return str_equal(plan.status, STR("counting")) ? step_count(command->app, tx, &plan)
                                                   : step_purge(command->app, tx, &plan);
}

void retention_step(struct app *app, struct retention_step *step) {
    step->command.run = run_step;
    step->command.after = NULL;
    command_submit(app, &step->command);
}

/* --- asking --- */

static struct err find_ready(struct tx *tx, struct str id, struct retention_plan_row *ret_plan,
                             enum outcome *ret_outcome) {
    struct instant oldest =
        instant_add((struct instant){cx_now_ms(tx->cx)}, duration_days(-RETENTION_PLAN_DAYS));
    bool is_found = false;
    TRY(retention_plan_get(tx, id, ret_plan, &is_found));
    *ret_outcome = !is_found                                    ? OUTCOME_RETENTION_PLAN_NOT_FOUND
                   : !str_equal(ret_plan->status, STR("ready")) ? OUTCOME_RETENTION_PLAN_NOT_READY
                   : ret_plan->counted_at < oldest.ms           ? OUTCOME_RETENTION_PLAN_OLD
                                                                : OUTCOME_DONE;
    return OK;
}

static struct str request_of(struct tx *tx, struct str plan_id) {
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("planId", plan_id));
}

static struct err ask_second(struct retention_purge *purge, struct tx *tx) {
    struct approval_row approval;
    struct approval_request request = {
        .subject = {APPROVAL_PURGE, STR(""), request_of(tx, purge->plan_id)},
        .reason = purge->reason,
        .outcome = OUTCOME_DONE,
    };
    TRY(approval_request(purge->command.app, tx, &request, &approval));
    purge->command.outcome = request.outcome;
    if (request.outcome == OUTCOME_APPROVAL_REQUIRED ||
        request.outcome == OUTCOME_APPROVAL_WAITING) {
        purge->approval_id = approval.id;
    }
    return OK;
}

/* Only keys that go for good need two. */
static struct err run_purge(struct command *command, struct tx *tx) {
    struct retention_purge *purge = (struct retention_purge *)command;
    struct retention_plan_row plan;
    TRY(find_ready(tx, purge->plan_id, &plan, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    if (plan.customers > 0 &&
        approval_needed(command->app, tx, APPROVAL_PURGE, (struct money){0})) {
        return ask_second(purge, tx);
    }
    audit_say(tx,
              &(struct audit_said){.object = purge->plan_id,
                                   .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("hash", plan.hash),
                                                        AUDIT_WHOLE("customers", plan.customers)),
                                   .reason = purge->reason});
    return start(tx, &plan);
}

void retention_purge(struct app *app, struct retention_purge *purge) {
    purge->command.run = run_purge;
    purge->command.after = NULL;
    command_submit(app, &purge->command);
}

static struct err plan_of_request(struct str request, struct str *ret_id) {
    return jcs_plain(jcs_find(request, "planId"), ret_id) ? OK : ERR(ERR_CORRUPT);
}

struct err retention_describe(struct app *app, struct tx *tx,
                              const struct approval_subject *subject,
                              struct approval_facts *ret_facts) {
    struct retention_plan_row plan;
    struct str id;
    (void)app;
    TRY(plan_of_request(subject->request, &id));
    TRY(find_ready(tx, id, &plan, &ret_facts->outcome));
    if (ret_facts->outcome != OUTCOME_DONE) {
        return OK;
    }
    ret_facts->object_id = id;
    ret_facts->before = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("booksOfCustomers", plan.customers),
                                    AUDIT_TEXT("hash", plan.hash), AUDIT_TEXT("planId", id));
    ret_facts->after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("booksOfCustomers", 0));
    return OK;
}

struct err retention_execute(struct approval_execution *execution) {
    struct retention_plan_row plan;
    struct str id;
    TRY(plan_of_request(execution->row->request, &id));
    TRY(find_ready(execution->tx, id, &plan, &execution->outcome));
    return execution->outcome == OUTCOME_DONE ? start(execution->tx, &plan) : OK;
}

/* --- once a month --- */

/* Since the plan the first of a month has passed; what somebody is still looking at stays. */
static bool is_month_over(const struct retention_plan_row *plan, struct instant now) {
    struct instant lately = instant_add(now, duration_days(-RETENTION_PLAN_DAYS));
    bool is_somebodys = plan->created_by.len > 0 && str_equal(plan->status, STR("ready"));
    return is_somebodys ? plan->created_at < lately.ms
                        : retention_next_count((struct instant){plan->created_at}).ms <= now.ms;
}

struct err retention_count_monthly(struct app *app, struct tx *tx, struct instant from) {
    struct instant now = {cx_now_ms(tx->cx)};
    struct retention_plan_row plan;
    struct record_id id;
    bool is_found = false;
    bool is_working = false;
    TRY(retention_plan_newest(tx, &plan, &is_found));
    TRY(retention_is_working(tx, &is_working));
    bool is_due = is_found ? is_month_over(&plan, now) : from.ms > 0;
    return is_due && !is_working ? begin_plan(app, tx, &id) : OK;
}

struct instant retention_next_count(struct instant after) {
    enum { HOUR = 4 };
    struct civil civil = civil_from_ms(after.ms);
    struct civil first = {.year = civil.year, .month = civil.month, .day = 1, .hour = HOUR};
    struct instant at = {civil_to_ms(first)};
    return instant_is_before(after, at) ? at : instant_add_months(at, 1);
}

/* --- reading --- */

struct err retention_is_working(struct tx *tx, bool *ret_is) {
    struct retention_plan_row plan;
    return retention_plan_working(tx, &plan, ret_is);
}

struct err retention_plan_read(struct tx *tx, struct str id, struct retention_plan_row *ret_row,
                               bool *ret_found) {
    return retention_plan_get(tx, id, ret_row, ret_found);
}

struct err retention_plan_latest(struct tx *tx, struct retention_plan_row *ret_row,
                                 bool *ret_found) {
    return retention_plan_newest(tx, ret_row, ret_found);
}

struct err retention_plan_kinds(struct tx *tx, struct str id, struct row_list *ret_list) {
    return retention_kind_list(tx, id, ret_list);
}

struct err retention_plan_customers(struct tx *tx, struct str id, struct str after, size_t max,
                                    struct row_list *ret_list) {
    return retention_customer_page(tx, id, after, max, ret_list);
}
