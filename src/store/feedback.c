#include "store/feedback.h"

#include "core/feedback.h"
#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

static const char *kind_word(int value) {
    return feedback_kind_name((enum feedback_kind)value);
}
static const char *cause_word(int value) {
    return feedback_cause_name((enum feedback_cause)value);
}
static const char *status_word(int value) {
    return feedback_status_name((enum feedback_status)value);
}
static const char *reason_word(int value) {
    return feedback_reason_name((enum feedback_reason)value);
}
static const char *band_word(int value) {
    return feedback_band_name((enum feedback_band)value);
}
static const struct column_words words_kind = {kind_word, FEEDBACK_KIND_COUNT};
static const struct column_words words_cause = {cause_word, FEEDBACK_CAUSE_COUNT};
static const struct column_words words_status = {status_word, FEEDBACK_STATUS_COUNT};
static const struct column_words words_reason = {reason_word, FEEDBACK_REASON_COUNT};
static const struct column_words words_band = {band_word, FEEDBACK_BAND_COUNT};

#define AT(member) offsetof(struct feedback_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},          {COLUMN_ID, AT(id), NULL},
    {COLUMN_NAMED, AT(kind), &words_kind},     {COLUMN_NAMED, AT(cause), &words_cause},
    {COLUMN_NAMED, AT(status), &words_status}, {COLUMN_TEXT, AT(person_id), NULL},
    {COLUMN_I64_OPT, AT(score), NULL},         {COLUMN_NAMED_OPT, AT(reason), &words_reason},
    {COLUMN_TEXT, AT(comment), NULL},          {COLUMN_TEXT, AT(page), NULL},
    {COLUMN_BOOL, AT(may_reply), NULL},        {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_NAMED, AT(band), &words_band},     {COLUMN_I64, AT(monthly), NULL},
    {COLUMN_TEXT, AT(currency), NULL},         {COLUMN_TEXT, AT(month), NULL},
    {COLUMN_TEXT, AT(themes), NULL},           {COLUMN_TEXT, AT(reply), NULL},
    {COLUMN_TEXT, AT(replied_by), NULL},       {COLUMN_I64_OPT, AT(replied_at), NULL},
    {COLUMN_I64_OPT, AT(closed_at), NULL},     {COLUMN_TEXT, AT(request_key), NULL},
    {COLUMN_I64, AT(created_at), NULL},
};
static const struct row_sealed sealed_members[] = {{AT(comment), FEEDBACK_COMMENT},
                                                   {AT(reply), FEEDBACK_REPLY_TEXT}};
static const struct row_seal seal = {
    .table = &sealed_feedback,
    .user = AT(user_id),
    .id = AT(id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct feedback_row, columns, seal);

/* What feedback_put_status sets, of the row that is named first. */
static const struct column put_columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_TEXT, AT(themes), NULL},
    {COLUMN_TEXT, AT(reply), NULL},
    {COLUMN_TEXT, AT(replied_by), NULL},
    {COLUMN_I64_OPT, AT(replied_at), NULL},
    {COLUMN_I64_OPT, AT(closed_at), NULL},
};
static const struct row_sealed put_members[] = {{AT(reply), FEEDBACK_REPLY_TEXT}};
static const struct row_seal put_seal = {
    .table = &sealed_feedback,
    .user = AT(user_id),
    .id = AT(id),
    .has_record_id = true,
    .members = put_members,
    .count = ARRAY_LEN(put_members),
};
#undef AT
static const struct row_type put_type = ROW_TYPE_SEALED(struct feedback_row, put_columns, put_seal);

struct err feedback_insert(struct tx *tx, const struct feedback_row *row) {
    return row_put(tx, &type, Q_FEEDBACK_INSERT, row);
}

struct err feedback_get(struct tx *tx, struct str id, struct feedback_row *ret_row,
                        bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_FEEDBACK_GET, db_text(id)), ret_row, ret_found);
}

struct err feedback_by_key(struct tx *tx, struct str user_id, struct str key,
                           struct feedback_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_FEEDBACK_BY_KEY, db_text(user_id), db_text(key)), ret_row,
                   ret_found);
}

struct err feedback_put(struct tx *tx, const struct feedback_row *row) {
    return row_put(tx, &put_type, Q_FEEDBACK_PUT_STATUS, row);
}

static struct str word_or_any(const struct column_words *words, int value) {
    return value < 0 ? STR("") : str_from_cstr(words->word(value));
}

static struct str or_newest(struct str before) {
    return before.len > 0 ? before : STR("~");
}

struct err feedback_page(struct tx *tx, const struct feedback_filter *filter, size_t max,
                         struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_FEEDBACK_PAGE, db_text(or_newest(filter->before)),
                              db_text(word_or_any(&words_kind, filter->kind)),
                              db_text(word_or_any(&words_status, filter->status)),
                              db_text(word_or_any(&words_tier, filter->tier)),
                              db_text(word_or_any(&words_reason, filter->reason)),
                              db_text(filter->user_id), db_text(filter->theme),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err feedback_of_customer(struct tx *tx, struct str user_id, struct str before, size_t max,
                                struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_FEEDBACK_OF_CUSTOMER, db_text(user_id), db_text(or_newest(before)),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

static const struct column said_columns[] = {
    {COLUMN_I64, offsetof(struct feedback_said, count), NULL},
    {COLUMN_I64_OPT, offsetof(struct feedback_said, first_at), NULL},
};
static const struct row_type said_type = ROW_TYPE(struct feedback_said, said_columns);
static const struct column instant_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type instant_type = ROW_TYPE(int64_t, instant_columns);

struct err feedback_said_since(struct tx *tx, struct str user_id, int64_t since,
                               struct feedback_said *ret_said) {
    bool is_found = false;
    return row_get(tx, &said_type,
                   ROW_QUERY(Q_FEEDBACK_SAID_SINCE, db_text(user_id), db_i64(since)), ret_said,
                   &is_found);
}

struct err feedback_last_score(struct tx *tx, struct str user_id, int64_t *ret_at) {
    bool is_found = false;
    return row_get(tx, &instant_type, ROW_QUERY(Q_FEEDBACK_LAST_SCORE, db_text(user_id)), ret_at,
                   &is_found);
}

/* --- what is heard in it --- */

struct err feedback_theme_put(struct tx *tx, const struct feedback_row *row, struct str theme) {
    return row_change(tx, ROW_QUERY(Q_FEEDBACK_THEME_PUT, db_text(row->user_id),
                                    db_text(id_str(&row->id)), db_text(theme),
                                    db_i64(row->created_at)));
}

struct err feedback_themes_drop(struct tx *tx, const struct feedback_row *row) {
    return row_change(
        tx, ROW_QUERY(Q_FEEDBACK_THEME_DROP, db_text(row->user_id), db_text(id_str(&row->id))));
}

struct err feedback_theme_is_heard(struct tx *tx, struct str theme, bool *ret_is) {
    static const struct column one_columns[] = {{COLUMN_I64, 0, NULL}};
    static const struct row_type one_type = ROW_TYPE(int64_t, one_columns);
    int64_t one = 0;
    return row_get(tx, &one_type, ROW_QUERY(Q_FEEDBACK_THEME_IS_HEARD, db_text(theme)), &one,
                   ret_is);
}

static const char *roadmap_word(int value) {
    return roadmap_name((enum roadmap)value);
}
static const struct column_words words_roadmap = {roadmap_word, ROADMAP_COUNT};

#define AT(member) offsetof(struct roadmap_link_row, member)
static const struct column roadmap_columns[] = {
    {COLUMN_TEXT, AT(theme), NULL},     {COLUMN_TEXT, AT(title), NULL},
    {COLUMN_TEXT, AT(url), NULL},       {COLUMN_NAMED, AT(status), &words_roadmap},
    {COLUMN_TEXT, AT(linked_by), NULL}, {COLUMN_I64, AT(linked_at), NULL},
};
#undef AT
static const struct row_type roadmap_type = ROW_TYPE(struct roadmap_link_row, roadmap_columns);

struct err roadmap_link_put(struct tx *tx, const struct roadmap_link_row *row) {
    return row_put(tx, &roadmap_type, Q_ROADMAP_LINK_PUT, row);
}

struct err roadmap_link_get(struct tx *tx, struct str theme, struct roadmap_link_row *ret_row,
                            bool *ret_found) {
    return row_get(tx, &roadmap_type, ROW_QUERY(Q_ROADMAP_LINK_GET, db_text(theme)), ret_row,
                   ret_found);
}

struct err roadmap_link_list(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &roadmap_type, ROW_QUERY(Q_ROADMAP_LINK_LIST, db_i64((int64_t)max)), max,
                    ret_list);
}

struct err roadmap_link_drop(struct tx *tx, struct str theme) {
    return row_change(tx, ROW_QUERY(Q_ROADMAP_LINK_DROP, db_text(theme)));
}

#define AT(member) offsetof(struct feedback_theme_sum, member)
static const struct column theme_columns[] = {
    {COLUMN_TEXT, AT(theme), NULL},  {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(pieces), NULL},  {COLUMN_I64, AT(customers), NULL},
    {COLUMN_I64, AT(monthly), NULL}, {COLUMN_I64, AT(first_at), NULL},
    {COLUMN_I64, AT(last_at), NULL},
};
#undef AT
static const struct row_type theme_type = ROW_TYPE(struct feedback_theme_sum, theme_columns);

struct err feedback_theme_sums(struct tx *tx, const struct feedback_span *span, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &theme_type,
                    ROW_QUERY(Q_FEEDBACK_THEME_SUMS, db_i64(span->from), db_i64(span->until),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

#define AT(member) offsetof(struct feedback_score_sum, member)
static const struct column score_columns[] = {
    {COLUMN_TEXT, AT(part), NULL},
    {COLUMN_I64, AT(promoters), NULL},
    {COLUMN_I64, AT(passives), NULL},
    {COLUMN_I64, AT(detractors), NULL},
};
#undef AT
static const struct row_type score_type = ROW_TYPE(struct feedback_score_sum, score_columns);

struct err feedback_scores(struct tx *tx, struct str by, const struct feedback_span *span,
                           size_t max, struct row_list *ret_list) {
    return row_list(tx, &score_type,
                    ROW_QUERY(Q_FEEDBACK_SCORES, db_text(by), db_i64(span->from),
                              db_i64(span->until), db_i64((int64_t)max)),
                    max, ret_list);
}

#define AT(member) offsetof(struct feedback_reason_sum, member)
static const struct column reason_columns[] = {
    {COLUMN_TEXT, AT(month), NULL},  {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_TEXT, AT(reason), NULL}, {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(count), NULL},   {COLUMN_I64, AT(monthly), NULL},
};
#undef AT
static const struct row_type reason_type = ROW_TYPE(struct feedback_reason_sum, reason_columns);

struct err feedback_reason_sums(struct tx *tx, const struct feedback_span *span, size_t max,
                                struct row_list *ret_list) {
    return row_list(tx, &reason_type,
                    ROW_QUERY(Q_FEEDBACK_REASON_SUMS, db_i64(span->from), db_i64(span->until),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

/* --- what is asked --- */

#define AT(member) offsetof(struct feedback_question_row, member)
static const struct column question_columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},        {COLUMN_ID, AT(id), NULL},
    {COLUMN_NAMED, AT(cause), &words_cause}, {COLUMN_TEXT, AT(asked_by), NULL},
    {COLUMN_I64, AT(occasion_at), NULL},     {COLUMN_I64_OPT, AT(asked_at), NULL},
    {COLUMN_I64_OPT, AT(ended_at), NULL},
};
#undef AT
static const struct row_type question_type =
    ROW_TYPE(struct feedback_question_row, question_columns);

struct err feedback_question_insert(struct tx *tx, const struct feedback_question_row *row) {
    return row_put(tx, &question_type, Q_FEEDBACK_QUESTION_INSERT, row);
}

struct err feedback_question_open(struct tx *tx, struct str user_id,
                                  struct feedback_question_row *ret_row, bool *ret_found) {
    return row_get(tx, &question_type, ROW_QUERY(Q_FEEDBACK_QUESTION_OPEN, db_text(user_id)),
                   ret_row, ret_found);
}

struct err feedback_question_asked(struct tx *tx, const struct feedback_question_row *row,
                                   int64_t at) {
    return row_change(tx, ROW_QUERY(Q_FEEDBACK_QUESTION_ASKED, db_text(row->user_id),
                                    db_text(id_str(&row->id)), db_i64(at)));
}

struct err feedback_question_last(struct tx *tx, struct str user_id, struct str but,
                                  int64_t *ret_at) {
    bool is_found = false;
    return row_get(tx, &instant_type,
                   ROW_QUERY(Q_FEEDBACK_QUESTION_LAST, db_text(user_id), db_text(but)), ret_at,
                   &is_found);
}

struct err feedback_questions_end(struct tx *tx, struct str user_id, int64_t at) {
    return row_change(tx, ROW_QUERY(Q_FEEDBACK_QUESTION_END, db_text(user_id), db_i64(at)));
}
