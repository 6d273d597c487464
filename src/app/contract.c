#include "app/contract.h"

#include "app/audit.h"
#include "app/contract_amend.h"
#include "app/contract_tell.h"
#include "app/privacy.h"
#include "base/check.h"
#include "base/crypto.h"

enum { RECENT_MAX = 100 };

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

struct str contract_hash(struct cx *cx, const struct contract_row *row) {
    const struct jcs_member members[] = {
        AUDIT_TEXT("follows", row->follows), /* of a later version alone */
        AUDIT_TEXT("contractId", id_str(&row->id)),
        AUDIT_TEXT("purchaseOrder", row->purchase_order),
        {.name = "terms", .kind = JCS_RAW, .text = row->terms},
    };
    size_t first = row->follows.len > 0 ? 0 : 1;
    return sha256_text(cx->arena, audit_facts(cx, members + first, ARRAY_LEN(members) - first));
}

static struct err make_row(struct tx *tx, struct str user_id, struct contract_row *ret_row) {
    int64_t now = cx_now_ms(tx->cx);
    *ret_row = (struct contract_row){
        .id = id_new(tx->cx, "cont"),
        .user_id = user_id,
        .status = (int)CONTRACT_REQUESTED,
        .valid_until = ROW_NONE,
        .accepted_at = ROW_NONE,
        .starts_at = ROW_NONE,
        .ends_at = ROW_NONE,
        .version = 1,
        .told_until = ROW_NONE,
        .reminded_at = ROW_NONE,
        .notice_at = ROW_NONE,
        .next_at = ROW_NONE,
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
    TRY(contract_page(tx, &filter, RECENT_MAX, &list));
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

struct err contract_new_row(struct tx *tx, struct str user_id, struct contract_row *ret_row,
                            enum outcome *ret_outcome) {
    TRY(may_begin(tx, user_id, ret_row, ret_outcome));
    return *ret_outcome == OUTCOME_DONE ? make_row(tx, user_id, ret_row) : OK;
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
    TRY(make_row(tx, ask->user_id, row));
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
    if (write->amends.len > 0) {
        return contract_amendment_begin(tx, write->amends, row, outcome);
    }
    if (is_new) {
        return contract_new_row(tx, write->user_id, row, outcome);
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
    row->terms_hash = contract_hash(tx->cx, row);
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
    TRY(contract_may_follow(command->app, tx, row, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
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

static bool needs_second(struct app *app, struct tx *tx) {
    return approval_needed(app, tx, APPROVAL_CONTRACT, money_zero(app->catalogue->currency));
}

/* Asks a second person for these very terms; when they are asked, the row knows where. */
static struct err ask_second(struct contract_move *move, struct tx *tx) {
    struct contract_row *row = &move->row;
    struct approval_row approval;
    struct approval_request request = {
        .subject = {.action = APPROVAL_CONTRACT,
                    .user_id = row->user_id,
                    .request = AUDIT_FACTS(
                        tx->cx, AUDIT_TEXT("contractId", id_str(&row->id)),
                        AUDIT_TEXT("step", str_from_cstr(contract_event_name(move->event))),
                        AUDIT_TEXT("termsHash", row->terms_hash))},
        .reason = move->reason,
    };
    TRY(approval_request(move->command.app, tx, &request, &approval));
    move->command.outcome = request.outcome;
    if (request.outcome == OUTCOME_APPROVAL_REQUIRED ||
        request.outcome == OUTCOME_APPROVAL_WAITING) {
        move->approval_id = approval.id;
    }
    if (request.outcome == OUTCOME_APPROVAL_REQUIRED) {
        row->approval_id = arena_str(tx->cx->arena, id_str(&approval.id));
    }
    return OK;
}

static struct err run_submit(struct contract_move *move, struct tx *tx) {
    struct contract_row *row = &move->row;
    if (!needs_second(move->command.app, tx)) {
        contract_take_step(row, CONTRACT_SUBMIT);
        return offer(move->command.app, tx, row);
    }
    TRY(ask_second(move, tx));
    if (move->command.outcome != OUTCOME_APPROVAL_REQUIRED) {
        return OK;
    }
    contract_take_step(row, CONTRACT_SUBMIT);
    return keep(tx, row);
}

/* Accepted, it is taken back by two persons, while nothing is under way that buys it. */
static bool waits_for_its_day(const struct contract_row *row) {
    return row->status == (int)CONTRACT_ACCEPTED && row->operation_id.len == 0 &&
           row->told_until == ROW_NONE;
}

static struct err run_end(struct contract_move *move, struct tx *tx) {
    struct contract_row *row = &move->row;
    bool was_shown = contract_is_shown(row);
    if (row->status == (int)CONTRACT_ACCEPTED && needs_second(move->command.app, tx)) {
        TRY(ask_second(move, tx));
        return move->command.outcome == OUTCOME_APPROVAL_REQUIRED ? keep(tx, row) : OK;
    }
    contract_take_step(row, move->event);
    row->decline_reason = move->reason;
    row->next_at = ROW_NONE;
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
    bool is_under_way = row->status == (int)CONTRACT_ACCEPTED && !waits_for_its_day(row);
    return may(row, move->event) && !is_under_way && (!is_over || move->event != CONTRACT_DECLINE);
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

/* What is asked for: that it is offered, or, accepted already, taken back. */
static bool is_withdrawal(struct str request) {
    struct str step = STR("");
    return jcs_plain(jcs_find(request, "step"), &step) &&
           str_equal(step, str_from_cstr(contract_event_name(CONTRACT_WITHDRAW)));
}

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
    bool takes_back = is_withdrawal(subject->request);
    TRY(of_request(tx, subject->request, &row, &is_same));
    bool is_draft = row.status == (int)CONTRACT_DRAFT || row.status == (int)CONTRACT_PENDING;
    if (!is_same || !(takes_back ? waits_for_its_day(&row) : is_draft)) {
        ret_facts->outcome = OUTCOME_CONTRACT_WRONG_STATUS;
        return OK;
    }
    TRY(contract_row_terms(app, tx->cx, &row, &terms));
    struct instant now = {takes_back ? 0 : cx_now_ms(tx->cx)};
    if (!contract_check(app->catalogue, &terms, now, &problems) ||
        !contract_total(&terms, &ret_facts->amount)) {
        ret_facts->outcome = OUTCOME_CONTRACT_TERMS_INVALID; /* its start is past, as a rule */
        return OK;
    }
    const struct jcs_member after[] = {
        AUDIT_TEXT("step", takes_back ? STR("withdraw") : STR("submit")),
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
    bool takes_back = is_withdrawal(execution->row->request);
    bool may_be =
        is_same && (takes_back ? waits_for_its_day(&row) : row.status == (int)CONTRACT_PENDING);
    execution->outcome = may_be ? OUTCOME_DONE : OUTCOME_CONTRACT_WRONG_STATUS;
    if (!may_be || !takes_back) {
        return may_be ? offer(execution->app, execution->tx, &row) : OK;
    }
    contract_take_step(&row, CONTRACT_WITHDRAW);
    row.next_at = ROW_NONE;
    TRY(keep(execution->tx, &row));
    return contract_tell(execution->app, execution->tx, &row, "withdrawn");
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
