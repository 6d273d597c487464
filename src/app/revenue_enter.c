#include "app/revenue_enter.h"

#include "app/audit.h"
#include "core/revenue_book.h"

enum { SPEND_MAX = 1200, TARGETS_MAX = 64 };

static struct err run_rate(struct command *command, struct tx *tx) {
    struct revenue_rate_enter *enter = (struct revenue_rate_enter *)command;
    struct row_list list;
    struct str reporting = str_from_cstr(command->app->catalogue->currency.code);
    TRY(revenue_rate_list(tx, REVENUE_RATES_MAX, &list));
    command->outcome = str_equal(enter->row.currency, reporting) ? OUTCOME_REVENUE_RATE_OF_REPORTING
                       : list.count == REVENUE_RATES_MAX         ? OUTCOME_REVENUE_RATES_FULL
                                                                 : OUTCOME_CREATED;
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    enter->row.number = (int64_t)list.count + 1;
    enter->row.at = cx_now_ms(tx->cx);
    struct revenue_rate_row row = enter->row;
    row.entered_by = audit_actor_id(tx);
    audit_say(
        tx, &(struct audit_said){.object = row.currency,
                                 .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("currency", row.currency),
                                                      AUDIT_WHOLE("micros", row.micros))});
    return revenue_rate_insert(tx, &row);
}

void revenue_rate_enter(struct app *app, struct revenue_rate_enter *enter) {
    enter->command.run = run_rate;
    enter->command.after = NULL;
    command_submit(app, &enter->command);
}

static struct err run_spend(struct command *command, struct tx *tx) {
    struct revenue_spend_enter *enter = (struct revenue_spend_enter *)command;
    struct instant now = {cx_now_ms(tx->cx)};
    bool is_to_come = enter->row.month > revenue_month_of(revenue_day_of(now)).number;
    command->outcome = is_to_come ? OUTCOME_REVENUE_MONTH_TO_COME : OUTCOME_DONE;
    if (is_to_come) {
        return OK;
    }
    enter->row.entered_at = now.ms;
    struct revenue_spend_row row = enter->row;
    row.entered_by = audit_actor_id(tx);
    audit_say(tx, &(struct audit_said){.after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("month", row.month),
                                                            AUDIT_WHOLE("minor", row.minor))});
    return revenue_spend_put(tx, &row);
}

void revenue_spend_enter(struct app *app, struct revenue_spend_enter *enter) {
    enter->command.run = run_spend;
    enter->command.after = NULL;
    command_submit(app, &enter->command);
}

/* What holds until now: an entry, or the aim of the first year. */
static struct err value_before(struct tx *tx, const struct revenue_target_row *of,
                               const struct revenue_aim_info *info, int64_t *ret_value) {
    struct row_list list;
    *ret_value = info->value;
    TRY(revenue_target_list(tx, cx_now_ms(tx->cx), TARGETS_MAX, &list));
    const struct revenue_target_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        *ret_value = str_equal(rows[i].name, of->name) ? rows[i].value : *ret_value;
    }
    return OK;
}

static struct err run_target(struct command *command, struct tx *tx) {
    struct revenue_target_enter *enter = (struct revenue_target_enter *)command;
    enum revenue_aim aim = REVENUE_AIM_FREE;
    int64_t before = 0;
    bool is_known = revenue_aim_parse(enter->row.name, &aim);
    const struct revenue_aim_info *info = revenue_aim_info(aim);
    bool fits = enter->row.value >= info->min && enter->row.value <= info->max;
    command->outcome = !is_known ? OUTCOME_REVENUE_TARGET_UNKNOWN
                       : !fits   ? OUTCOME_REVENUE_TARGET_RANGE
                                 : OUTCOME_DONE;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(value_before(tx, &enter->row, info, &before));
    enter->row.entered_at = cx_now_ms(tx->cx);
    struct revenue_target_row row = enter->row;
    row.entered_by = audit_actor_id(tx);
    audit_say(tx,
              &(struct audit_said){.object = row.name,
                                   .before = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("value", before)),
                                   .after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("value", row.value)),
                                   .reason = row.reason});
    return revenue_target_put(tx, &row);
}

void revenue_target_enter(struct app *app, struct revenue_target_enter *enter) {
    enter->command.run = run_target;
    enter->command.after = NULL;
    command_submit(app, &enter->command);
}

struct err revenue_entered_rates(struct tx *tx, struct row_list *ret_list) {
    return revenue_rate_list(tx, REVENUE_RATES_MAX, ret_list);
}

struct err revenue_entered_spend(struct tx *tx, struct row_list *ret_list) {
    return revenue_spend_list(tx, INT64_MAX, SPEND_MAX, ret_list);
}
