/* The shapes that several resources share: money, periods, limits, features. They lie over the
 * structs of core, so that nothing is copied to be shown. */
#ifndef API_SHAPES_H
#define API_SHAPES_H

#include "base/shape.h"
#include "core/catalogue.h"

/* What text may a `userId` consist of: everything printable but blanks. Our ids, Stripe's ids. */
#define TEXT_TOKEN                                                                                 \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"                               \
    "!#$%&'()*+,-./:;<=>?@[]^_{|}~"

/* The first byte that is none of TEXT_TOKEN's. */
const char *token_end(const char *at, const char *end);
static inline bool text_is_token(struct str text) {
    return text.len == 0 || token_end(text.bytes, text.bytes + text.len) == text.bytes + text.len;
}

extern const struct shape money_shape;  /* struct money */
extern const struct shape period_shape; /* struct period */
extern const struct shape limits_shape; /* struct limit[METRIC_COUNT] */

/* `n | "unlimited" | "contract" | null` over a struct limit. */
extern const struct shape_custom limit_amount;

/* Every feature of the catalogue with whether it is in the set. */
struct features_view {
    const struct catalogue *catalogue;
    struct feature_set set;
};
extern const struct shape_custom features_custom;

/* NULL-terminated, indexed by their enums. */
extern const char *const tier_names[];
extern const char *const interval_names[];
extern const char *const metric_names[];

/* What every list takes: how many, and where the page before ended. */
struct page_query {
    int64_t limit; /* 0: not given */
    struct str cursor;
};
extern const struct shape page_query_shape;
enum { PAGE_DEFAULT = 20 };
/* The number of rows of the page. */
size_t page_size(const struct page_query *query);

/* What operators' lists take: the same, and whose rows, and where they stand. */
struct record_query {
    struct page_query page; /* first: page_size() reads it */
    struct str user_id;
    int status;
    bool has_status;
};
#define RECORD_QUERY_FIELDS(words)                                                                 \
    {"limit",                                                                                      \
     "At most so many",                                                                            \
     SHAPE_I64,                                                                                    \
     .offset = offsetof(struct record_query, page.limit),                                          \
     .min = 1,                                                                                     \
     .max = LIMIT_PAGE,                                                                            \
     .flags = SHAPE_OPTIONAL},                                                                     \
        {"cursor",                                                                                 \
         "nextCursor of the page before",                                                          \
         SHAPE_STR,                                                                                \
         .offset = offsetof(struct record_query, page.cursor),                                     \
         .min = 1,                                                                                 \
         .max = 128,                                                                               \
         .allowed = TEXT_TOKEN,                                                                    \
         .flags = SHAPE_OPTIONAL},                                                                 \
        {"userId",                                                                                 \
         "About this customer only",                                                               \
         SHAPE_STR,                                                                                \
         .offset = offsetof(struct record_query, user_id),                                         \
         .min = 1,                                                                                 \
         .max = LIMIT_USER_ID,                                                                     \
         .allowed = TEXT_TOKEN,                                                                    \
         .flags = SHAPE_OPTIONAL},                                                                 \
    {                                                                                              \
        "status", "That stand here only", SHAPE_ENUM,                                              \
            .offset = offsetof(struct record_query, status), .names = (words),                     \
            .flags = SHAPE_OPTIONAL, .is_set = offsetof(struct record_query, has_status)           \
    }

/* What every list gives. */
struct page {
    struct shape_list data;
    struct str next_cursor; /* bytes NULL: this is the last page */
};
/* The member `nextCursor` of struct page. */
#define PAGE_CURSOR_FIELD                                                                          \
    {                                                                                              \
        "nextCursor", "Give it as `cursor` for the next page; null on the last", SHAPE_STR,        \
            .offset = offsetof(struct page, next_cursor), .max = 128, .flags = SHAPE_NULLABLE      \
    }

#endif
