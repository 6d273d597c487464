/* Cases of dunning as operators see and move them. */
#include "api/admin_resources.h"
#include "api/approval_resources.h"

#include "app/dunning.h"
#include "app/invoice_question.h"

/* --- as shown --- */

struct attempt_out {
    struct str outcome, origin, decline_code;
    int64_t at;
};

struct case_out {
    struct str id, user_id, kind, invoice_id, subscription_id, dispute_id;
    int status;
    int64_t retries, questions;
    int64_t opened_at, access_until, next_attempt_at, closed_at;
    bool needs_new_method, has_end, has_next, is_closed, has_amount;
    struct money amount;
    struct shape_list attempts; /* struct attempt_out */
};

static const char *const status_names[] = {"open",        "paused", "recovered", "exhausted",
                                           "written_off", "closed", NULL};
static_assert(ARRAY_LEN(status_names) == DUNNING_STATUS_COUNT + 1, "in the order of the enum");

enum { WORD_MAX = 64, REASON_MAX = 500 };

#define AT(member) offsetof(struct attempt_out, member)
static const struct shape_field attempt_fields[] = {
    {"at", "When it was made", SHAPE_INSTANT, .offset = AT(at)},
    {"outcome",
     "succeeded, failed, skipped (charging would have been pointless), lost (it never reached the "
     "provider), or not known yet: pending, unknown, processing",
     SHAPE_STR, .offset = AT(outcome), .max = WORD_MAX},
    {"origin", "Whose it was: provider, retry, new_method, operator, customer", SHAPE_STR,
     .offset = AT(origin), .max = WORD_MAX},
    {"declineCode", "Of a failure: the bank's reason, in Stripe's word", SHAPE_STR,
     .offset = AT(decline_code), .max = WORD_MAX, .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
};
#undef AT
static const struct shape attempt_shape =
    SHAPE("PaymentAttempt", "A try to collect an invoice", struct attempt_out, attempt_fields);
static const struct shape_field attempt_item = {.kind = SHAPE_OBJECT, .of = &attempt_shape};

#define AT(member) offsetof(struct case_out, member)
static const struct shape_field case_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"kind",
     "payment, late_failure (of a bank debit), dispute or overdue (an invoice that was sent)",
     SHAPE_STR, .offset = AT(kind), .max = WORD_MAX},
    {"invoiceId", "What is owed; null for a dispute about no invoice", SHAPE_STR,
     .offset = AT(invoice_id), .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"amount", "What is due of the invoice; null: it is about none", SHAPE_OBJECT,
     .offset = AT(amount), .of = &money_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_amount)},
    {"subscriptionId", "What hangs on it", SHAPE_STR, .offset = AT(subscription_id),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"stripeDisputeId", "Of a dispute", SHAPE_STR, .offset = AT(dispute_id), .max = LIMIT_STRIPE_ID,
     .flags = SHAPE_NULLABLE},
    {"status", "open and paused go on; closed: voided or given up in Stripe", SHAPE_ENUM,
     .offset = AT(status), .names = status_names},
    {"retries", "Days of the schedule that are behind it", SHAPE_I64, .offset = AT(retries)},
    {"needsNewMethod",
     "The bank refuses this one for good: nothing is charged until there is "
     "another",
     SHAPE_BOOL, .offset = AT(needs_new_method)},
    {"questions",
     "What the customer asks about the invoice, or disputes of it, that is not settled", SHAPE_I64,
     .offset = AT(questions)},
    {"openedAt", "Since when", SHAPE_INSTANT, .offset = AT(opened_at)},
    {"accessUntil", "Until when access is full; null: no end is in sight", SHAPE_INSTANT,
     .offset = AT(access_until), .flags = SHAPE_NULLABLE, .is_set = AT(has_end)},
    {"nextAttemptAt", "The next day of the schedule", SHAPE_INSTANT, .offset = AT(next_attempt_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_next)},
    {"closedAt", "When it ended", SHAPE_INSTANT, .offset = AT(closed_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_closed)},
    {"attempts", "The first one first", SHAPE_LIST, .offset = AT(attempts),
     .max = DUNNING_ATTEMPTS_SHOWN, .item = &attempt_item, .item_size = sizeof(struct attempt_out)},
};
#undef AT
const struct shape dunning_case_shape =
    SHAPE("DunningCase", "A failed or disputed payment", struct case_out, case_fields);
static const struct shape_field case_item = {.kind = SHAPE_OBJECT, .of = &dunning_case_shape};

static const struct shape_field cases_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &case_item, .item_size = sizeof(struct case_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape dunning_cases_shape =
    SHAPE("DunningCases", "A page of cases", struct page, cases_fields);

static struct err attempts_out(struct api_request *request, struct tx *tx,
                               const struct dunning_row *row, struct shape_list *ret_list) {
    struct row_list list;
    TRY(dunning_read_attempts(tx, row, &list));
    const struct payment_attempt_row *rows = list.items;
    struct attempt_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = (struct attempt_out){
            .outcome = str_from_cstr(attempt_status_name((enum attempt_status)rows[i].status)),
            .origin = str_from_cstr(attempt_origin_name((enum attempt_origin)rows[i].origin)),
            .decline_code = text_or_null(rows[i].decline_code),
            .at = rows[i].created_at,
        };
    }
    *ret_list = (struct shape_list){out, out == NULL ? 0 : list.count};
    return OK;
}

static struct err case_out_of(struct api_request *request, struct tx *tx,
                              const struct dunning_row *row, struct case_out *ret_out) {
    *ret_out = (struct case_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .kind = str_from_cstr(dunning_kind_name((enum dunning_kind)row->kind)),
        .invoice_id = text_or_null(id_str(&row->invoice_id)),
        .subscription_id = text_or_null(id_str(&row->subscription_id)),
        .dispute_id = text_or_null(row->stripe_dispute_id),
        .status = row->status,
        .retries = row->retries,
        .needs_new_method = row->needs_new_method,
        .opened_at = row->opened_at,
        .has_end = row->access_until != ROW_NONE,
        .access_until = row->access_until,
        .has_next = row->next_attempt_at != ROW_NONE,
        .next_attempt_at = row->next_attempt_at,
        .is_closed = row->closed_at != ROW_NONE,
        .closed_at = row->closed_at,
    };
    const struct invoice_question_of of = {row->user_id, id_str(&row->invoice_id)};
    TRY(invoice_questions_unsettled(tx, &of, &ret_out->questions));
    TRY(dunning_read_due(tx, row, &ret_out->amount, &ret_out->has_amount));
    return attempts_out(request, tx, row, &ret_out->attempts);
}

/* --- the list --- */

struct dunning_list_query {
    struct page_query page; /* first: page_size() reads it */
    struct str user_id;
    int64_t opened_before;
    int status;
    bool has_status, has_before;
};

#define AT(member) offsetof(struct dunning_list_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"userId", "Of this customer only", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "That stand here only", SHAPE_ENUM, .offset = AT(status), .names = status_names,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_status)},
    {"openedBefore", "That were opened before then", SHAPE_INSTANT, .offset = AT(opened_before),
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_before)},
};
#undef AT
const struct shape dunning_query_shape =
    SHAPE("DunningQuery", "Which cases", struct dunning_list_query, query_fields);

static void reply_page(struct api_request *request, struct tx *tx, const struct row_list *list,
                       size_t size) {
    const struct dunning_row *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    struct case_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        if (reply_if_failed(request, case_out_of(request, tx, &rows[i], &out[i]))) {
            return;
        }
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list->count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &dunning_cases_shape, &page);
}

void dunning_list(struct api_request *request) {
    const struct dunning_list_query *in = request->query;
    size_t size = page_size(in == NULL ? NULL : &in->page);
    struct dunning_query query = {
        .user_id = in == NULL ? STR("") : in->user_id,
        .status = in != NULL && in->has_status ? in->status : -1,
        .after = in == NULL ? STR("") : in->page.cursor,
        .opened_before = in != NULL && in->has_before ? in->opened_before : 0,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    struct err err = dunning_read_page(&tx, &query, size + 1, &list);
    if (err.code == ERR_NOT_FOUND) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/cursor", "nextCursor of the page before");
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
        return;
    }
    if (!reply_if_failed(request, err)) {
        reply_page(request, &tx, &list, size);
    }
}

/* --- moves --- */

struct move_in {
    struct str reason;
    int64_t until;
};

#define REASON_FIELD                                                                               \
    {                                                                                              \
        "reason", "Why; kept in the customer's history", SHAPE_STR,                                \
            .offset = offsetof(struct move_in, reason), .min = 1, .max = REASON_MAX                \
    }
static const struct shape_field reason_fields[] = {REASON_FIELD};
const struct shape dunning_reason_shape =
    SHAPE("DunningReason", "Why a case is moved", struct move_in, reason_fields);
static const struct shape_field extend_fields[] = {
    REASON_FIELD,
    {"until", "The new end of full access", SHAPE_INSTANT,
     .offset = offsetof(struct move_in, until)},
};
const struct shape dunning_extend_shape =
    SHAPE("DunningExtend", "Until when access stays full", struct move_in, extend_fields);

struct action_in_hand {
    struct dunning_action action; /* first: `done` hands it back */
    struct api_request *request;
};

static void reply_case(struct api_request *request, struct str id) {
    struct tx tx = request_read(request);
    struct dunning_row row;
    struct case_out out;
    bool is_found = false;
    if (reply_if_failed(request, dunning_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CASE_NOT_FOUND);
    } else if (!reply_if_failed(request, case_out_of(request, &tx, &row, &out))) {
        reply_value(request, 200, &dunning_case_shape, &out);
    }
}

static void acted(struct command *command) {
    struct action_in_hand *hand = (struct action_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_case(hand->request, hand->action.case_id);
    } else if (command->outcome == OUTCOME_APPROVAL_REQUIRED) {
        reply_approval(hand->request, 202, id_str(&hand->action.approval_id));
    } else if (command->outcome == OUTCOME_APPROVAL_WAITING) {
        reply_approval_waiting(hand->request, id_str(&hand->action.approval_id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void act(struct api_request *request, enum dunning_action_kind kind) {
    const struct move_in *in = request->body;
    struct action_in_hand *hand = ARENA_NEW(request->arena, struct action_in_hand);
    if (request->idempotency_key.len == 0) {
        reply_problem(request, PROBLEM_IDEMPOTENCY_KEY_MISSING);
        return;
    }
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->action.kind = kind;
    hand->action.case_id = request->values[0];
    hand->action.idempotency_key = request->idempotency_key;
    hand->action.reason = in->reason;
    hand->action.extend = (struct instant){in->until};
    hand->action.command.done = acted;
    dunning_act(request->api->app, &hand->action);
}

void dunning_pause(struct api_request *request) {
    act(request, DUNNING_ACTION_PAUSE);
}

void dunning_resume(struct api_request *request) {
    act(request, DUNNING_ACTION_RESUME);
}

void dunning_extend(struct api_request *request) {
    act(request, DUNNING_ACTION_EXTEND);
}

void dunning_retry(struct api_request *request) {
    act(request, DUNNING_ACTION_RETRY);
}

void dunning_write_off(struct api_request *request) {
    act(request, DUNNING_ACTION_WRITE_OFF);
}
