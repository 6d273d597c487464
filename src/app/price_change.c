/* A price change as a whole: planned, counted, agreed to, told to holders, taken back; see
 * price_change.h. Where it stands is in its rows alone, so that a restart goes on. */
#include "app/audit.h"
#include "app/price_move.h"
#include "base/crypto.h"
#include "base/rfc3339.h"
#include "core/plan_book.h"
#include "core/price.h"

enum { COUNTED_AT_ONCE = 256, VERSIONS_TEXT = 200 };

/* --- rows and terms --- */

struct price_change price_change_of(const struct price_change_row *row) {
    struct price_change change = {
        .tier = (enum tier)row->tier,
        .to = (int32_t)row->to,
        .effective_from = {row->effective_from},
        .notice = {{[INTERVAL_MONTH] = (int32_t)row->monthly_days,
                    [INTERVAL_YEAR] = (int32_t)row->yearly_days}},
    };
    struct str rest = row->from;
    while (rest.len > 0 && change.from_count < PRICE_CHANGE_VERSIONS_MAX) {
        int64_t version = 0;
        if (str_to_i64(str_cut(&rest, ' '), &version)) {
            change.from[change.from_count++] = (int32_t)version;
        }
    }
    return change;
}

static struct str versions_text(struct cx *cx, const struct price_change *change) {
    struct str text = STR("");
    for (size_t i = 0; i < change->from_count; i++) {
        text = arena_printf(cx->arena, STR_FMT "%s%d", STR_ARG(text), i > 0 ? " " : "",
                            (int)change->from[i]);
    }
    return text;
}

/* --- planning --- */

static enum outcome check_versions(const struct app *app, const struct price_change *change) {
    const struct plan *sold = catalogue_plan(app->catalogue, change->tier);
    struct money price;
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        if (!price_of(sold, (enum interval)i, &price) || money_is_zero(price)) {
            return OUTCOME_PRICE_CHANGE_NO_PRICE;
        }
    }
    if (catalogue_plan_version(app->catalogue, change->tier, change->to) == NULL) {
        return OUTCOME_PLAN_VERSION_UNKNOWN;
    }
    for (size_t i = 0; i < change->from_count; i++) {
        bool is_known =
            !plan_version_is_private(change->from[i]) &&
            catalogue_plan_version(app->catalogue, change->tier, change->from[i]) != NULL;
        if (!is_known) {
            return OUTCOME_PLAN_VERSION_UNKNOWN;
        }
        if (change->from[i] >= change->to) {
            return OUTCOME_PRICE_CHANGE_SAME;
        }
    }
    return change->to == sold->version ? OUTCOME_DONE : OUTCOME_PRICE_CHANGE_SAME;
}

static enum outcome check_plan(const struct app *app, struct price_change *change,
                               struct instant now) {
    struct price_notice policy = app->catalogue->price_notice;
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        change->notice.days[i] =
            change->notice.days[i] == 0 ? policy.days[i] : change->notice.days[i];
    }
    enum outcome outcome = check_versions(app, change);
    if (outcome != OUTCOME_DONE) {
        return outcome;
    }
    if (!price_notice_is_valid(change->notice, policy)) {
        return OUTCOME_PRICE_CHANGE_NOTICE;
    }
    return price_change_has_notice(change, now) ? OUTCOME_CREATED : OUTCOME_PRICE_CHANGE_TOO_SOON;
}

static struct err run_plan(struct command *command, struct tx *tx) {
    struct price_plan *plan = (struct price_plan *)command;
    struct price_change *change = &plan->change;
    int64_t now = cx_now_ms(tx->cx);
    command->outcome = check_plan(command->app, change, (struct instant){now});
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    plan->id = id_new(tx->cx, "pric");
    const struct price_change_row row = {
        .id = plan->id,
        .tier = (int)change->tier,
        .from = versions_text(tx->cx, change),
        .to = change->to,
        .effective_from = change->effective_from.ms,
        .monthly_days = change->notice.days[INTERVAL_MONTH],
        .yearly_days = change->notice.days[INTERVAL_YEAR],
        .status = PRICE_CHANGE_COUNTING,
        .hash = STR(""),
        .user_cursor = STR(""),
        .created_by = audit_actor_id(tx),
        .created_at = now,
        .counted_at = ROW_NONE,
        .started_at = ROW_NONE,
        .withdrawn_at = ROW_NONE,
    };
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, id_str(&row.id))});
    return price_change_put(tx, &row);
}

void price_change_plan(struct app *app, struct price_plan *plan) {
    plan->command.run = run_plan;
    plan->command.after = NULL;
    command_submit(app, &plan->command);
}

/* --- counting --- */

/* Over the one before and a line more, so that it can be worked out in turns. */
static void add_line(struct tx *tx, struct price_change_row *change, struct str line) {
    struct str text =
        arena_printf(tx->cx->arena, STR_FMT "\n" STR_FMT, STR_ARG(change->hash), STR_ARG(line));
    change->hash = sha256_text(tx->cx->arena, text);
}

static struct err count_holder(struct app *app, struct tx *tx, struct price_change_row *row,
                               const struct subscription_row *subscription) {
    const struct price_change change = price_change_of(row);
    const struct plan *to = catalogue_plan_version(app->catalogue, change.tier, change.to);
    struct subscription_view view;
    struct money after = {0};
    enum price_verdict verdict = PRICE_OTHER;
    TRY(subscription_view_of(app, tx->cx, subscription, &view));
    TRY(price_move_judge(tx, row, &view, &verdict));
    enum interval interval = (enum interval)subscription->interval;
    bool moves = verdict == PRICE_MOVES && to != NULL && price_of(to, interval, &after);
    struct price_move_row move = {
        .change_id = id_str(&row->id),
        .user_id = subscription->user_id,
        .subscription_id = subscription->id,
        .interval = subscription->interval,
        .from = subscription->plan_version,
        .currency = subscription->currency,
        .price_before = view.price.minor,
        .price_after = moves ? after.minor : view.price.minor,
        .status = moves ? PRICE_MOVE_PLANNED : PRICE_MOVE_LEFT,
        .reason = moves ? STR("") : str_from_cstr(price_verdict_name(verdict)),
        .renews_at = ROW_NONE,
        .told_at = ROW_NONE,
        .mail_key = STR(""),
        .operation_id = STR(""),
        .next_at = ROW_NONE,
    };
    if (moves) {
        struct instant now = {cx_now_ms(tx->cx)};
        struct instant first = price_move_not_before(&change, interval, now);
        move.renews_at = price_move_renewal(view.current_period, interval, first).ms;
    }
    row->moves += moves ? 1 : 0;
    row->left_out += moves ? 0 : 1;
    add_line(tx, row,
             arena_printf(tx->cx->arena, STR_FMT " " STR_FMT " %lld %lld %lld",
                          STR_ARG(move.user_id), STR_ARG(move.reason), (long long)move.from,
                          (long long)move.price_before, (long long)move.price_after));
    return price_move_keep(tx, &move);
}

static struct err step_count(struct app *app, struct tx *tx, struct price_change_row *row) {
    struct row_list list;
    TRY(subscription_of_tier(tx, row->tier, row->user_cursor, COUNTED_AT_ONCE, &list));
    const struct subscription_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(count_holder(app, tx, row, &rows[i]));
        row->user_cursor = rows[i].user_id;
    }
    row->looked_at += (int64_t)list.count;
    if (list.count < COUNTED_AT_ONCE) {
        add_line(tx, row, arena_printf(tx->cx->arena, "%s %lld", row->id.text, (long long)row->to));
        row->status = PRICE_CHANGE_READY;
        row->counted_at = cx_now_ms(tx->cx);
        row->user_cursor = STR("");
    }
    return price_change_put(tx, row);
}

/* --- telling --- */

static struct err tell_holder(struct app *app, struct tx *tx, struct price_change_row *row,
                              struct price_move_row *move) {
    struct subscription_view view;
    enum price_verdict verdict = PRICE_OTHER;
    bool is_found = false;
    TRY(subscription_view_read(app, tx, move->user_id, &view, &is_found));
    bool is_it = is_found && str_equal(id_str(&view.row.id), id_str(&move->subscription_id)) &&
                 view.row.interval == move->interval && view.row.plan_version == move->from;
    TRY(is_it ? price_move_judge(tx, row, &view, &verdict) : OK);
    if (verdict == PRICE_MOVES) {
        return price_move_notify(app, tx, row, &view, move);
    }
    price_move_take(move, PRICE_MOVE_LEAVE);
    move->reason = str_from_cstr(price_verdict_name(verdict));
    row->moves--;
    row->left_out++;
    return price_move_keep(tx, move);
}

/* The next holders of a change, each by `step`; the change has come to `end` after the last. */
static struct err walk(struct app *app, struct tx *tx, struct price_change_row *row,
                       struct err (*step)(struct app *app, struct tx *tx,
                                          struct price_change_row *row,
                                          struct price_move_row *move),
                       enum price_change_status end) {
    const struct price_move_filter filter = {id_str(&row->id), row->user_cursor, STR("")};
    struct row_list list;
    TRY(price_move_page(tx, &filter, PRICE_BATCH, &list));
    struct price_move_row *moves = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(step(app, tx, row, &moves[i]));
        row->user_cursor = moves[i].user_id;
    }
    if (list.count < PRICE_BATCH) {
        row->status = (int)end;
        row->user_cursor = STR("");
    }
    return price_change_put(tx, row);
}

static struct err step_tell(struct app *app, struct tx *tx, struct price_change_row *row,
                            struct price_move_row *move) {
    return move->status == PRICE_MOVE_PLANNED ? tell_holder(app, tx, row, move) : OK;
}

static struct err step_withdraw(struct app *app, struct tx *tx, struct price_change_row *row,
                                struct price_move_row *move) {
    return price_move_step((enum price_move_status)move->status, PRICE_MOVE_WITHDRAW).is_legal
               ? price_move_take_back(app, tx, row, move)
               : OK;
}

static struct err step_change(struct app *app, struct tx *tx, struct price_change_row *row) {
    switch ((enum price_change_status)row->status) {
    case PRICE_CHANGE_COUNTING:
        return step_count(app, tx, row);
    case PRICE_CHANGE_TELLING:
        return walk(app, tx, row, step_tell, PRICE_CHANGE_DONE);
    case PRICE_CHANGE_WITHDRAWING:
        return walk(app, tx, row, step_withdraw, PRICE_CHANGE_WITHDRAWN);
    case PRICE_CHANGE_READY:
    case PRICE_CHANGE_DONE:
    case PRICE_CHANGE_WITHDRAWN:
    case PRICE_CHANGE_STATUS_COUNT:
        break;
    }
    return OK;
}

struct err price_change_run_due(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct price_change_row row;
    bool is_working = false;
    TRY(price_change_working(tx, &row, &is_working));
    if (!is_working) {
        return price_moves_run_due(app, tx, ret_has_more);
    }
    *ret_has_more = true;
    return step_change(app, tx, &row);
}

struct err price_change_is_working(struct tx *tx, bool *ret_is) {
    struct price_change_row row;
    return price_change_working(tx, &row, ret_is);
}

struct err price_change_next_due_at(struct tx *tx, struct instant *ret_at) {
    struct price_change_row row;
    bool is_working = false;
    int64_t at = ROW_NONE;
    TRY(price_change_working(tx, &row, &is_working));
    TRY(price_move_next(tx, &at));
    *ret_at = is_working       ? (struct instant){row.created_at}
              : at == ROW_NONE ? INSTANT_MAX
                               : (struct instant){at};
    return OK;
}

/* --- agreeing --- */

static struct err find_ready(struct tx *tx, struct str id, struct str hash,
                             struct price_change_row *ret_row, enum outcome *ret_outcome) {
    struct instant now = {cx_now_ms(tx->cx)};
    struct instant oldest = instant_add(now, duration_days(-PRICE_CHANGE_DAYS));
    bool is_found = false;
    TRY(price_change_get(tx, id, ret_row, &is_found));
    if (!is_found) {
        *ret_outcome = OUTCOME_PRICE_CHANGE_NOT_FOUND;
        return OK;
    }
    const struct price_change change = price_change_of(ret_row);
    *ret_outcome = ret_row->status != PRICE_CHANGE_READY    ? OUTCOME_PRICE_CHANGE_NOT_READY
                   : ret_row->counted_at < oldest.ms        ? OUTCOME_PRICE_CHANGE_OLD
                   : !str_equal(ret_row->hash, hash)        ? OUTCOME_PRICE_CHANGE_STALE
                   : !price_change_has_notice(&change, now) ? OUTCOME_PRICE_CHANGE_TOO_SOON
                                                            : OUTCOME_DONE;
    return OK;
}

static struct err start(struct tx *tx, struct price_change_row *row) {
    row->status = PRICE_CHANGE_TELLING;
    row->started_at = cx_now_ms(tx->cx);
    return price_change_put(tx, row);
}

static struct str request_of(struct tx *tx, struct str id, struct str hash) {
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("hash", hash), AUDIT_TEXT("priceChangeId", id));
}

static struct err ask_second(struct price_publish *publish, struct tx *tx) {
    struct approval_row approval;
    struct approval_request request = {
        .subject = {APPROVAL_PRICE_CHANGE, STR(""), request_of(tx, publish->id, publish->hash)},
        .reason = publish->reason,
        .outcome = OUTCOME_DONE,
    };
    TRY(approval_request(publish->command.app, tx, &request, &approval));
    publish->command.outcome = request.outcome;
    if (request.outcome == OUTCOME_APPROVAL_REQUIRED ||
        request.outcome == OUTCOME_APPROVAL_WAITING) {
        publish->approval_id = approval.id;
    }
    return OK;
}

static struct err run_publish(struct command *command, struct tx *tx) {
    struct price_publish *publish = (struct price_publish *)command;
    struct price_change_row row;
    TRY(find_ready(tx, publish->id, publish->hash, &row, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    if (approval_needed(command->app, tx, APPROVAL_PRICE_CHANGE, (struct money){0})) {
        return ask_second(publish, tx);
    }
    audit_say(tx, &(struct audit_said){.object = publish->id,
                                       .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("hash", row.hash),
                                                            AUDIT_WHOLE("moves", row.moves)),
                                       .reason = publish->reason});
    return start(tx, &row);
}

void price_change_publish(struct app *app, struct price_publish *publish) {
    publish->command.run = run_publish;
    publish->command.after = NULL;
    command_submit(app, &publish->command);
}

static struct err read_request(struct str request, struct str *ret_id, struct str *ret_hash) {
    bool is_whole = jcs_plain(jcs_find(request, "priceChangeId"), ret_id) &&
                    jcs_plain(jcs_find(request, "hash"), ret_hash);
    return is_whole ? OK : ERR(ERR_CORRUPT);
}

static struct err month_of(struct tx *tx, struct str id, int64_t *ret_before, int64_t *ret_after) {
    struct row_list list;
    int64_t before[INTERVAL_COUNT] = {0};
    int64_t after[INTERVAL_COUNT] = {0};
    TRY(price_move_sums(tx, id, &list));
    const struct price_move_sum *sums = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (sums[i].status != PRICE_MOVE_LEFT) {
            before[sums[i].interval] += sums[i].before;
            after[sums[i].interval] += sums[i].after;
        }
    }
    *ret_before = price_monthly(before);
    *ret_after = price_monthly(after);
    return OK;
}

struct err price_change_describe(struct app *app, struct tx *tx,
                                 const struct approval_subject *subject,
                                 struct approval_facts *ret_facts) {
    struct price_change_row row;
    struct str id;
    struct str hash;
    int64_t before = 0;
    int64_t after = 0;
    char from[RFC3339_SIZE];
    (void)app;
    TRY(read_request(subject->request, &id, &hash));
    TRY(find_ready(tx, id, hash, &row, &ret_facts->outcome));
    if (ret_facts->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(month_of(tx, id, &before, &after));
    rfc3339_format(row.effective_from, from);
    struct str effective = arena_str(tx->cx->arena, str_from_cstr(from));
    ret_facts->object_id = id;
    ret_facts->before =
        AUDIT_FACTS(tx->cx, AUDIT_TEXT("planVersions", row.from), AUDIT_WHOLE("perMonth", before));
    ret_facts->after = AUDIT_FACTS(
        tx->cx, AUDIT_TEXT("effectiveFrom", effective), AUDIT_TEXT("hash", row.hash),
        AUDIT_WHOLE("leftOut", row.left_out), AUDIT_WHOLE("moves", row.moves),
        AUDIT_WHOLE("noticeDaysMonthly", row.monthly_days),
        AUDIT_WHOLE("noticeDaysYearly", row.yearly_days), AUDIT_WHOLE("perMonth", after),
        AUDIT_TEXT("plan", str_from_cstr(tier_name((enum tier)row.tier))),
        AUDIT_WHOLE("planVersion", row.to));
    return OK;
}

struct err price_change_execute(struct approval_execution *execution) {
    struct price_change_row row;
    struct str id;
    struct str hash;
    TRY(read_request(execution->row->request, &id, &hash));
    TRY(find_ready(execution->tx, id, hash, &row, &execution->outcome));
    return execution->outcome == OUTCOME_DONE ? start(execution->tx, &row) : OK;
}

/* --- taking back --- */

static struct err run_withdraw(struct command *command, struct tx *tx) {
    struct price_withdraw *withdraw = (struct price_withdraw *)command;
    struct price_change_row row;
    bool is_found = false;
    TRY(price_change_get(tx, withdraw->id, &row, &is_found));
    bool is_over = is_found &&
                   (row.status == PRICE_CHANGE_WITHDRAWING || row.status == PRICE_CHANGE_WITHDRAWN);
    command->outcome = !is_found ? OUTCOME_PRICE_CHANGE_NOT_FOUND
                       : is_over ? OUTCOME_PRICE_CHANGE_NOT_READY
                                 : OUTCOME_DONE;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = withdraw->id, .reason = withdraw->reason});
    row.status = PRICE_CHANGE_WITHDRAWING;
    row.user_cursor = STR("");
    row.withdrawn_at = cx_now_ms(tx->cx);
    return price_change_put(tx, &row);
}

void price_change_withdraw(struct app *app, struct price_withdraw *withdraw) {
    withdraw->command.run = run_withdraw;
    withdraw->command.after = NULL;
    command_submit(app, &withdraw->command);
}

/* --- reading --- */

struct err price_change_read(struct tx *tx, struct str id, struct price_change_row *ret_row,
                             bool *ret_found) {
    return price_change_get(tx, id, ret_row, ret_found);
}

struct err price_changes_read(struct tx *tx, struct str before, size_t max,
                              struct row_list *ret_list) {
    return price_change_page(tx, before, max, ret_list);
}

struct err price_moves_read(struct tx *tx, const struct price_move_filter *filter, size_t max,
                            struct row_list *ret_list) {
    return price_move_page(tx, filter, max, ret_list);
}

struct err price_move_read(struct tx *tx, struct str change_id, struct str user_id,
                           struct price_move_row *ret_row, bool *ret_found) {
    return price_move_get(tx, change_id, user_id, ret_row, ret_found);
}

struct err price_sums_read(struct tx *tx, struct str id, struct row_list *ret_list) {
    return price_move_sums(tx, id, ret_list);
}
