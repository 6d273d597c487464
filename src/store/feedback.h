/* What customers say, what operators make of it, and what customers are asked. */
#ifndef STORE_FEEDBACK_H
#define STORE_FEEDBACK_H

#include "store/row.h"

#define FEEDBACK_ID_KIND "fdbk"       /* of the ids of what is said */
#define FEEDBACK_QUESTION_KIND "ques" /* and of what is asked */

struct feedback_row {
    struct str user_id;
    struct record_id id;
    int kind, cause, status; /* enums of core/feedback.h */
    struct str person_id;    /* who said it; empty: the platform, for them */
    int64_t score;           /* 0..10, or ROW_NONE */
    int reason;              /* enum feedback_reason; -1: none */
    struct str comment;      /* in their words; may be empty */
    struct str page;         /* "/billing/usage"; empty: none */
    bool may_reply;          /* a mail may answer it */
    int tier, band;
    int64_t monthly; /* what the customer brought in a month, minor units */
    struct str currency;
    struct str month;  /* "2026-03", UTC */
    struct str themes; /* with blanks between */
    struct str reply, replied_by;
    int64_t replied_at, closed_at; /* or ROW_NONE */
    struct str request_key;        /* its Idempotency-Key; may be empty */
    int64_t created_at;
};
MUST_USE struct err feedback_insert(struct tx *tx, const struct feedback_row *row);
MUST_USE struct err feedback_get(struct tx *tx, struct str id, struct feedback_row *ret_row,
                                 bool *ret_found);
MUST_USE struct err feedback_by_key(struct tx *tx, struct str user_id, struct str key,
                                    struct feedback_row *ret_row, bool *ret_found);
/* Status, themes, reply and their instants. */
MUST_USE struct err feedback_put(struct tx *tx, const struct feedback_row *row);

struct feedback_filter {
    int kind, status, tier, reason; /* -1: any */
    struct str user_id, theme;      /* empty: any */
    struct str before;              /* the id that the page follows; empty: the newest */
};
/* The newest first; items are struct feedback_row. */
MUST_USE struct err feedback_page(struct tx *tx, const struct feedback_filter *filter, size_t max,
                                  struct row_list *ret_list);
MUST_USE struct err feedback_of_customer(struct tx *tx, struct str user_id, struct str before,
                                         size_t max, struct row_list *ret_list);

struct feedback_said {
    int64_t count, first_at; /* first_at: or ROW_NONE */
};
/* Later than `since`; why they left does not count. */
MUST_USE struct err feedback_said_since(struct tx *tx, struct str user_id, int64_t since,
                                        struct feedback_said *ret_said);
/* Or ROW_NONE. */
MUST_USE struct err feedback_last_score(struct tx *tx, struct str user_id, int64_t *ret_at);

/* --- what is heard in it --- */

MUST_USE struct err feedback_theme_put(struct tx *tx, const struct feedback_row *row,
                                       struct str theme);
MUST_USE struct err feedback_themes_drop(struct tx *tx, const struct feedback_row *row);

/* [from, until) */
struct feedback_span {
    int64_t from, until;
};
struct feedback_theme_sum {
    struct str theme, currency;
    int64_t pieces, customers;
    int64_t monthly; /* of each customer once, minor units */
    int64_t first_at, last_at;
};
MUST_USE struct err feedback_theme_sums(struct tx *tx, const struct feedback_span *span, size_t max,
                                        struct row_list *ret_list);

/* Whether anything that was said has it. */
MUST_USE struct err feedback_theme_is_heard(struct tx *tx, struct str theme, bool *ret_is);

/* --- where it leads --- */

struct roadmap_link_row {
    struct str theme, title, url;
    int status; /* enum roadmap of core/feedback.h */
    struct str linked_by;
    int64_t linked_at;
};
MUST_USE struct err roadmap_link_put(struct tx *tx, const struct roadmap_link_row *row);
MUST_USE struct err roadmap_link_get(struct tx *tx, struct str theme,
                                     struct roadmap_link_row *ret_row, bool *ret_found);
/* By theme. */
MUST_USE struct err roadmap_link_list(struct tx *tx, size_t max, struct row_list *ret_list);
MUST_USE struct err roadmap_link_drop(struct tx *tx, struct str theme);

struct feedback_score_sum {
    struct str part;
    int64_t promoters, passives, detractors;
};
/* `by`: plan, month, cause, band or all. */
MUST_USE struct err feedback_scores(struct tx *tx, struct str by, const struct feedback_span *span,
                                    size_t max, struct row_list *ret_list);

struct feedback_reason_sum {
    struct str month;
    int tier;
    struct str reason; /* empty: none was given */
    struct str currency;
    int64_t count, monthly;
};
MUST_USE struct err feedback_reason_sums(struct tx *tx, const struct feedback_span *span,
                                         size_t max, struct row_list *ret_list);

/* --- what is asked --- */

struct feedback_question_row {
    struct str user_id;
    struct record_id id;
    int cause;           /* enum feedback_cause */
    struct str asked_by; /* of a demand: as the audit log names them */
    int64_t occasion_at;
    int64_t asked_at, ended_at; /* or ROW_NONE */
};
MUST_USE struct err feedback_question_insert(struct tx *tx,
                                             const struct feedback_question_row *row);
/* The newest that nobody has ended. */
MUST_USE struct err feedback_question_open(struct tx *tx, struct str user_id,
                                           struct feedback_question_row *ret_row, bool *ret_found);
MUST_USE struct err feedback_question_asked(struct tx *tx, const struct feedback_question_row *row,
                                            int64_t at);
/* When a question other than `but` was last put; ROW_NONE. */
MUST_USE struct err feedback_question_last(struct tx *tx, struct str user_id, struct str but,
                                           int64_t *ret_at);
MUST_USE struct err feedback_questions_end(struct tx *tx, struct str user_id, int64_t at);

#endif
