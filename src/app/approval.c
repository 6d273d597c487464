#include "app/approval.h"

#include <string.h>

#include "app/access.h"
#include "app/approval_inside.h"
#include "app/approval_tell.h"
#include "app/audit.h"
#include "app/person.h"
#include "base/check.h"
#include "base/crypto.h"
#include "store/operation.h"

/* --- what is agreed to --- */

/* SHA-256 over action, customer, request and both sides of the difference, in canonical form. */
static struct str quote_hash(struct cx *cx, const struct approval_subject *subject,
                             const struct approval_facts *facts) {
    const struct jcs_member members[] = {
        AUDIT_TEXT("action", str_from_cstr(approval_action_name(subject->action))),
        AUDIT_TEXT("userId", subject->user_id),
        {.name = "request", .kind = JCS_RAW, .text = subject->request},
        {.name = "before", .kind = JCS_RAW, .text = facts->before},
        {.name = "after", .kind = JCS_RAW, .text = facts->after},
    };
    return sha256_text(cx->arena, audit_facts(cx, members, ARRAY_LEN(members)));
}

static struct approval_subject subject_of(const struct approval_row *row) {
    return (struct approval_subject){
        .action = (enum approval_action)row->action,
        .user_id = row->user_id,
        .request = row->request,
    };
}

/* --- who --- */

bool approval_needed(const struct app *app, const struct tx *tx, enum approval_action action,
                     struct money amount) {
    return audit_actor(tx) != NULL &&
           approval_is_needed(&app->catalogue->approvals, action, amount);
}

/* --- asking --- */

struct err approval_asked_before(struct tx *tx, struct approval_request *request,
                                 struct approval_row *ret_row, bool *ret_is_asked) {
    const struct approval_subject *subject = &request->subject;
    *ret_is_asked = false;
    if (request->idempotency_key.len == 0) {
        return OK;
    }
    TRY(approval_by_key(tx, subject->user_id, request->idempotency_key, ret_row, ret_is_asked));
    if (*ret_is_asked) {
        bool is_same = ret_row->action == (int)subject->action &&
                       str_equal(ret_row->request, subject->request) &&
                       str_equal(ret_row->reason, request->reason);
        request->outcome = is_same ? OUTCOME_APPROVAL_REQUIRED : OUTCOME_IDEMPOTENCY_MISMATCH;
    }
    return OK;
}

/* Ends with a status that nobody has decided, or that somebody has. */
static struct err settle(struct app *app, struct tx *tx, struct approval_row *row,
                         enum approval_status status) {
    row->status = (int)status;
    row->decided_at = cx_now_ms(tx->cx);
    TRY(approval_decide(tx, row));
    const struct approval_noun *noun = approval_noun_of((enum approval_action)row->action);
    if (status != APPROVAL_EXECUTED && noun != NULL && noun->not_approved != NULL) {
        TRY(noun->not_approved(app, tx, row));
    }
    return approval_tell(app, tx, row);
}

static bool is_over(struct tx *tx, const struct approval_row *row) {
    return row->status == (int)APPROVAL_PENDING && row->expires_at <= cx_now_ms(tx->cx);
}

/* The one that waits about the same; one whose time is over waits no longer. */
static struct err find_waiting(struct app *app, struct tx *tx, const struct approval_row *like,
                               struct approval_row *ret_row, bool *ret_waits) {
    TRY(approval_waiting(tx, like, ret_row, ret_waits));
    if (*ret_waits && is_over(tx, ret_row)) {
        *ret_waits = false;
        return settle(app, tx, ret_row, APPROVAL_EXPIRED);
    }
    return OK;
}

static struct approval_row row_of(struct app *app, struct tx *tx,
                                  const struct approval_request *request,
                                  const struct approval_facts *facts) {
    const struct approval_subject *subject = &request->subject;
    const struct actor *actor = audit_actor(tx);
    struct instant now = {cx_now_ms(tx->cx)};
    enum actor_kind kind = actor == NULL ? ACTOR_SYSTEM : actor->kind;
    return (struct approval_row){
        .id = id_new(tx->cx, "appr"),
        .user_id = subject->user_id,
        .action = (int)subject->action,
        .status = (int)APPROVAL_PENDING,
        .object_id = facts->object_id,
        .request = subject->request,
        .facts_before = facts->before,
        .facts_after = facts->after,
        .quote_hash = quote_hash(tx->cx, subject, facts),
        .amount = facts->has_amount ? facts->amount.minor : ROW_NONE,
        .currency = facts->has_amount
                        ? arena_str(tx->cx->arena, str_from_cstr(facts->amount.currency.code))
                        : STR(""),
        .reason = request->reason,
        .requested_by = audit_actor_id(tx),
        .requester_kind = str_from_cstr(actor_kind_name(kind)),
        .requested_at = now.ms,
        .expires_at = approval_expires_at(&app->catalogue->approvals, subject->action, now).ms,
        .idempotency_key = request->idempotency_key,
        .decided_at = ROW_NONE,
        .delegated_at = ROW_NONE,
    };
}

static void say(struct tx *tx, const struct approval_row *row, const char *before) {
    const char *after = approval_status_name((enum approval_status)row->status);
    audit_say(
        tx, &(struct audit_said){
                .customer = row->user_id,
                .object = arena_str(tx->cx->arena, id_str(&row->id)),
                .approval = arena_str(tx->cx->arena, id_str(&row->id)),
                .before = before == NULL
                              ? STR("")
                              : AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", str_from_cstr(before))),
                .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", str_from_cstr(after)),
                                     AUDIT_TEXT("action", str_from_cstr(approval_action_name(
                                                              (enum approval_action)row->action))),
                                     AUDIT_TEXT("quoteHash", row->quote_hash)),
            });
}

struct err approval_request(struct app *app, struct tx *tx, struct approval_request *request,
                            struct approval_row *ret_row) {
    const struct approval_noun *noun = approval_noun_of(request->subject.action);
    struct approval_facts facts = {.outcome = OUTCOME_DONE};
    bool is_asked = false;
    bool waits = false;
    check(noun != NULL);
    TRY(approval_asked_before(tx, request, ret_row, &is_asked));
    if (is_asked) {
        return OK;
    }
    TRY(noun->describe(app, tx, &request->subject, &facts));
    request->outcome = facts.outcome;
    if (facts.outcome != OUTCOME_DONE) {
        return OK;
    }
    struct approval_row row = row_of(app, tx, request, &facts);
    TRY(find_waiting(app, tx, &row, ret_row, &waits));
    request->outcome = waits ? OUTCOME_APPROVAL_WAITING : OUTCOME_APPROVAL_REQUIRED;
    if (waits) {
        return OK;
    }
    *ret_row = row;
    TRY(approval_insert(tx, ret_row));
    say(tx, ret_row, NULL);
    return approval_tell(app, tx, ret_row);
}

/* --- deciding --- */

/* The role that the person has now: who has lost it since they signed in has lost it here too. */
static struct err role_now(struct tx *tx, struct str person_id, enum role *ret_role) {
    struct person_row person;
    bool is_found = false;
    *ret_role = ROLE_NONE;
    TRY(person_read(tx, person_id, &person, &is_found));
    if (is_found && person.operator_role >= 0 && person.disabled_at == ROW_NONE) {
        *ret_role = (enum role)person.operator_role;
    }
    return OK;
}

/* Who has asked, as a person: of a key, whoever has made it. */
static struct err requester_of(struct tx *tx, const struct approval_row *row,
                               struct str *ret_requester) {
    *ret_requester = row->requested_by;
    if (!id_is(row->requested_by, "apik")) {
        return OK;
    }
    struct str maker;
    TRY(key_maker(tx, row->requested_by, &maker));
    *ret_requester = maker.len > 0 ? maker : row->requested_by;
    return OK;
}

struct err approval_judge(struct app *app, struct tx *tx, const struct approval_row *row,
                          struct str person_id, enum approval_verdict *ret_verdict) {
    enum role role = ROLE_NONE;
    struct str requester;
    TRY(role_now(tx, person_id, &role));
    TRY(requester_of(tx, row, &requester));
    const struct approval_rule *rule = &app->catalogue->approvals.rules[row->action];
    *ret_verdict = approval_may_decide(rule, requester, person_id, role);
    return OK;
}

static struct err may_decide(struct approval_decision *decision, struct tx *tx,
                             const struct approval_row *row) {
    enum approval_verdict verdict = APPROVAL_NO_PERSON;
    TRY(approval_judge(decision->command.app, tx, row, decision->person_id, &verdict));
    switch (verdict) {
    case APPROVAL_MAY_DECIDE:
        decision->command.outcome = OUTCOME_DONE;
        return OK;
    case APPROVAL_OWN:
        decision->command.outcome = OUTCOME_APPROVAL_OWN;
        return OK;
    case APPROVAL_NO_PERSON:
    case APPROVAL_NOT_THEIRS:
        decision->command.outcome = OUTCOME_APPROVAL_NOT_THEIRS;
        return OK;
    }
    check(false);
    return OK;
}

/* By the same person, in whatever session, or by the same key. */
static enum outcome may_withdraw(struct tx *tx, const struct approval_row *row) {
    const struct actor *actor = audit_actor(tx);
    bool is_same = actor != NULL && str_equal(actor->id, row->requested_by) &&
                   (actor->id.len > 0 ||
                    str_equal(row->requester_kind, str_from_cstr(actor_kind_name(actor->kind))));
    return is_same ? OUTCOME_DONE : OUTCOME_APPROVAL_NOT_REQUESTER;
}

/* The facts with the member, a text, veiled. */
static struct str facts_veiled(struct tx *tx, struct str facts, const char *name) {
    struct str value = name == NULL ? STR("") : jcs_find(facts, name);
    if (value.len <= 2) {
        return facts; /* is not there, or is empty */
    }
    struct str text;
    struct str veiled = audit_veiled(tx, jcs_plain(value, &text) ? text : value);
    size_t begin = (size_t)(value.bytes - facts.bytes);
    return arena_printf(tx->cx->arena, STR_FMT "\"" STR_FMT "\"" STR_FMT,
                        STR_ARG(str_first(facts, begin)), STR_ARG(veiled),
                        STR_ARG(str_skip(facts, begin + value.len)));
}

/* What was done is in the log as the act that it is, with who else has agreed. */
static struct err tell_act(struct tx *tx, const struct approval_row *row,
                           const struct approval_noun *noun) {
    struct audit_entry entry = {
        .action = str_from_cstr(noun->acts_as),
        .said = {.customer = row->user_id,
                 .object = row->operation_id.len > 0 ? row->operation_id : row->object_id,
                 .before = row->facts_before,
                 .after = facts_veiled(tx, row->facts_after, noun->veiled),
                 .approval = id_str(&row->id),
                 .outcome = row->outcome},
    };
    return audit_append(tx, &entry);
}

/* Whether everything is as it was when it was asked for. */
static struct err is_as_asked(struct app *app, struct tx *tx, const struct approval_row *row,
                              struct approval_facts *ret_facts, bool *ret_is) {
    const struct approval_subject subject = subject_of(row);
    *ret_facts = (struct approval_facts){.outcome = OUTCOME_DONE};
    TRY(approval_noun_of(subject.action)->describe(app, tx, &subject, ret_facts));
    *ret_is = ret_facts->outcome == OUTCOME_DONE &&
              str_equal(ret_facts->object_id, row->object_id) &&
              str_equal(quote_hash(tx->cx, &subject, ret_facts), row->quote_hash);
    return OK;
}

static void move(struct approval_row *row, enum approval_event event) {
    struct approval_step step = approval_step((enum approval_status)row->status, event);
    check(step.is_legal);
    row->status = (int)step.next;
}

/* Does what was asked for, and marks it done, or finds that it is something else by now. */
static struct err approve(struct approval_decision *decision, struct tx *tx,
                          struct approval_row *row) {
    struct app *app = decision->command.app;
    const struct approval_noun *noun = approval_noun_of((enum approval_action)row->action);
    struct approval_facts facts;
    bool is_same = false;
    check(noun != NULL);
    TRY(is_as_asked(app, tx, row, &facts, &is_same));
    struct approval_execution execution = {
        .app = app,
        .tx = tx,
        .row = row,
        .facts = &facts,
        .update = &decision->gate_update,
        .outcome = OUTCOME_APPROVAL_STALE,
    };
    if (is_same) {
        TRY(noun->execute(&execution));
        if (execution.outcome != OUTCOME_DONE) {
            decision->command.outcome = execution.outcome; /* it waits on */
            return OK;
        }
    }
    move(row, APPROVAL_APPROVE);
    TRY(approval_tell(app, tx, row));
    move(row, is_same ? APPROVAL_DONE : APPROVAL_STALE);
    row->outcome = str_from_cstr(outcome_code(execution.outcome));
    row->operation_id = execution.operation_id;
    decision->command.outcome = execution.outcome;
    TRY(settle(app, tx, row, (enum approval_status)row->status));
    return is_same ? tell_act(tx, row, noun) : OK;
}

/* What was decided answers the same when it is decided so again. */
static enum outcome answer_again(const struct approval_row *row, enum approval_event event) {
    switch ((enum approval_status)row->status) {
    case APPROVAL_EXECUTED:
        return event == APPROVAL_APPROVE ? OUTCOME_DONE : OUTCOME_APPROVAL_DECIDED;
    case APPROVAL_FAILED:
        return event == APPROVAL_APPROVE ? OUTCOME_APPROVAL_STALE : OUTCOME_APPROVAL_DECIDED;
    case APPROVAL_REJECTED:
        return event == APPROVAL_REJECT ? OUTCOME_DONE : OUTCOME_APPROVAL_DECIDED;
    case APPROVAL_WITHDRAWN:
        return event == APPROVAL_WITHDRAW ? OUTCOME_DONE : OUTCOME_APPROVAL_DECIDED;
    case APPROVAL_EXPIRED:
        return OUTCOME_APPROVAL_EXPIRED;
    case APPROVAL_PENDING:
    case APPROVAL_APPROVED:
        break;
    }
    check(false);
    return OUTCOME_APPROVAL_DECIDED;
}

static struct err decide(struct approval_decision *decision, struct tx *tx,
                         struct approval_row *row) {
    struct command *command = &decision->command;
    if (row->status != (int)APPROVAL_PENDING) {
        command->outcome = answer_again(row, decision->event);
        return OK;
    }
    if (is_over(tx, row)) {
        command->outcome = OUTCOME_APPROVAL_EXPIRED;
        return settle(command->app, tx, row, APPROVAL_EXPIRED);
    }
    row->decided_by = audit_actor_id(tx);
    row->decision_reason = decision->reason;
    if (decision->event == APPROVAL_APPROVE) {
        return approve(decision, tx, row);
    }
    move(row, decision->event);
    return settle(command->app, tx, row, (enum approval_status)row->status);
}

static struct err run(struct command *command, struct tx *tx) {
    struct approval_decision *decision = (struct approval_decision *)command;
    struct approval_row row;
    bool is_found = false;
    TRY(approval_get(tx, decision->id, &row, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_APPROVAL_NOT_FOUND;
        return OK;
    }
    const char *before = approval_status_name((enum approval_status)row.status);
    if (decision->event == APPROVAL_WITHDRAW) {
        command->outcome = may_withdraw(tx, &row);
    } else {
        TRY(may_decide(decision, tx, &row));
    }
    if (command->outcome == OUTCOME_DONE) {
        TRY(decide(decision, tx, &row));
    }
    say(tx, &row, before);
    audit_say(tx, &(struct audit_said){.reason = decision->reason});
    return OK;
}

static void after(struct command *command) {
    struct approval_decision *decision = (struct approval_decision *)command;
    gate_update_publish(command->app, &decision->gate_update);
}

void approval_decided(struct app *app, struct approval_decision *decision) {
    check(decision->event == APPROVAL_APPROVE || decision->event == APPROVAL_REJECT ||
          decision->event == APPROVAL_WITHDRAW);
    decision->gate_update.is_due = false;
    decision->command.run = run;
    decision->command.after = after;
    command_submit(app, &decision->command);
}

/* --- as time passes --- */

struct err approval_run_due(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    TRY(approval_expired(tx, cx_now_ms(tx->cx), APPROVAL_BATCH, &list));
    struct approval_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(settle(app, tx, &rows[i], APPROVAL_EXPIRED));
    }
    *ret_has_more = list.count == APPROVAL_BATCH;
    return OK;
}

struct err approval_next_due_at(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    TRY(approval_expires_next(tx, &at));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    return OK;
}

/* --- reading --- */

struct err approvals_read(struct tx *tx, const struct approval_filter *filter, size_t max,
                          struct row_list *ret_list) {
    return approval_page(tx, filter, max, ret_list);
}

struct err approval_read(struct tx *tx, struct str id, struct approval_row *ret_row,
                         bool *ret_found) {
    return approval_get(tx, id, ret_row, ret_found);
}

struct err approval_progress_read(struct tx *tx, const struct approval_row *row,
                                  struct approval_progress *ret_progress) {
    static const char *const words[] = {
        [OPERATION_PENDING] = "pending",
        [OPERATION_SUCCEEDED] = "succeeded",
        [OPERATION_FAILED] = "failed",
    };
    struct operation_row operation;
    bool is_found = false;
    *ret_progress = (struct approval_progress){STR(""), STR("")};
    if (row->operation_id.len > 0) {
        TRY(operation_get(tx, row->user_id, row->operation_id, &operation, &is_found));
    }
    if (is_found) {
        *ret_progress = (struct approval_progress){str_from_cstr(words[operation.status]),
                                                   operation.result_code};
    }
    return OK;
}
