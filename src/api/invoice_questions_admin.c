/* /api/admin/invoice-questions: operators read what is asked about invoices, answer and settle. */
#include "api/invoice_question_resources.h"

#include "api/feedback_resources.h"

enum { ACTOR_MAX = 255 };

static const struct shape_field fields[] = {
    INVOICE_QUESTION_FIELDS,
    {"userId", "Who asked", SHAPE_STR, .offset = INVOICE_QUESTION_AT(user_id),
     .max = LIMIT_USER_ID},
    {"answeredBy", "By whom, as the audit log names them", SHAPE_STR,
     .offset = INVOICE_QUESTION_AT(answered_by), .max = ACTOR_MAX, .flags = SHAPE_NULLABLE},
};
const struct shape invoice_question_record_shape =
    SHAPE("InvoiceQuestionRecord", "What was asked about an invoice, to operators",
          struct invoice_question_out, fields);
static const struct shape_field item = {.kind = SHAPE_OBJECT, .of = &invoice_question_record_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &item, .item_size = sizeof(struct invoice_question_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape invoice_question_records_shape =
    SHAPE("InvoiceQuestionRecords", "A page of what customers asked", struct page, page_fields);

struct query_in {
    struct page_query page; /* first: page_size() reads it */
    struct str user_id;
    int kind, state;
    bool has_kind, has_state;
};
#define AT(member) offsetof(struct query_in, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"userId", "Of this customer only", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"kind", "Of this kind only", SHAPE_ENUM, .offset = AT(kind), .names = invoice_question_kinds,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_kind)},
    {"state", "That stand here only", SHAPE_ENUM, .offset = AT(state),
     .names = invoice_question_states, .flags = SHAPE_OPTIONAL, .is_set = AT(has_state)},
};
#undef AT
const struct shape invoice_question_query_shape =
    SHAPE("InvoiceQuestionQuery", "Which questions", struct query_in, query_fields);

void invoice_questions_admin_list(struct api_request *request) {
    static const struct query_in all = {.page = {.limit = 0}};
    const struct query_in *in = request->query == NULL ? &all : request->query;
    size_t size = page_size(&in->page);
    const struct invoice_question_filter filter = {
        .kind = in->has_kind ? in->kind : -1,
        .state = in->has_state ? in->state : -1,
        .user_id = in->user_id,
        .before = in->page.cursor,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, invoice_questions_search(&tx, &filter, size + 1, &list))) {
        return;
    }
    struct page page = invoice_questions_page(request, &list, size);
    reply_value(request, 200, &invoice_question_records_shape, &page);
}

static void reply_record(struct api_request *request, enum outcome outcome,
                         const struct invoice_question_row *row) {
    if (outcome == OUTCOME_DONE) {
        struct invoice_question_out out = invoice_question_out_of(row);
        reply_value(request, 200, &invoice_question_record_shape, &out);
    } else {
        reply_problem(request, (int)outcome);
    }
}

static const struct shape_field answer_fields[] = {
    {"text", "What the mail says, and the invoice's page", SHAPE_STR, .offset = 0, .min = 1,
     .max = INVOICE_QUESTION_TEXT_MAX, .flags = SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
};
const struct shape invoice_question_answer_shape =
    SHAPE("InvoiceQuestionAnswer", "An answer about an invoice", struct str, answer_fields);

struct answer_in_hand {
    struct invoice_question_answer answer; /* first: `done` hands it back */
    struct api_request *request;
};

static void answered(struct command *command) {
    struct answer_in_hand *hand = (struct answer_in_hand *)command;
    reply_record(hand->request, command->outcome, &hand->answer.row);
}

void invoice_questions_admin_answer(struct api_request *request) {
    struct answer_in_hand *hand = ARENA_NEW(request->arena, struct answer_in_hand);
    struct str text = feedback_trimmed(*(const struct str *)request->body);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (text.len == 0) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/text", "words");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    hand->request = request;
    hand->answer.id = request->values[0];
    hand->answer.text = text;
    hand->answer.arena = request->arena;
    hand->answer.command.done = answered;
    invoice_question_answer(request->api->app, &hand->answer);
}

static const struct shape_field settle_fields[] = {
    {"settlement", "explained: the answer was enough; corrected; withdrawn", SHAPE_ENUM,
     .offset = 0, .names = invoice_question_settlements},
};
const struct shape invoice_question_settle_shape =
    SHAPE("InvoiceQuestionSettle", "How it is settled", int, settle_fields);

struct settle_in_hand {
    struct invoice_question_settle settle; /* first: `done` hands it back */
    struct api_request *request;
};

static void settled(struct command *command) {
    struct settle_in_hand *hand = (struct settle_in_hand *)command;
    reply_record(hand->request, command->outcome, &hand->settle.row);
}

void invoice_questions_admin_settle(struct api_request *request) {
    struct settle_in_hand *hand = ARENA_NEW(request->arena, struct settle_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->settle.id = request->values[0];
    hand->settle.settlement = (enum invoice_question_settlement) * (const int *)request->body;
    hand->settle.arena = request->arena;
    hand->settle.command.done = settled;
    invoice_question_settle(request->api->app, &hand->settle);
}
