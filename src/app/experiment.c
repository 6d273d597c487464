#include "app/experiment.h"

#include "app/audit.h"
#include "app/experiment_offer.h"
#include "app/experiment_result.h"
#include "base/check.h"
#include "base/crypto.h"
#include "core/experiment_feasible.h"

enum { SALT_BYTES = 16 };

/* --- reading --- */

struct err experiment_read(struct tx *tx, struct str id, struct experiment *ret, bool *ret_found) {
    TRY(experiment_get(tx, id, &ret->row, ret_found));
    return *ret_found ? experiment_plan_read(tx->cx, ret->row.plan, &ret->plan) : OK;
}

struct err experiments_read(struct tx *tx, struct str before, size_t max,
                            struct row_list *ret_list) {
    return experiment_page(tx, before, max, ret_list);
}

struct err experiment_log_read(struct tx *tx, struct str id, struct row_list *ret_list) {
    return experiment_log_list(tx, id, ret_list);
}

struct err experiment_units_read(struct tx *tx, const struct experiment_unit_filter *filter,
                                 size_t max, struct row_list *ret_list) {
    return experiment_unit_page(tx, filter, max, ret_list);
}

bool experiment_arm_named(const struct experiment_plan *plan, struct str name, size_t *ret_arm) {
    for (size_t i = 0; i < plan->arm_count; i++) {
        if (str_equal(plan->arms[i].name, name)) {
            *ret_arm = i;
            return true;
        }
    }
    return false;
}

/* --- drafting --- */

static struct str salt_new(struct cx *cx) {
    uint8_t random[SALT_BYTES];
    char hex[2 * SALT_BYTES];
    cx->env->random(cx->env, random, sizeof random);
    str_hex(random, sizeof random, hex);
    return arena_str(cx->arena, str_of(hex, sizeof hex));
}

static struct err layer_salt(struct tx *tx, struct str layer, struct str *ret_salt) {
    *ret_salt = STR("");
    if (layer.len > 0) {
        TRY(experiment_layer_salt(tx, layer, ret_salt));
        *ret_salt = ret_salt->len > 0 ? *ret_salt : salt_new(tx->cx);
    }
    return OK;
}

static struct experiment_row row_new(struct tx *tx) {
    return (struct experiment_row){
        .id = id_new(tx->cx, "expt"),
        .state = EXPERIMENT_DRAFT,
        .salt = salt_new(tx->cx),
        .plan_hash = STR(""),
        .created_by = audit_actor_id(tx),
        .created_at = cx_now_ms(tx->cx),
        .registered_at = ROW_NONE,
        .started_at = ROW_NONE,
        .paused_at = ROW_NONE,
        .ended_at = ROW_NONE,
        .decided_at = ROW_NONE,
        .decided_arm = STR(""),
    };
}

static struct err write_outcome(const struct experiment_write *write, struct tx *tx,
                                struct experiment_row *row, enum outcome *ret_outcome) {
    struct experiment_row other;
    bool is_found = true;
    bool is_taken = false;
    if (write->id.len > 0) {
        TRY(experiment_get(tx, write->id, row, &is_found));
    } else {
        *row = row_new(tx);
    }
    TRY(experiment_by_name(tx, write->name, &other, &is_taken));
    is_taken = is_taken && is_found && !str_equal(id_str(&other.id), id_str(&row->id));
    *ret_outcome = !is_found                        ? OUTCOME_EXPERIMENT_NOT_FOUND
                   : row->state != EXPERIMENT_DRAFT ? OUTCOME_EXPERIMENT_FIXED
                   : is_taken                       ? OUTCOME_EXPERIMENT_NAME_TAKEN
                   : write->id.len > 0              ? OUTCOME_DONE
                                                    : OUTCOME_CREATED;
    return OK;
}

static struct err run_write(struct command *command, struct tx *tx) {
    struct experiment_write *write = (struct experiment_write *)command;
    struct experiment_row row;
    TRY(write_outcome(write, tx, &row, &command->outcome));
    if (command->outcome != OUTCOME_DONE && command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    if (!experiment_check(&write->plan, command->app->catalogue, &write->problems)) {
        command->outcome = OUTCOME_EXPERIMENT_INVALID;
        return OK;
    }
    row.name = write->name;
    row.title = write->title;
    row.layer = write->plan.layer;
    row.monthly_units = write->monthly_units;
    row.plan = experiment_plan_text(tx->cx, &write->plan);
    TRY(layer_salt(tx, row.layer, &row.layer_salt));
    write->made = row.id;
    audit_say(tx, &(struct audit_said){.object = id_str(&write->made)});
    return experiment_put(tx, &row);
}

void experiment_write(struct app *app, struct experiment_write *write) {
    write->command.run = run_write;
    write->command.after = NULL;
    command_submit(app, &write->command);
}

/* --- moving on --- */

static struct err log_event(struct tx *tx, const struct experiment_row *row, const char *event,
                            struct str reason) {
    const struct experiment_log_row entry = {
        .experiment_id = id_str(&row->id),
        .id = id_new(tx->cx, "exlg"),
        .event = str_from_cstr(event),
        .actor = audit_actor_id(tx),
        .reason = reason,
        .at = cx_now_ms(tx->cx),
    };
    return experiment_log_insert(tx, &entry);
}

/* What is agreed on before anything is seen. */
static struct str plan_hash(struct cx *cx, const struct experiment_row *row) {
    const struct jcs_member members[] = {
        {.name = "monthlyUnits", .kind = JCS_WHOLE, .whole = row->monthly_units},
        {.name = "name", .kind = JCS_TEXT, .text = row->name},
        {.name = "plan", .kind = JCS_RAW, .text = row->plan},
    };
    return sha256_text(cx->arena, audit_facts(cx, members, ARRAY_LEN(members)));
}

/* All that are shown meet on one page: two at a time must be in one layer, with ranges apart. */
static struct err find_overlap(struct tx *tx, const struct experiment *of, bool *ret_overlaps) {
    struct row_list list;
    TRY(experiments_showing(tx, &list));
    const struct experiment_row *rows = list.items;
    *ret_overlaps = false;
    for (size_t i = 0; i < list.count; i++) {
        struct experiment_plan plan;
        bool is_shown = rows[i].state == EXPERIMENT_RUNNING || rows[i].state == EXPERIMENT_PAUSED;
        if (!is_shown || str_equal(id_str(&rows[i].id), id_str(&of->row.id))) {
            continue;
        }
        TRY(experiment_plan_read(tx->cx, rows[i].plan, &plan));
        *ret_overlaps |= plan.layer.len == 0 || !str_equal(plan.layer, of->plan.layer) ||
                         experiment_range_meets(plan.range, of->plan.range);
    }
    return OK;
}

static struct err may_show(struct tx *tx, const struct experiment *of, enum outcome *ret_outcome) {
    bool overlaps = false;
    TRY(find_overlap(tx, of, &overlaps));
    *ret_outcome = overlaps ? OUTCOME_EXPERIMENT_OVERLAPS : OUTCOME_DONE;
    return OK;
}

static struct err check_srm(struct tx *tx, const struct experiment *of, enum outcome *ret_outcome) {
    struct srm srm;
    TRY(experiment_srm_read(tx, of, &srm));
    *ret_outcome = srm.is_failed ? OUTCOME_EXPERIMENT_SRM : *ret_outcome;
    return OK;
}

static enum outcome may_register(const struct experiment_move *move, const struct experiment *of) {
    struct experiment_feasibility feasible = experiment_feasible(&of->plan, of->row.monthly_units);
    return feasible.is_feasible || move->accepts_weakness ? OUTCOME_DONE
                                                          : OUTCOME_EXPERIMENT_INFEASIBLE;
}

static struct err may_decide(const struct experiment_move *move, struct tx *tx,
                             struct experiment *of, enum outcome *ret_outcome) {
    size_t arm = 0;
    int64_t started = of->row.started_at == ROW_NONE ? of->row.ended_at : of->row.started_at;
    struct instant least =
        instant_add((struct instant){started}, duration_days(of->plan.days_least));
    if (!experiment_arm_named(&of->plan, move->arm, &arm)) {
        *ret_outcome = OUTCOME_EXPERIMENT_ARM_UNKNOWN;
        return OK;
    }
    *ret_outcome =
        arm > 0 && of->row.ended_at < least.ms ? OUTCOME_EXPERIMENT_TOO_SOON : OUTCOME_DONE;
    of->row.decided_arm = move->arm;
    return arm > 0 && *ret_outcome == OUTCOME_DONE ? check_srm(tx, of, ret_outcome) : OK;
}

static struct err may_move(struct experiment_move *move, struct tx *tx, struct experiment *of,
                           enum outcome *ret_outcome) {
    bool is_checked = move->event == EXPERIMENT_REGISTER || move->event == EXPERIMENT_START;
    *ret_outcome = OUTCOME_DONE;
    if (is_checked && !experiment_check(&of->plan, move->command.app->catalogue, &move->problems)) {
        *ret_outcome = OUTCOME_EXPERIMENT_INVALID;
        return OK;
    }
    switch (move->event) {
    case EXPERIMENT_REGISTER:
        *ret_outcome = may_register(move, of);
        return OK;
    case EXPERIMENT_START:
        return may_show(tx, of, ret_outcome);
    case EXPERIMENT_RESUME:
        TRY(may_show(tx, of, ret_outcome));
        return *ret_outcome == OUTCOME_DONE ? check_srm(tx, of, ret_outcome) : OK;
    case EXPERIMENT_DECIDE:
        return may_decide(move, tx, of, ret_outcome);
    case EXPERIMENT_PAUSE:
    case EXPERIMENT_END:
        return OK;
    }
    return OK;
}

static void stamp(struct tx *tx, struct experiment_row *row, enum experiment_event event) {
    int64_t now = cx_now_ms(tx->cx);
    switch (event) {
    case EXPERIMENT_REGISTER:
        row->registered_at = now;
        row->plan_hash = plan_hash(tx->cx, row);
        break;
    case EXPERIMENT_START:
        row->started_at = now;
        break;
    case EXPERIMENT_PAUSE:
        row->paused_at = now;
        break;
    case EXPERIMENT_RESUME:
        row->paused_at = ROW_NONE;
        break;
    case EXPERIMENT_END:
        row->ended_at = now;
        break;
    case EXPERIMENT_DECIDE:
        row->decided_at = now;
        break;
    }
}

static struct err run_move(struct command *command, struct tx *tx) {
    struct experiment_move *move = (struct experiment_move *)command;
    struct experiment of;
    bool is_found = false;
    TRY(experiment_read(tx, move->id, &of, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_EXPERIMENT_NOT_FOUND;
        return OK;
    }
    struct experiment_step step = experiment_step((enum experiment_state)of.row.state, move->event);
    command->outcome = OUTCOME_EXPERIMENT_STATE;
    if (step.is_legal) {
        TRY(may_move(move, tx, &of, &command->outcome));
    }
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    of.row.state = (int)step.next;
    stamp(tx, &of.row, move->event);
    audit_say(tx, &(struct audit_said){
                      .object = move->id,
                      .reason = move->reason,
                      .after = AUDIT_FACTS(
                          tx->cx, AUDIT_TEXT("name", of.row.name),
                          AUDIT_TEXT("planHash", of.row.plan_hash),
                          AUDIT_TEXT("state", str_from_cstr(experiment_state_name(step.next))))});
    TRY(log_event(tx, &of.row, experiment_event_name(move->event), move->reason));
    return experiment_put(tx, &of.row);
}

void experiment_move(struct app *app, struct experiment_move *move) {
    move->command.run = run_move;
    move->command.after = NULL;
    command_submit(app, &move->command);
}

/* --- by hand --- */

static struct err run_override(struct command *command, struct tx *tx) {
    struct experiment_override *override = (struct experiment_override *)command;
    struct experiment of;
    struct experiment_unit_row seen;
    bool is_found = false;
    bool is_seen = false;
    size_t arm = 0;
    TRY(experiment_read(tx, override->id, &of, &is_found));
    TRY(experiment_unit_get(tx, override->id, override->unit_id, &seen, &is_seen));
    command->outcome = !is_found                     ? OUTCOME_EXPERIMENT_NOT_FOUND
                       : of.row.ended_at != ROW_NONE ? OUTCOME_EXPERIMENT_STATE
                       : !experiment_arm_named(&of.plan, override->arm, &arm)
                           ? OUTCOME_EXPERIMENT_ARM_UNKNOWN
                       : is_seen ? OUTCOME_EXPERIMENT_UNIT_SEEN
                                 : OUTCOME_DONE;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    const struct experiment_override_row row = {
        .experiment_id = override->id,
        .unit_id = override->unit_id,
        .arm = (int64_t)arm,
        .set_by = audit_actor_id(tx),
        .set_at = cx_now_ms(tx->cx),
    };
    audit_say(tx, &(struct audit_said){.object = override->id});
    return experiment_override_put(tx, &row);
}

void experiment_override(struct app *app, struct experiment_override *override) {
    override->command.run = run_override;
    override->command.after = NULL;
    command_submit(app, &override->command);
}

/* --- from elsewhere --- */

static struct err import_one(struct experiment_import *import, struct tx *tx,
                             const struct experiment *of,
                             const struct experiment_import_item *item) {
    struct experiment_unit_row row;
    bool is_there = false;
    size_t arm = 0;
    bool is_known = experiment_arm_named(&of->plan, item->arm, &arm);
    check(is_known); /* all were looked at before */
    TRY(experiment_unit_get(tx, import->id, item->unit_id, &row, &is_there));
    if (is_there && row.arm == (int64_t)arm) {
        return OK; /* the same once more */
    }
    if (!is_there) {
        row = (struct experiment_unit_row){
            .experiment_id = import->id,
            .unit_id = item->unit_id,
            .user_id = item->user_id,
            .arm = (int64_t)arm,
            .source = STR("imported"),
            .excluded = STR(""),
            .versions = experiment_versions_text(tx->cx, &of->plan.arms[arm]),
            .page = STR("elsewhere"),
            .country = STR(""),
            .device = STR(""),
            .exposed_at = item->exposed_at,
        };
        import->imported++;
        TRY(experiment_unit_put(tx, &row));
        return item->user_id.len > 0 ? experiment_units_settle(tx, import->id, item->user_id) : OK;
    }
    row.excluded = STR("imported_twice");
    import->excluded++;
    return experiment_unit_put(tx, &row);
}

/* Whether all of them can be taken. */
static enum outcome import_outcome(const struct experiment_import *import,
                                   const struct experiment *of, int64_t now) {
    int64_t oldest =
        instant_add((struct instant){now}, duration_days(-(int64_t)EXPERIMENT_DAYS_MAX)).ms;
    if (of->row.state != EXPERIMENT_RUNNING && of->row.state != EXPERIMENT_PAUSED) {
        return OUTCOME_EXPERIMENT_STATE;
    }
    for (size_t i = 0; i < import->count; i++) {
        size_t arm = 0;
        if (!experiment_arm_named(&of->plan, import->items[i].arm, &arm)) {
            return OUTCOME_EXPERIMENT_ARM_UNKNOWN;
        }
        if (import->items[i].exposed_at > now || import->items[i].exposed_at < oldest) {
            return OUTCOME_EXPERIMENT_UNIT_TIME;
        }
    }
    return OUTCOME_DONE;
}

static struct err run_import(struct command *command, struct tx *tx) {
    struct experiment_import *import = (struct experiment_import *)command;
    struct experiment of;
    bool is_found = false;
    TRY(experiment_read(tx, import->id, &of, &is_found));
    command->outcome =
        is_found ? import_outcome(import, &of, cx_now_ms(tx->cx)) : OUTCOME_EXPERIMENT_NOT_FOUND;
    import->imported = import->excluded = 0;
    audit_say(tx, &(struct audit_said){.object = import->id});
    for (size_t i = 0; command->outcome == OUTCOME_DONE && i < import->count; i++) {
        TRY(import_one(import, tx, &of, &import->items[i]));
    }
    return OK;
}

void experiment_import(struct app *app, struct experiment_import *import) {
    import->command.run = run_import;
    import->command.after = NULL;
    command_submit(app, &import->command);
}

/* --- once a day --- */

static struct err watch_one(struct tx *tx, struct experiment *of) {
    struct srm srm;
    TRY(experiment_srm_read(tx, of, &srm));
    if (!srm.is_failed) {
        return OK;
    }
    of->row.state = EXPERIMENT_PAUSED;
    of->row.paused_at = cx_now_ms(tx->cx);
    const struct audit_entry entry = {
        .action = STR("experiment.paused"),
        .said = {.object = id_str(&of->row.id), .outcome = STR("srm")},
    };
    TRY(audit_append(tx, &entry));
    TRY(log_event(tx, &of->row, "srm",
                  STR("The arms are not filled as they are weighted: nobody new is shown it.")));
    return experiment_put(tx, &of->row);
}

struct err experiment_is_showing(struct tx *tx, bool *ret_is) {
    struct row_list list;
    TRY(experiments_showing(tx, &list));
    *ret_is = list.count > 0;
    return OK;
}

struct err experiment_watch(struct app *app, struct tx *tx) {
    struct row_list list;
    (void)app;
    TRY(experiments_showing(tx, &list));
    const struct experiment_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct experiment of = {.row = rows[i]};
        if (rows[i].state != EXPERIMENT_RUNNING) {
            continue;
        }
        TRY(experiment_plan_read(tx->cx, rows[i].plan, &of.plan));
        TRY(watch_one(tx, &of));
    }
    return OK;
}
