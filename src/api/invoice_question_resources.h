/* The handlers and shapes of questions about invoices; as api/resources.h. */
#ifndef API_INVOICE_QUESTION_RESOURCES_H
#define API_INVOICE_QUESTION_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/invoice_question.h"

/* invoice_questions.c: of customers */
void invoice_questions_list(struct api_request *request);
void invoice_questions_add(struct api_request *request);
extern const struct shape invoice_question_shape, invoice_questions_shape,
    invoice_question_in_shape;
extern const char *const invoice_question_kinds[], *const invoice_question_states[],
                                                       *const invoice_question_settlements[];

struct invoice_question_out {
    struct str id, user_id, invoice_id, words, answer, answered_by, reference;
    int kind, state, settlement;
    int64_t line, created_at, answered_at, settled_at;
    bool has_line, is_answered, is_settled;
};
struct invoice_question_out invoice_question_out_of(const struct invoice_question_row *row);
/* At most `size` of the rows, of which one more was asked for. */
struct page invoice_questions_page(struct api_request *request, const struct row_list *list,
                                   size_t size);

/* invoice_questions_admin.c: of operators */
void invoice_questions_admin_list(struct api_request *request);
void invoice_questions_admin_answer(struct api_request *request);
void invoice_questions_admin_settle(struct api_request *request);
extern const struct shape invoice_question_record_shape, invoice_question_records_shape,
    invoice_question_query_shape, invoice_question_answer_shape, invoice_question_settle_shape;

/* The fields that customers and operators see alike. */
#define INVOICE_QUESTION_AT(member) offsetof(struct invoice_question_out, member)
#define INVOICE_QUESTION_FIELDS                                                                    \
    {"id", "Ours", SHAPE_STR, .offset = INVOICE_QUESTION_AT(id), .max = LIMIT_RECORD_ID},          \
        {"invoiceId", "What it is about", SHAPE_STR, .offset = INVOICE_QUESTION_AT(invoice_id),    \
         .max = LIMIT_RECORD_ID},                                                                  \
        {"kind", "question; dispute: an amount is not agreed to", SHAPE_ENUM,                      \
         .offset = INVOICE_QUESTION_AT(kind), .names = invoice_question_kinds},                    \
        {"state", "open, answered, or settled", SHAPE_ENUM, .offset = INVOICE_QUESTION_AT(state),  \
         .names = invoice_question_states},                                                        \
        {"line",                                                                                   \
         "From 1 on; null: the whole invoice",                                                     \
         SHAPE_I64,                                                                                \
         .offset = INVOICE_QUESTION_AT(line),                                                      \
         .flags = SHAPE_NULLABLE,                                                                  \
         .is_set = INVOICE_QUESTION_AT(has_line)},                                                 \
        {"words",                                                                                  \
         "In the customer's words",                                                                \
         SHAPE_STR,                                                                                \
         .offset = INVOICE_QUESTION_AT(words),                                                     \
         .max = INVOICE_QUESTION_TEXT_MAX,                                                         \
         .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},                                               \
        {"answer",                                                                                 \
         "What was answered",                                                                      \
         SHAPE_STR,                                                                                \
         .offset = INVOICE_QUESTION_AT(answer),                                                    \
         .max = INVOICE_QUESTION_TEXT_MAX,                                                         \
         .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},                                               \
        {"answeredAt",                                                                             \
         "When",                                                                                   \
         SHAPE_INSTANT,                                                                            \
         .offset = INVOICE_QUESTION_AT(answered_at),                                               \
         .flags = SHAPE_NULLABLE,                                                                  \
         .is_set = INVOICE_QUESTION_AT(is_answered)},                                              \
        {"settlement",                                                                             \
         "explained, corrected or withdrawn",                                                      \
         SHAPE_ENUM,                                                                               \
         .offset = INVOICE_QUESTION_AT(settlement),                                                \
         .names = invoice_question_settlements,                                                    \
         .flags = SHAPE_NULLABLE,                                                                  \
         .is_set = INVOICE_QUESTION_AT(is_settled)},                                               \
        {"reference",                                                                              \
         "The correction or the credit note that put it right",                                    \
         SHAPE_STR,                                                                                \
         .offset = INVOICE_QUESTION_AT(reference),                                                 \
         .max = LIMIT_RECORD_ID,                                                                   \
         .flags = SHAPE_NULLABLE},                                                                 \
        {"settledAt",                                                                              \
         "When",                                                                                   \
         SHAPE_INSTANT,                                                                            \
         .offset = INVOICE_QUESTION_AT(settled_at),                                                \
         .flags = SHAPE_NULLABLE,                                                                  \
         .is_set = INVOICE_QUESTION_AT(is_settled)},                                               \
    {                                                                                              \
        "createdAt", "When it was asked", SHAPE_INSTANT, .offset = INVOICE_QUESTION_AT(created_at) \
    }

#endif
