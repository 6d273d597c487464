#include "store/invoice_question.h"

#include "core/invoice_question.h"
#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

static const char *kind_word(int value) {
    return invoice_question_kind_name((enum invoice_question_kind)value);
}
static const char *state_word(int value) {
    return invoice_question_state_name((enum invoice_question_state)value);
}
static const char *settlement_word(int value) {
    return invoice_question_settlement_name((enum invoice_question_settlement)value);
}
static const struct column_words words_kind = {kind_word, INVOICE_QUESTION_KIND_COUNT};
static const struct column_words words_state = {state_word, INVOICE_QUESTION_STATE_COUNT};
static const struct column_words words_settlement = {settlement_word,
                                                     INVOICE_QUESTION_SETTLEMENT_COUNT};

#define AT(member) offsetof(struct invoice_question_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},        {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(invoice_id), NULL},     {COLUMN_NAMED, AT(kind), &words_kind},
    {COLUMN_NAMED, AT(state), &words_state}, {COLUMN_NAMED_OPT, AT(settlement), &words_settlement},
    {COLUMN_TEXT, AT(reference), NULL},      {COLUMN_I64_OPT, AT(line), NULL},
    {COLUMN_TEXT, AT(person_id), NULL},      {COLUMN_TEXT, AT(words), NULL},
    {COLUMN_TEXT, AT(answer), NULL},         {COLUMN_TEXT, AT(answered_by), NULL},
    {COLUMN_I64_OPT, AT(answered_at), NULL}, {COLUMN_I64_OPT, AT(settled_at), NULL},
    {COLUMN_TEXT, AT(request_key), NULL},    {COLUMN_I64, AT(created_at), NULL},
};
static const struct row_sealed sealed_members[] = {{AT(words), INVOICE_QUESTIONS_WORDS},
                                                   {AT(answer), INVOICE_QUESTIONS_ANSWER}};
static const struct row_seal seal = {
    .table = &sealed_invoice_questions,
    .user = AT(user_id),
    .id = AT(id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct invoice_question_row, columns, seal);

/* What invoice_question_put_state sets, of the row that is named first. */
static const struct column put_columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},        {COLUMN_ID, AT(id), NULL},
    {COLUMN_NAMED, AT(state), &words_state}, {COLUMN_NAMED_OPT, AT(settlement), &words_settlement},
    {COLUMN_TEXT, AT(reference), NULL},      {COLUMN_TEXT, AT(answer), NULL},
    {COLUMN_TEXT, AT(answered_by), NULL},    {COLUMN_I64_OPT, AT(answered_at), NULL},
    {COLUMN_I64_OPT, AT(settled_at), NULL},
};
static const struct row_sealed put_members[] = {{AT(answer), INVOICE_QUESTIONS_ANSWER}};
static const struct row_seal put_seal = {
    .table = &sealed_invoice_questions,
    .user = AT(user_id),
    .id = AT(id),
    .has_record_id = true,
    .members = put_members,
    .count = ARRAY_LEN(put_members),
};
#undef AT
static const struct row_type put_type =
    ROW_TYPE_SEALED(struct invoice_question_row, put_columns, put_seal);

#define AT(member) offsetof(struct invoice_question_sum, member)
static const struct column sum_columns[] = {{COLUMN_I64, AT(count), NULL},
                                            {COLUMN_I64_OPT, AT(first_at), NULL}};
#undef AT
static const struct row_type sum_type = ROW_TYPE(struct invoice_question_sum, sum_columns);

struct err invoice_question_insert(struct tx *tx, const struct invoice_question_row *row) {
    return row_put(tx, &type, Q_INVOICE_QUESTION_INSERT, row);
}

struct err invoice_question_get(struct tx *tx, struct str id, struct invoice_question_row *ret_row,
                                bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_INVOICE_QUESTION_GET, db_text(id)), ret_row, ret_found);
}

struct err invoice_question_by_key(struct tx *tx, struct str user_id, struct str key,
                                   struct invoice_question_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_INVOICE_QUESTION_BY_KEY, db_text(user_id), db_text(key)),
                   ret_row, ret_found);
}

struct err invoice_question_put(struct tx *tx, const struct invoice_question_row *row) {
    return row_put(tx, &put_type, Q_INVOICE_QUESTION_PUT_STATE, row);
}

static struct str word_or_any(const struct column_words *words, int value) {
    return value < 0 ? STR("") : str_from_cstr(words->word(value));
}

static struct str or_newest(struct str before) {
    return before.len > 0 ? before : STR("~");
}

struct err invoice_question_page(struct tx *tx, const struct invoice_question_filter *filter,
                                 size_t max, struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_INVOICE_QUESTION_PAGE, db_text(or_newest(filter->before)),
                              db_text(word_or_any(&words_kind, filter->kind)),
                              db_text(word_or_any(&words_state, filter->state)),
                              db_text(filter->user_id), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err invoice_question_list(struct tx *tx, const struct invoice_question_of *of,
                                 struct str before, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_INVOICE_QUESTION_OF_INVOICE, db_text(of->user_id),
                              db_text(of->invoice_id), db_text(or_newest(before)),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err invoice_question_unsettled(struct tx *tx, const struct invoice_question_of *of,
                                      struct invoice_question_sum *ret_sum) {
    bool is_found = false;
    return row_get(
        tx, &sum_type,
        ROW_QUERY(Q_INVOICE_QUESTION_UNSETTLED, db_text(of->user_id), db_text(of->invoice_id)),
        ret_sum, &is_found);
}

struct err invoice_question_since(struct tx *tx, struct str user_id, int64_t since,
                                  struct invoice_question_sum *ret_sum) {
    bool is_found = false;
    return row_get(tx, &sum_type,
                   ROW_QUERY(Q_INVOICE_QUESTION_SINCE, db_text(user_id), db_i64(since)), ret_sum,
                   &is_found);
}
