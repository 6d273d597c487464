/* /api/billing/invoices/:id/questions: what a customer asks about an invoice, or disputes of it. */
#include "api/invoice_question_resources.h"

#include "api/billing_resources.h"
#include "api/feedback_resources.h"
#include "api/resources.h"
#include "app/invoice.h"
#include "base/rfc3339.h"

const char *const invoice_question_kinds[] = {"question", "dispute", NULL};
const char *const invoice_question_states[] = {"open", "answered", "settled", NULL};
const char *const invoice_question_settlements[] = {"explained", "corrected", "withdrawn", NULL};

static const struct shape_field fields[] = {INVOICE_QUESTION_FIELDS};
const struct shape invoice_question_shape = SHAPE(
    "InvoiceQuestion", "What was asked about an invoice", struct invoice_question_out, fields);
static const struct shape_field item = {.kind = SHAPE_OBJECT, .of = &invoice_question_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &item, .item_size = sizeof(struct invoice_question_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape invoice_questions_shape =
    SHAPE("InvoiceQuestions", "A page of what was asked", struct page, page_fields);

struct invoice_question_out invoice_question_out_of(const struct invoice_question_row *row) {
    return (struct invoice_question_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .invoice_id = row->invoice_id,
        .words = text_or_null(row->words),
        .answer = text_or_null(row->answer),
        .answered_by = text_or_null(row->answered_by),
        .reference = text_or_null(row->reference),
        .kind = row->kind,
        .state = row->state,
        .settlement = row->settlement,
        .line = row->line,
        .created_at = row->created_at,
        .answered_at = row->answered_at,
        .settled_at = row->settled_at,
        .has_line = row->line != ROW_NONE,
        .is_answered = row->answered_at != ROW_NONE,
        .is_settled = row->settled_at != ROW_NONE,
    };
}

struct page invoice_questions_page(struct api_request *request, const struct row_list *list,
                                   size_t size) {
    const struct invoice_question_row *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    struct invoice_question_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = invoice_question_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list->count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    return page;
}

void invoice_questions_list(struct api_request *request) {
    const struct page_query *query = request->query;
    const struct invoice_question_of of = {request->user_id, request->values[0]};
    size_t size = page_size(query);
    struct invoice_row invoice;
    struct tx tx = request_read(request);
    struct row_list list;
    if (!find_invoice(request, &invoice) ||
        reply_if_failed(request,
                        invoice_questions_read(&tx, &of, query == NULL ? STR("") : query->cursor,
                                               size + 1, &list))) {
        return;
    }
    struct page page = invoice_questions_page(request, &list, size);
    reply_value(request, 200, &invoice_questions_shape, &page);
}

/* --- asking --- */

struct question_in {
    struct str words;
    int kind;
    int64_t line;
    bool has_line;
};
#define AT(member) offsetof(struct question_in, member)
static const struct shape_field in_fields[] = {
    {"kind", "question; dispute: an amount is not agreed to", SHAPE_ENUM, .offset = AT(kind),
     .names = invoice_question_kinds},
    {"line", "From 1 on; not given: the whole invoice", SHAPE_I64, .offset = AT(line), .min = 1,
     .max = INT32_MAX, .flags = SHAPE_OPTIONAL, .is_set = AT(has_line)},
    {"words", "In the customer's words", SHAPE_STR, .offset = AT(words), .min = 1,
     .max = INVOICE_QUESTION_TEXT_MAX, .flags = SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
};
#undef AT
const struct shape invoice_question_in_shape =
    SHAPE("InvoiceQuestionAdd", "What is to be asked", struct question_in, in_fields);

struct ask_in_hand {
    struct invoice_question_ask ask; /* first: `done` hands it back */
    struct api_request *request;
};

static void asked(struct command *command) {
    struct ask_in_hand *hand = (struct ask_in_hand *)command;
    enum outcome outcome = command->outcome;
    char text[RFC3339_SIZE];
    if (outcome == OUTCOME_CREATED) {
        struct invoice_question_out out = invoice_question_out_of(&hand->ask.row);
        reply_value(hand->request, 201, &invoice_question_shape, &out);
    } else if (outcome == OUTCOME_QUESTION_TOO_OFTEN) {
        rfc3339_format(hand->ask.not_before.ms, text);
        reply_problem_detail(hand->request, (int)outcome,
                             arena_printf(hand->request->arena, "%s The next is taken from %s on.",
                                          outcome_text(outcome), text));
    } else {
        reply_problem(hand->request, (int)outcome);
    }
}

void invoice_questions_add(struct api_request *request) {
    const struct question_in *in = request->body;
    struct ask_in_hand *hand = ARENA_NEW(request->arena, struct ask_in_hand);
    struct str words = feedback_trimmed(in->words);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (words.len == 0) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/words", "words");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    hand->request = request;
    hand->ask.row = (struct invoice_question_row){
        .user_id = request->user_id,
        .invoice_id = request->values[0],
        .person_id = request->has_session ? request->session.person_id : STR(""),
        .kind = in->kind,
        .line = in->has_line ? in->line : ROW_NONE,
        .words = words,
        .request_key = request->idempotency_key,
    };
    hand->ask.arena = request->arena;
    hand->ask.command.done = asked;
    invoice_question_ask(request->api->app, &hand->ask);
}
