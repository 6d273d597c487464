#include "app/contract.h"

#include "app/audit.h"
#include "app/contract_tell.h"
#include "app/privacy.h"
#include "base/check.h"
#include "base/crypto.h"

/* --- what all have in common --- */

static bool may(const struct contract_row *row, enum contract_event event) {
    return contract_step((enum contract_status)row->status, event).is_legal;
}

void contract_take_step(struct contract_row *row, enum contract_event event) {
    struct contract_step step = contract_step((enum contract_status)row->status, event);
    check(step.is_legal);
    row->status = (int)step.next;
}

static struct str facts(struct tx *tx, const struct contract_row *row) {
    return AUDIT_FACTS(tx->cx,
                       AUDIT_TEXT("status", str_from_cstr(contract_status_name(
                                                (enum contract_status)row->status))),
                       AUDIT_TEXT("termsHash", row->terms_hash));
}

static void say(struct tx *tx, const struct contract_row *row, struct str before) {
    audit_say(tx, &(struct audit_said){
                      .customer = row->user_id,
                      .object = arena_str(tx->cx->arena, id_str(&row->id)),
                      .before = before,
                      .after = facts(tx, row),
                      .approval = row->approval_id,
                  });
}

static struct err keep(struct tx *tx, struct contract_row *row) {
    row->updated_at = cx_now_ms(tx->cx);
    return contract_put(tx, row);
}

/* SHA-256 over contract, purchase order and terms, in canonical form. */
static struct str hash_of(struct cx *cx, const struct contract_row *row) {
    const struct jcs_member members[] = {
        AUDIT_TEXT("contractId", id_str(&row->id)),
        AUDIT_TEXT("purchaseOrder", row->purchase_order),
        {.name = "terms", .kind = JCS_RAW, .text = row->terms},
    };
    return sha256_text(cx->arena, audit_facts(cx, members, ARRAY_LEN(members)));
}

static struct err new_row(struct tx *tx, struct str user_id, struct contract_row *ret_row) {
    int64_t now = cx_now_ms(tx->cx);
    *ret_row = (struct contract_row){
        .id = id_new(tx->cx, "cont"),
        .user_id = user_id,
        .status = (int)CONTRACT_REQUESTED,
        .valid_until = ROW_NONE,
        .accepted_at = ROW_NONE,
        .starts_at = ROW_NONE,
        .ends_at = ROW_NONE,
        .created_at = now,
        .updated_at = now,
    };
    return contract_next_number(tx, &ret_row->number);
}

/* The customer's that is between request and acceptance: those are the newest. */
static struct err find_open(struct tx *tx, struct str user_id, struct contract_row *ret_row,
                            bool *ret_found) {
    const struct contract_filter filter = {.status = -1, .user_id = user_id};
    struct row_list list;
    TRY(contract_page(tx, &filter, CONTRACT_BATCH, &list));
    const struct contract_row *rows = list.items;
    *ret_found = false;
    for (size_t i = 0; i < list.count && !*ret_found; i++) {
        *ret_found = rows[i].status <= (int)CONTRACT_ACCEPTED;
        *ret_row = rows[i];
    }
    return OK;
}

/* DONE, or why no contract may begin for this customer: then, when one is open, with its row. */
static struct err may_begin(struct tx *tx, struct str user_id, struct contract_row *ret_row,
                            enum outcome *ret_outcome) {
    bool is_open = false;
    TRY(privacy_customer_stands(tx, user_id, ret_outcome));
    if (*ret_outcome == OUTCOME_DONE) {
        TRY(find_open(tx, user_id, ret_row, &is_open));
        *ret_outcome = is_open ? OUTCOME_CONTRACT_OPEN : OUTCOME_DONE;
    }
    return OK;
}

/* --- by the customer --- */

struct err contract_asked(struct app *app, struct tx *tx, struct contract_ask *ask,
                          struct str asker, enum outcome *ret_outcome) {
    struct contract_row *row = &ask->row;
    TRY(may_begin(tx, ask->user_id, row, ret_outcome));
    if (*ret_outcome == OUTCOME_CONTRACT_OPEN && row->status == (int)CONTRACT_REQUESTED &&
        str_equal(row->message, ask->message) && str_equal(row->requested_by, asker)) {
        *ret_outcome = OUTCOME_DONE; /* the answer was lost */
        return OK;
    }
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(new_row(tx, ask->user_id, row));
    row->message = ask->message;
    row->requested_by = asker;
    TRY(contract_insert(tx, row));
    say(tx, row, STR(""));
    *ret_outcome = OUTCOME_CREATED;
    return contract_tell(app, tx, row, "requested");
}

static struct err run_ask(struct command *command, struct tx *tx) {
    struct str asker = audit_actor_id(tx).len > 0 ? audit_actor_id(tx) : STR("local");
    return contract_asked(command->app, tx, (struct contract_ask *)command, asker,
                          &command->outcome);
}

void contract_ask(struct app *app, struct contract_ask *ask) {
    ask->command.run = run_ask;
    ask->command.after = NULL;
    command_submit(app, &ask->command);
}

/* --- by operators --- */

static struct err find(struct tx *tx, struct str user_id, struct str id,
                       struct contract_row *ret_row, enum outcome *ret_outcome) {
    bool is_found = false;
    TRY(contract_read(tx, user_id, id, ret_row, &is_found));
    *ret_outcome = is_found ? OUTCOME_DONE : OUTCOME_CONTRACT_NOT_FOUND;
    return OK;
}

/* Finds the row, or makes one that is not stored yet. */
static struct err row_to_write(struct contract_write *write, struct tx *tx, bool is_new) {
    struct contract_row *row = &write->row;
    enum outcome *outcome = &write->command.outcome;
    if (is_new) {
        TRY(may_begin(tx, write->user_id, row, outcome));
        return *outcome == OUTCOME_DONE ? new_row(tx, write->user_id, row) : OK;
    }
    TRY(find(tx, STR(""), write->id, row, outcome));
    if (*outcome == OUTCOME_DONE && !may(row, CONTRACT_WRITE)) {
        *outcome = OUTCOME_CONTRACT_WRONG_STATUS;
    }
    return OK;
}

static bool terms_hold(struct contract_write *write, struct tx *tx) {
    return contract_check(write->command.app->catalogue, &write->terms,
                          (struct instant){cx_now_ms(tx->cx)}, &write->problems);
}

static void fill(struct contract_write *write, struct tx *tx) {
    struct contract_row *row = &write->row;
    contract_take_step(row, CONTRACT_WRITE);
    row->terms = contract_terms_text(tx->cx, write->command.app->catalogue, &write->terms);
    row->purchase_order = write->purchase_order;
    row->note = write->note;
    row->offer_days = write->offer_days;
    row->written_by = audit_actor_id(tx);
    row->terms_hash = hash_of(tx->cx, row);
    row->valid_until = ROW_NONE;
    row->approval_id = STR("");
}

static struct err run_write(struct command *command, struct tx *tx) {
    struct contract_write *write = (struct contract_write *)command;
    struct contract_row *row = &write->row;
    bool is_new = write->id.len == 0;
    TRY(row_to_write(write, tx, is_new));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    struct str before = is_new ? STR("") : facts(tx, row);
    if (!terms_hold(write, tx)) {
        command->outcome = OUTCOME_CONTRACT_TERMS_INVALID;
        return OK;
    }
    fill(write, tx);
    say(tx, row, before);
    command->outcome = is_new ? OUTCOME_CREATED : OUTCOME_DONE;
    return is_new ? contract_insert(tx, row) : keep(tx, row);
}

void contract_write(struct app *app, struct contract_write *write) {
    write->problems.count = 0;
    write->command.run = run_write;
    write->command.after = NULL;
    command_submit(app, &write->command);
}

/* --- steps that somebody asks for --- */

static struct err offer(struct app *app, struct tx *tx, struct contract_row *row) {
    struct instant now = {cx_now_ms(tx->cx)};
    contract_take_step(row, CONTRACT_APPROVE);
    row->valid_until = instant_add(now, duration_days(row->offer_days)).ms;
    TRY(keep(tx, row));
    return contract_tell(app, tx, row, "offered");
}

static struct err run_submit(struct contract_move *move, struct tx *tx) {
    struct app *app = move->command.app;
    struct contract_row *row = &move->row;
    struct approval_row approval;
    struct contract_terms terms;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    if (terms.ramp_count > 0 || terms.has_start || terms.renewal != CONTRACT_RENEWS_NOT ||
        (terms.collection == CONTRACT_INVOICE && terms.days_until_due == 0)) {
        move->command.outcome = OUTCOME_CONTRACT_NOT_CARRIED_OUT;
        return OK;
    }
    struct approval_request request = {
        .subject = {.action = APPROVAL_CONTRACT,
                    .user_id = row->user_id,
                    .request = AUDIT_FACTS(tx->cx, AUDIT_TEXT("contractId", id_str(&row->id)),
                                           AUDIT_TEXT("termsHash", row->terms_hash))},
        .reason = move->reason,
    };
    if (!approval_needed(app, tx, APPROVAL_CONTRACT, money_zero(app->catalogue->currency))) {
        contract_take_step(row, CONTRACT_SUBMIT);
        return offer(app, tx, row);
    }
    TRY(approval_request(app, tx, &request, &approval));
    move->command.outcome = request.outcome;
    if (request.outcome == OUTCOME_APPROVAL_REQUIRED ||
        request.outcome == OUTCOME_APPROVAL_WAITING) {
        move->approval_id = approval.id;
    }
    if (request.outcome != OUTCOME_APPROVAL_REQUIRED) {
        return OK;
    }
    row->approval_id = arena_str(tx->cx->arena, id_str(&approval.id));
    contract_take_step(row, CONTRACT_SUBMIT);
    return keep(tx, row);
}

static struct err run_end(struct contract_move *move, struct tx *tx) {
    struct contract_row *row = &move->row;
    bool was_shown = contract_is_shown(row);
    contract_take_step(row, move->event);
    row->decline_reason = move->reason;
    TRY(keep(tx, row));
    if (!was_shown) {
        return OK;
    }
    return contract_tell(move->command.app, tx, row,
                         move->event == CONTRACT_DECLINE ? "declined" : "withdrawn");
}

/* Whether it stands so that this may become of it. The offer's time is over even before somebody
 * has marked it. */
static bool may_move(const struct contract_move *move, struct tx *tx) {
    const struct contract_row *row = &move->row;
    bool is_over = row->status == (int)CONTRACT_OFFERED && row->valid_until <= cx_now_ms(tx->cx);
    return may(row, move->event) && (!is_over || move->event != CONTRACT_DECLINE);
}

/* The same was asked for before, and its answer was lost. */
static bool was_declined_so(const struct contract_move *move) {
    return move->event == CONTRACT_DECLINE && move->row.status == (int)CONTRACT_DECLINED &&
           str_equal(move->row.decline_reason, move->reason);
}

static struct err run_move(struct command *command, struct tx *tx) {
    struct contract_move *move = (struct contract_move *)command;
    struct contract_row *row = &move->row;
    TRY(find(tx, move->user_id, move->id, row, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    if (was_declined_so(move)) {
        return OK;
    }
    if (!may_move(move, tx)) {
        command->outcome = OUTCOME_CONTRACT_WRONG_STATUS;
        return OK;
    }
    struct str before = facts(tx, row);
    if (move->event == CONTRACT_SUBMIT) {
        TRY(run_submit(move, tx));
    } else {
        TRY(run_end(move, tx));
    }
    say(tx, row, before);
    return OK;
}

void contract_move(struct app *app, struct contract_move *move) {
    check(move->event == CONTRACT_SUBMIT || move->event == CONTRACT_DECLINE ||
          move->event == CONTRACT_WITHDRAW);
    move->command.run = run_move;
    move->command.after = NULL;
    command_submit(app, &move->command);
}

/* --- as an approval's noun --- */

/* The contract of a request, as it is now. */
static struct err of_request(struct tx *tx, struct str request, struct contract_row *ret_row,
                             bool *ret_is_same) {
    struct str id = STR("");
    struct str hash = STR("");
    bool is_found = false;
    *ret_is_same = false;
    if (!jcs_plain(jcs_find(request, "contractId"), &id) ||
        !jcs_plain(jcs_find(request, "termsHash"), &hash)) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "The request of an approval names no contract.");
    }
    TRY(contract_get(tx, id, ret_row, &is_found));
    *ret_is_same = is_found && str_equal(ret_row->terms_hash, hash);
    return OK;
}

struct err contract_describe(struct app *app, struct tx *tx, const struct approval_subject *subject,
                             struct approval_facts *ret_facts) {
    struct contract_row row;
    struct contract_terms terms;
    struct contract_problems problems;
    bool is_same = false;
    TRY(of_request(tx, subject->request, &row, &is_same));
    if (!is_same || (row.status != (int)CONTRACT_DRAFT && row.status != (int)CONTRACT_PENDING)) {
        ret_facts->outcome = OUTCOME_CONTRACT_WRONG_STATUS;
        return OK;
    }
    TRY(contract_row_terms(app, tx->cx, &row, &terms));
    if (!contract_check(app->catalogue, &terms, (struct instant){cx_now_ms(tx->cx)}, &problems) ||
        !contract_total(&terms, &ret_facts->amount)) {
        ret_facts->outcome = OUTCOME_CONTRACT_TERMS_INVALID; /* its start is past, as a rule */
        return OK;
    }
    const struct jcs_member after[] = {
        AUDIT_TEXT("purchaseOrder", row.purchase_order),
        {.name = "terms", .kind = JCS_RAW, .text = row.terms},
        AUDIT_WHOLE("total", ret_facts->amount.minor),
        AUDIT_WHOLE("offerDays", row.offer_days),
    };
    ret_facts->object_id = arena_str(tx->cx->arena, id_str(&row.id));
    ret_facts->has_amount = true;
    ret_facts->before =
        AUDIT_FACTS(tx->cx, AUDIT_TEXT("listPrice", STR("none")), AUDIT_TEXT("amends", row.amends));
    ret_facts->after = audit_facts(tx->cx, after, ARRAY_LEN(after));
    return OK;
}

struct err contract_execute(struct approval_execution *execution) {
    struct contract_row row;
    bool is_same = false;
    TRY(of_request(execution->tx, execution->row->request, &row, &is_same));
    bool may_be = is_same && row.status == (int)CONTRACT_PENDING;
    execution->outcome = may_be ? OUTCOME_DONE : OUTCOME_CONTRACT_WRONG_STATUS;
    return may_be ? offer(execution->app, execution->tx, &row) : OK;
}

struct err contract_not_approved(struct app *app, struct tx *tx,
                                 const struct approval_row *approval) {
    struct contract_row row;
    bool is_same = false;
    (void)app;
    TRY(of_request(tx, approval->request, &row, &is_same));
    if (!is_same || !may(&row, CONTRACT_REFUSE)) {
        return OK; /* it has been withdrawn meanwhile */
    }
    contract_take_step(&row, CONTRACT_REFUSE);
    return keep(tx, &row);
}

/* --- as time passes --- */

struct err contract_run_due(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    TRY(contract_expired(tx, cx_now_ms(tx->cx), CONTRACT_BATCH, &list));
    struct contract_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        contract_take_step(&rows[i], CONTRACT_EXPIRE);
        TRY(keep(tx, &rows[i]));
        TRY(contract_tell(app, tx, &rows[i], "expired"));
    }
    *ret_has_more = list.count == CONTRACT_BATCH;
    return OK;
}

struct err contract_next_due_at(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    TRY(contract_expires_next(tx, &at));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    return OK;
}

/* --- reading --- */

bool contract_is_shown(const struct contract_row *row) {
    return row->requested_by.len > 0 || row->valid_until != ROW_NONE;
}

bool contract_shows_terms(const struct contract_row *row) {
    return row->valid_until != ROW_NONE;
}

struct err contracts_read(struct tx *tx, const struct contract_filter *filter, size_t max,
                          struct row_list *ret_list) {
    return contract_page(tx, filter, max, ret_list);
}

struct err contract_read(struct tx *tx, struct str user_id, struct str id,
                         struct contract_row *ret_row, bool *ret_found) {
    TRY(contract_get(tx, id, ret_row, ret_found));
    if (*ret_found && user_id.len > 0) {
        *ret_found = str_equal(ret_row->user_id, user_id) && contract_is_shown(ret_row);
    }
    return OK;
}

struct err contract_row_terms(struct app *app, struct cx *cx, const struct contract_row *row,
                              struct contract_terms *ret_terms) {
    check(row->terms.len > 0);
    return contract_terms_read(cx, app->catalogue, row->terms, ret_terms);
}
