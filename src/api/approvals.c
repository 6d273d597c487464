/* /api/admin/approvals: what one person asked for, and another one agrees to or not. */
#include "api/approval_resources.h"

#include "app/approval.h"
#include "app/person.h"

/* --- as shown --- */

struct approval_out {
    struct str id, action, user_id, object_id, request, before, after, quote_hash;
    struct str reason, requested_by, requester_kind, decided_by, decision_reason, outcome;
    struct str requester_name, decider_name, delegated_to, delegate_name;
    struct str operation_id, operation_status, operation_code;
    int status;
    struct money amount;
    int64_t requested_at, expires_at, decided_at, delegated_at;
    bool has_amount, is_decided, is_delegated;
};

static const char *const status_names[] = {"pending",  "approved",  "executed", "failed",
                                           "rejected", "withdrawn", "expired",  NULL};
static_assert(ARRAY_LEN(status_names) == APPROVAL_STATUS_COUNT + 1, "in the order of the enum");

enum { WORD_MAX = 64, REASON_MAX = 500, OBJECT_MAX = 255 };

#define AT(member) offsetof(struct approval_out, member)
static const struct shape_field approval_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"action", "refund, credit_note, write_off, contract, catalogue or erasure", SHAPE_STR,
     .offset = AT(action), .max = WORD_MAX},
    {"status",
     "executed: it was done, or has begun; failed: what it rested on had changed, and nothing was "
     "done",
     SHAPE_ENUM, .offset = AT(status), .names = status_names},
    {"userId", "The customer; null: none", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID,
     .flags = SHAPE_NULLABLE},
    {"objectId", "What it is about, such as an invoice", SHAPE_STR, .offset = AT(object_id),
     .max = OBJECT_MAX},
    {"amount", "What it is about, where it is about money", SHAPE_OBJECT, .offset = AT(amount),
     .of = &money_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_amount)},
    {"request", "What will be done", SHAPE_JSON, .offset = AT(request)},
    {"before", "What it rests on", SHAPE_JSON, .offset = AT(before)},
    {"after", "What of that becomes something else", SHAPE_JSON, .offset = AT(after)},
    {"quoteHash", "SHA-256 over action, customer, request, before and after", SHAPE_STR,
     .offset = AT(quote_hash), .max = WORD_MAX},
    {"reason", "In the words of whoever asked", SHAPE_STR, .offset = AT(reason), .max = REASON_MAX,
     .flags = SHAPE_NULLABLE},
    {"requestedBy", "A person or a key; null: the owner of the machine", SHAPE_STR,
     .offset = AT(requested_by), .max = OBJECT_MAX, .flags = SHAPE_NULLABLE},
    {"requestedByName", "What an operator is called; null: none, or they are gone", SHAPE_STR,
     .offset = AT(requester_name), .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"requesterKind", "operator, key, member, portal or local", SHAPE_STR,
     .offset = AT(requester_kind), .max = WORD_MAX},
    {"requestedAt", "When", SHAPE_INSTANT, .offset = AT(requested_at)},
    {"expiresAt", "Until when it can be decided", SHAPE_INSTANT, .offset = AT(expires_at)},
    {"delegatedTo", "Whom it was handed to; null: nobody in particular", SHAPE_STR,
     .offset = AT(delegated_to), .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"delegatedToName", "What they are called", SHAPE_STR, .offset = AT(delegate_name),
     .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"delegatedAt", "When", SHAPE_INSTANT, .offset = AT(delegated_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_delegated)},
    {"decidedBy", "The second person; null: nobody", SHAPE_STR, .offset = AT(decided_by),
     .max = OBJECT_MAX, .flags = SHAPE_NULLABLE},
    {"decidedByName", "What they are called", SHAPE_STR, .offset = AT(decider_name),
     .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"decidedAt", "When", SHAPE_INSTANT, .offset = AT(decided_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_decided)},
    {"decisionReason", "In their words", SHAPE_STR, .offset = AT(decision_reason),
     .max = REASON_MAX, .flags = SHAPE_NULLABLE},
    {"outcome", "What came of doing it: done, or the code of a refusal", SHAPE_STR,
     .offset = AT(outcome), .max = WORD_MAX, .flags = SHAPE_NULLABLE},
    {"operationId", "What it has begun at the payment provider", SHAPE_STR,
     .offset = AT(operation_id), .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"operationStatus", "How that stands: pending, succeeded or failed", SHAPE_STR,
     .offset = AT(operation_status), .max = WORD_MAX, .flags = SHAPE_NULLABLE},
    {"operationCode", "How it ended: done, or the code of a refusal", SHAPE_STR,
     .offset = AT(operation_code), .max = WORD_MAX, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape approval_shape =
    SHAPE("Approval", "What needs a second person", struct approval_out, approval_fields);
static const struct shape_field approval_item = {.kind = SHAPE_OBJECT, .of = &approval_shape};

static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &approval_item, .item_size = sizeof(struct approval_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape approvals_shape =
    SHAPE("Approvals", "A page of approvals", struct page, page_fields);

/* Of an operator; NULL bytes of anybody else. */
static struct err name_of(struct tx *tx, struct str id, struct str *ret_name) {
    struct person_row person;
    bool is_found = false;
    TRY(person_read(tx, id, &person, &is_found));
    bool is_operator = is_found && person.operator_role >= 0;
    *ret_name = text_or_null(is_operator ? person.name : STR(""));
    return OK;
}

static struct err out_of(struct tx *tx, const struct approval_row *row,
                         struct approval_out *ret_out) {
    struct approval_progress progress;
    TRY(approval_progress_read(tx, row, &progress));
    struct approval_out out = {
        .operation_status = text_or_null(progress.status),
        .operation_code = text_or_null(progress.code),
        .id = id_str(&row->id),
        .action = str_from_cstr(approval_action_name((enum approval_action)row->action)),
        .status = row->status,
        .user_id = text_or_null(row->user_id),
        .object_id = row->object_id,
        .request = row->request,
        .before = row->facts_before,
        .after = row->facts_after,
        .quote_hash = row->quote_hash,
        .reason = text_or_null(row->reason),
        .requested_by = text_or_null(row->requested_by),
        .requester_kind = row->requester_kind,
        .requested_at = row->requested_at,
        .expires_at = row->expires_at,
        .decided_by = text_or_null(row->decided_by),
        .decided_at = row->decided_at,
        .is_decided = row->decided_at != ROW_NONE,
        .delegated_to = text_or_null(row->delegated_to),
        .delegated_at = row->delegated_at,
        .is_delegated = row->delegated_at != ROW_NONE,
        .decision_reason = text_or_null(row->decision_reason),
        .outcome = text_or_null(row->outcome),
        .operation_id = text_or_null(row->operation_id),
        .has_amount = row->amount != ROW_NONE,
    };
    if (out.has_amount) {
        out.has_amount = currency_parse(row->currency, &out.amount.currency);
        out.amount.minor = row->amount;
    }
    TRY(name_of(tx, row->requested_by, &out.requester_name));
    TRY(name_of(tx, row->decided_by, &out.decider_name));
    TRY(name_of(tx, row->delegated_to, &out.delegate_name));
    *ret_out = out;
    return OK;
}

void reply_approval(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct approval_row row;
    bool is_found = false;
    if (reply_if_failed(request, approval_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_APPROVAL_NOT_FOUND);
        return;
    }
    struct approval_out out;
    if (!reply_if_failed(request, out_of(&tx, &row, &out))) {
        reply_value(request, status, &approval_shape, &out);
    }
}

void reply_approval_waiting(struct api_request *request, struct str id) {
    reply_problem_detail(
        request, OUTCOME_APPROVAL_WAITING,
        arena_printf(request->arena,
                     "The same has been asked for and waits for a second person: " STR_FMT ".",
                     STR_ARG(id)));
}

void approvals_get(struct api_request *request) {
    reply_approval(request, 200, request->values[0]);
}

/* --- the list --- */

static const struct shape_field query_fields[] = {RECORD_QUERY_FIELDS(status_names)};
const struct shape approvals_query_shape =
    SHAPE("ApprovalsQuery", "Which approvals", struct record_query, query_fields);

void approvals_list(struct api_request *request) {
    const struct record_query *in = request->query;
    size_t size = page_size(in == NULL ? NULL : &in->page);
    const struct approval_filter filter = {
        .status = in != NULL && in->has_status ? in->status : -1,
        .user_id = in == NULL ? STR("") : in->user_id,
        .before = in == NULL ? STR("") : in->page.cursor,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, approvals_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct approval_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct approval_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        if (reply_if_failed(request, out_of(&tx, &rows[i], &out[i]))) {
            return;
        }
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &approvals_shape, &page);
}

/* --- deciding --- */

struct decision_in {
    struct str reason;
};

static const struct shape_field approve_fields[] = {
    {"reason", "Why; kept with it", SHAPE_STR, .offset = offsetof(struct decision_in, reason),
     .max = REASON_MAX, .flags = SHAPE_OPTIONAL},
};
const struct shape approval_approve_shape =
    SHAPE("ApprovalApprove", "That somebody agrees", struct decision_in, approve_fields);
static const struct shape_field reject_fields[] = {
    {"reason", "Why not; who has asked is told", SHAPE_STR,
     .offset = offsetof(struct decision_in, reason), .min = 1, .max = REASON_MAX},
};
const struct shape approval_reject_shape =
    SHAPE("ApprovalReject", "That somebody does not agree", struct decision_in, reject_fields);

struct decision_in_hand {
    struct approval_decision decision; /* first: `done` hands it back */
    struct api_request *request;
};

static void decided(struct command *command) {
    struct decision_in_hand *hand = (struct decision_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_approval(hand->request, 200, hand->decision.id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void decide(struct api_request *request, enum approval_event event) {
    const struct decision_in *in = request->body;
    struct decision_in_hand *hand = ARENA_NEW(request->arena, struct decision_in_hand);
    bool is_decision = event != APPROVAL_WITHDRAW;
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (is_decision && !request->has_session) { /* machines agree to nothing */
        reply_problem(request, PROBLEM_SESSION_MISSING);
        return;
    }
    hand->request = request;
    hand->decision.id = request->values[0];
    hand->decision.event = event;
    hand->decision.person_id = is_decision ? request->session.person_id : STR("");
    hand->decision.reason = in == NULL ? STR("") : in->reason;
    hand->decision.command.done = decided;
    approval_decided(request->api->app, &hand->decision);
}

void approvals_approve(struct api_request *request) {
    decide(request, APPROVAL_APPROVE);
}

void approvals_reject(struct api_request *request) {
    decide(request, APPROVAL_REJECT);
}

void approvals_withdraw(struct api_request *request) {
    decide(request, APPROVAL_WITHDRAW);
}

/* --- handing over --- */

struct delegate_in {
    struct str email, reason;
};
static const struct shape_field delegate_fields[] = {
    {"email", "By which the operator signs in who is to decide", SHAPE_STR,
     .offset = offsetof(struct delegate_in, email), .min = 3, .max = LIMIT_EMAIL,
     .flags = SHAPE_PERSONAL},
    {"reason", "Why; kept in the audit log", SHAPE_STR,
     .offset = offsetof(struct delegate_in, reason), .max = REASON_MAX, .flags = SHAPE_OPTIONAL},
};
const struct shape approval_delegate_shape =
    SHAPE("ApprovalDelegate", "Who is to decide", struct delegate_in, delegate_fields);

struct delegate_in_hand {
    struct approval_delegate delegate; /* first: `done` hands it back */
    struct api_request *request;
};

static void delegated(struct command *command) {
    struct delegate_in_hand *hand = (struct delegate_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_approval(hand->request, 200, hand->delegate.id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void approvals_delegate(struct api_request *request) {
    const struct delegate_in *in = request->body;
    struct delegate_in_hand *hand = ARENA_NEW(request->arena, struct delegate_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->delegate.id = request->values[0];
    hand->delegate.email = in->email;
    hand->delegate.reason = in->reason;
    hand->delegate.command.done = delegated;
    approval_delegated(request->api->app, &hand->delegate);
}
