/* Rules made, changed and removed. */
#include "app/usage_alert.h"

#include "app/audit.h"
#include "app/subscription.h"
#include "app/usage_alert_inside.h"
#include "base/check.h"
#include "store/person.h"

enum { LOOK_AGAIN_HOURS = 24 };

/* --- reading --- */

struct err usage_alerts_read(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return usage_alert_list(tx, user_id, USAGE_ALERTS_MAX, ret_list);
}

struct err usage_alert_read(struct tx *tx, struct str user_id, struct str id,
                            struct usage_alert_row *ret_row, bool *ret_found) {
    return usage_alert_get(tx, user_id, id, ret_row, ret_found);
}

struct err usage_alert_firings_read(struct tx *tx, struct str user_id, struct str before,
                                    size_t max, struct row_list *ret_list) {
    return usage_alert_firing_page(tx, user_id, before.len > 0 ? before : STR("~"), max, ret_list);
}

/* --- facts as a row has them --- */

static struct str joined(struct arena *arena, const struct str *words, size_t count) {
    struct str text = STR("");
    for (size_t i = 0; i < count; i++) {
        text = i == 0 ? words[i]
                      : arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(text), STR_ARG(words[i]));
    }
    return text;
}

static struct str percents(struct arena *arena, const struct usage_alert_thresholds *thresholds) {
    struct str words[USAGE_ALERT_THRESHOLDS_MAX];
    for (size_t i = 0; i < thresholds->count; i++) {
        words[i] = arena_printf(arena, "%d", (int)thresholds->percents[i]);
    }
    return joined(arena, words, thresholds->count);
}

static void put_facts(struct app *app, struct tx *tx, const struct usage_alert_facts *facts,
                      struct usage_alert_row *row) {
    struct arena *arena = tx->cx->arena;
    row->metric = facts->metric;
    row->basis = facts->basis;
    row->amount = facts->basis == USAGE_ALERT_LIMIT ? ROW_NONE : facts->amount;
    row->currency = facts->metric < 0 ? str_from_cstr(app->catalogue->currency.code) : STR("");
    row->thresholds = percents(arena, &facts->thresholds);
    row->action = facts->blocks ? STR("block") : STR("notify");
    row->recipients = joined(arena, facts->recipients, facts->recipient_count);
}

static bool is_of_same(const struct usage_alert_row *a, const struct usage_alert_row *b) {
    return a->metric == b->metric && a->basis == b->basis && a->amount == b->amount &&
           str_equal(a->thresholds, b->thresholds) && str_equal(a->action, b->action);
}

static struct str said_of(struct tx *tx, const struct usage_alert_row *row) {
    struct str metric =
        row->metric < 0 ? STR("money") : str_from_cstr(metric_name((enum metric)row->metric));
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("metric", metric),
                       AUDIT_WHOLE("amount", row->amount == ROW_NONE ? 0 : row->amount),
                       AUDIT_TEXT("thresholds", row->thresholds), AUDIT_TEXT("action", row->action),
                       AUDIT_TEXT("recipients", audit_veiled(tx, row->recipients)));
}

/* Texts outlive the step that says them. */
static void say(struct tx *tx, const struct usage_alert_row *row, struct str before,
                struct str after) {
    audit_say(tx, &(struct audit_said){.customer = row->user_id,
                                       .object = arena_str(tx->cx->arena, id_str(&row->id)),
                                       .before = before,
                                       .after = after});
}

/* --- what is refused --- */

static struct err judge_recipients(struct tx *tx, const struct usage_alert_set *set,
                                   enum outcome *ret_outcome) {
    const struct usage_alert_facts *facts = &set->facts;
    for (size_t i = 0; i < facts->recipient_count && *ret_outcome == OUTCOME_DONE; i++) {
        struct member_row member;
        bool is_found = true;
        if (id_is(facts->recipients[i], "pers")) {
            TRY(member_get(tx, set->user_id, facts->recipients[i], &member, &is_found));
        }
        *ret_outcome = is_found ? OUTCOME_DONE : OUTCOME_USAGE_ALERT_RECIPIENT_UNKNOWN;
    }
    return OK;
}

/* Against what the plan allows, not against what another rule makes of it. */
static struct err judge_limit(struct app *app, struct tx *tx, const struct usage_alert_set *set,
                              enum outcome *ret_outcome) {
    const struct usage_alert_facts *facts = &set->facts;
    struct subscription_view view;
    bool is_found = false;
    if (facts->metric < 0 || *ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(subscription_view_read(app, tx, set->user_id, &view, &is_found));
    struct gate_handle customer = gate_customer(app->gate, set->user_id);
    if (!is_found || !gate_is_known(customer)) {
        *ret_outcome = OUTCOME_CUSTOMER_NOT_FOUND;
        return OK;
    }
    struct limit limit = view.entitlements.limits[facts->metric];
    struct instant now = {cx_now_ms(tx->cx)};
    int64_t used =
        gate_check(customer, (enum metric)facts->metric, quantity_of(0), now).used.amount;
    bool is_bounded = limit_is_bounded(limit);
    int64_t cap = facts->basis == USAGE_ALERT_LIMIT ? limit.amount.amount : facts->amount;
    *ret_outcome = facts->basis == USAGE_ALERT_LIMIT && !is_bounded ? OUTCOME_USAGE_ALERT_NO_LIMIT
                   : !facts->blocks                                 ? OUTCOME_DONE
                   : is_bounded && cap > limit.amount.amount ? OUTCOME_USAGE_ALERT_ABOVE_LIMIT
                   : used >= cap && !facts->may_block_now    ? OUTCOME_USAGE_ALERT_BLOCKS_NOW
                                                             : OUTCOME_DONE;
    return OK;
}

/* --- set --- */

/* The row that is to be changed, or one that is new; CREATED when the request has made it before.
 */
static struct err find(struct usage_alert_set *set, struct tx *tx, struct usage_alert_row *ret_row,
                       enum outcome *ret_outcome) {
    int64_t now = cx_now_ms(tx->cx);
    struct row_list list;
    bool is_found = false;
    if (set->id.len > 0) {
        TRY(usage_alert_get(tx, set->user_id, set->id, ret_row, &is_found));
        *ret_outcome = is_found ? OUTCOME_DONE : OUTCOME_USAGE_ALERT_NOT_FOUND;
        return OK;
    }
    TRY(usage_alerts_read(tx, set->user_id, &list));
    const struct usage_alert_row *rows = list.items;
    for (size_t i = 0; i < list.count && set->request_key.len > 0; i++) {
        if (str_equal(rows[i].request_key, set->request_key)) {
            *ret_row = rows[i];
            *ret_outcome = OUTCOME_CREATED;
            return OK;
        }
    }
    *ret_outcome = list.count < USAGE_ALERTS_MAX ? OUTCOME_DONE : OUTCOME_USAGE_ALERTS_FULL;
    *ret_row = (struct usage_alert_row){.user_id = set->user_id,
                                        .id = id_new(tx->cx, "alrt"),
                                        .metric = -1,
                                        .request_key = set->request_key,
                                        .created_at = now};
    return OK;
}

static struct err store(struct usage_alert_set *set, struct tx *tx, struct usage_alert_row *row,
                        const struct usage_alert_row *before) {
    struct app *app = set->command.app;
    int64_t now = cx_now_ms(tx->cx);
    bool is_new = set->id.len == 0;
    bool is_budget = row->metric < 0;
    row->updated_at = now;
    row->seen_value = row->seen_cycle = row->seen_at = ROW_NONE;
    row->look_at =
        is_budget ? now : instant_add((struct instant){now}, duration_hours(LOOK_AGAIN_HOURS)).ms;
    TRY(is_new ? usage_alert_insert(tx, row) : usage_alert_replace(tx, row));
    if (!is_new && !is_of_same(row, before)) {
        TRY(usage_alert_firing_rearm(tx, row->user_id, id_str(&row->id), 0, now));
    }
    if (usage_alert_blocks(row) || (!is_new && usage_alert_blocks(before))) {
        TRY(gate_update_prepare(app, tx, row->user_id, true, &set->gate_update));
    }
    return is_budget
               ? OK
               : usage_alert_judge_metric(app, tx, row->user_id, (enum metric)row->metric, NULL);
}

static struct err run_set(struct command *command, struct tx *tx) {
    struct usage_alert_set *set = (struct usage_alert_set *)command;
    struct usage_alert_row row;
    TRY(find(set, tx, &row, &command->outcome));
    bool is_repeated = command->outcome == OUTCOME_CREATED;
    struct usage_alert_row before = row;
    set->made = row.id;
    put_facts(command->app, tx, &set->facts, &row);
    if (is_repeated) {
        bool is_same = is_of_same(&row, &before) && str_equal(row.recipients, before.recipients);
        command->outcome = is_same ? OUTCOME_CREATED : OUTCOME_IDEMPOTENCY_MISMATCH;
        return OK;
    }
    if (command->outcome == OUTCOME_DONE) {
        TRY(judge_recipients(tx, set, &command->outcome));
        TRY(judge_limit(command->app, tx, set, &command->outcome));
    }
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    command->outcome = set->id.len == 0 ? OUTCOME_CREATED : OUTCOME_DONE;
    say(tx, &row, set->id.len == 0 ? STR("") : said_of(tx, &before), said_of(tx, &row));
    return store(set, tx, &row, &before);
}

static void after_set(struct command *command) {
    const struct usage_alert_set *set = (const struct usage_alert_set *)command;
    gate_update_publish(command->app, &set->gate_update);
    if (set->facts.metric >= 0) {
        usage_alert_hint_reset(command->app, set->user_id, (enum metric)set->facts.metric);
    }
}

void usage_alert_set(struct app *app, struct usage_alert_set *set) {
    check(usage_alert_thresholds_are_valid(&set->facts.thresholds));
    check(set->facts.recipient_count <= USAGE_ALERT_RECIPIENTS_MAX);
    set->command.run = run_set;
    set->command.after = after_set;
    command_submit(app, &set->command);
}

/* --- removed --- */

static struct err run_remove(struct command *command, struct tx *tx) {
    struct usage_alert_remove *remove = (struct usage_alert_remove *)command;
    struct usage_alert_row row;
    bool is_found = false;
    TRY(usage_alert_get(tx, remove->user_id, remove->id, &row, &is_found));
    command->outcome = is_found ? OUTCOME_DONE : OUTCOME_USAGE_ALERT_NOT_FOUND;
    if (!is_found) {
        return OK;
    }
    say(tx, &row, said_of(tx, &row), STR(""));
    TRY(usage_alert_delete(tx, remove->user_id, remove->id));
    return usage_alert_blocks(&row)
               ? gate_update_prepare(command->app, tx, remove->user_id, true, &remove->gate_update)
               : OK;
}

static void after_remove(struct command *command) {
    gate_update_publish(command->app, &((struct usage_alert_remove *)command)->gate_update);
}

void usage_alert_remove(struct app *app, struct usage_alert_remove *remove) {
    remove->command.run = run_remove;
    remove->command.after = after_remove;
    command_submit(app, &remove->command);
}
