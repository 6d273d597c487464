/* What operators do to a case: for a reason, once a key, and only what core's table allows. */
#include "app/audit.h"
#include "app/dunning_approval.h"

#include "base/check.h"
#include "base/crypto.h"

/* `event` is the move; a retry is none: it only charges or reminds, and its failure is not counted.
 */
static const struct {
    const char *name;
    bool is_move;
    enum dunning_event event;
} kinds[DUNNING_ACTION_COUNT] = {
    [DUNNING_ACTION_PAUSE] = {"pause", true, DUNNING_PAUSE},
    [DUNNING_ACTION_RESUME] = {"resume", true, DUNNING_RESUME},
    [DUNNING_ACTION_EXTEND] = {"extend", true, DUNNING_EXTEND},
    [DUNNING_ACTION_RETRY] = {"retry", false, DUNNING_PAID},
    [DUNNING_ACTION_WRITE_OFF] = {"write_off", true, DUNNING_WRITE_OFF},
};

const char *dunning_action_name(enum dunning_action_kind kind) {
    check((unsigned)kind < DUNNING_ACTION_COUNT);
    return kinds[kind].name;
}

static struct str hash_of(struct cx *cx, const struct dunning_action *action) {
    struct str text = arena_printf(cx->arena, "%s\n" STR_FMT "\n%lld\n" STR_FMT,
                                   kinds[action->kind].name, STR_ARG(action->case_id),
                                   (long long)action->extend.ms, STR_ARG(action->reason));
    return sha256_text(cx->arena, text);
}

/* --- one --- */

/* Of an invoice that was sent there is nothing to charge: its retry is another reminder. */
static struct err retry(struct dunning *dunning, enum outcome *ret_outcome) {
    const struct dunning_row *row = &dunning->row;
    bool has_begun = false;
    if (row->status != DUNNING_OPEN || row->kind == DUNNING_DISPUTE || row->needs_takeover) {
        *ret_outcome = OUTCOME_CASE_MOVE_REFUSED;
        return OK;
    }
    if (row->kind == DUNNING_OVERDUE) {
        *ret_outcome = OUTCOME_DONE;
        return dunning_tell(dunning, DUNNING_SAYS_REMINDED);
    }
    if (row->needs_new_method) {
        *ret_outcome = OUTCOME_CASE_NEEDS_METHOD;
        return OK;
    }
    TRY(dunning_collect(dunning, ATTEMPT_OPERATOR, &has_begun));
    *ret_outcome = has_begun ? OUTCOME_DONE : OUTCOME_PAYMENT_IN_PROGRESS;
    return has_begun ? dunning_keep(dunning) : OK;
}

static struct err move(struct dunning *dunning, const struct dunning_action *action,
                       enum outcome *ret_outcome) {
    struct dunning_input input = {
        .event = kinds[action->kind].event,
        .now = {cx_now_ms(dunning->tx->cx)},
        .extend = action->extend,
    };
    bool is_legal = false;
    TRY(dunning_move(dunning, &input, &is_legal));
    *ret_outcome = is_legal ? OUTCOME_DONE : OUTCOME_CASE_MOVE_REFUSED;
    return OK;
}

static struct err remember(const struct dunning_action *action, struct tx *tx,
                           const struct dunning_row *row) {
    struct dunning_action_row done = {
        .user_id = row->user_id,
        .idempotency_key = action->idempotency_key,
        .case_id = row->id,
        .action = str_from_cstr(kinds[action->kind].name),
        .request_hash = hash_of(tx->cx, action),
        .reason = action->reason,
        .created_at = cx_now_ms(tx->cx),
    };
    return dunning_action_insert(tx, &done);
}

static struct err act(struct dunning_action *action, struct dunning *dunning) {
    struct command *command = &action->command;
    TRY(kinds[action->kind].is_move ? move(dunning, action, &command->outcome)
                                    : retry(dunning, &command->outcome));
    return command->outcome == OUTCOME_DONE ? remember(action, dunning->tx, &dunning->row) : OK;
}

/* Whose case it is, and what the action made of it. */
static void say(struct tx *tx, const struct dunning_row *row, int before) {
    const char *names[] = {dunning_status_name((enum dunning_status)before),
                           dunning_status_name((enum dunning_status)row->status)};
    audit_say(tx, &(struct audit_said){
                      .customer = row->user_id,
                      .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", str_from_cstr(names[0]))),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", str_from_cstr(names[1]))),
                  });
}

static struct err run(struct command *command, struct tx *tx) {
    struct dunning_action *action = (struct dunning_action *)command;
    struct dunning dunning = {
        .app = command->app, .tx = tx, .update = &action->gate_update, .reason = action->reason};
    struct dunning_action_row before;
    bool is_found = false;
    bool was_done = false;
    TRY(dunning_named(tx, action->case_id, &dunning.row, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_CASE_NOT_FOUND;
        return OK;
    }
    int status = dunning.row.status;
    say(tx, &dunning.row, status);
    TRY(dunning_action_get(tx, dunning.row.user_id, action->idempotency_key, &before, &was_done));
    if (was_done) {
        bool is_same = str_equal(before.request_hash, hash_of(tx->cx, action));
        command->outcome = is_same ? OUTCOME_DONE : OUTCOME_IDEMPOTENCY_MISMATCH;
        return OK;
    }
    TRY(dunning_ask_second(&dunning, action, &action->approval_id, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(act(action, &dunning));
    say(tx, &dunning.row, status);
    return OK;
}

struct err dunning_act_agreed(struct dunning_action *action, struct tx *tx,
                              struct gate_update *update) {
    struct dunning dunning = {
        .app = action->command.app, .tx = tx, .update = update, .reason = action->reason};
    bool is_found = false;
    TRY(dunning_named(tx, action->case_id, &dunning.row, &is_found));
    check(is_found); /* it was described in this transaction */
    return act(action, &dunning);
}

static void after(struct command *command) {
    struct dunning_action *action = (struct dunning_action *)command;
    gate_update_publish(command->app, &action->gate_update);
}

void dunning_act(struct app *app, struct dunning_action *action) {
    check(action->idempotency_key.len > 0);
    action->gate_update.is_due = false;
    action->command.run = run;
    action->command.after = after;
    command_submit(app, &action->command);
}

/* --- the list --- */

struct err dunning_read_page(struct tx *tx, const struct dunning_query *query, size_t max,
                             struct row_list *ret_list) {
    struct dunning_filter filter = {
        .user_id = query->user_id,
        .status = query->status,
        .opened_before = query->opened_before == 0 ? INT64_MAX : query->opened_before,
        .id_before = STR(""),
    };
    if (query->after.len > 0) {
        struct dunning_row last;
        bool is_found = false;
        TRY(dunning_named(tx, query->after, &last, &is_found));
        if (!is_found) {
            return ERR(ERR_NOT_FOUND);
        }
        filter.opened_before = last.opened_at;
        filter.id_before = query->after;
    }
    return dunning_page(tx, &filter, max, ret_list);
}

struct err dunning_read(struct tx *tx, struct str id, struct dunning_row *ret_row,
                        bool *ret_found) {
    return dunning_named(tx, id, ret_row, ret_found);
}

struct err dunning_read_due(struct tx *tx, const struct dunning_row *row, struct money *ret_due,
                            bool *ret_found) {
    struct invoice_row invoice;
    TRY(invoice_get(tx, row->user_id, id_str(&row->invoice_id), &invoice, ret_found));
    if (*ret_found) {
        *ret_due = money_stored(invoice.amount_due, invoice.currency);
    }
    return OK;
}

struct err dunning_read_attempts(struct tx *tx, const struct dunning_row *row,
                                 struct row_list *ret_list) {
    return payment_attempt_list(tx, row->user_id, id_str(&row->invoice_id), DUNNING_ATTEMPTS_SHOWN,
                                ret_list);
}
