/* Breaches of personal data, and who is affected by one. */
#ifndef STORE_BREACH_H
#define STORE_BREACH_H

#include "store/row.h"

struct breach_row {
    struct record_id id;
    struct str title, description; /* sealed */
    struct str categories;         /* words with blanks between */
    int64_t known_at, due_at;
    int64_t remind_at; /* or ROW_NONE */
    struct str created_by;
    int64_t created_at;
    struct str closed_by;
    int64_t closed_at, authority_told_at; /* or ROW_NONE */
    struct str authority_reference;       /* sealed */
    int64_t people_told_at;               /* or ROW_NONE */
    struct str conclusion;                /* sealed */
};
MUST_USE struct err breach_put(struct tx *tx, const struct breach_row *row);
MUST_USE struct err breach_get(struct tx *tx, struct str id, struct breach_row *ret_row,
                               bool *ret_found);
/* The newest first, before the id `before`. */
MUST_USE struct err breach_page(struct tx *tx, struct str before, size_t max,
                                struct row_list *ret_list);
/* Those of which somebody is to be reminded, the most pressing first. */
MUST_USE struct err breach_reminding(struct tx *tx, size_t max, struct row_list *ret_list);

/* How somebody can be affected. */
enum breach_reach {
    BREACH_ALL,      /* everybody who was here by then */
    BREACH_ACTOR,    /* for whom an API key or a person acted, by the audit log */
    BREACH_KEK,      /* whose keys are wrapped under this one */
    BREACH_INVOICES, /* who has rows of a kind */
    BREACH_MAILS,
    BREACH_PAYMENT_METHODS,
    BREACH_ORIGINS,
    BREACH_REACH_COUNT,
};
struct breach_query {
    enum breach_reach reach;
    struct str of;    /* the actor's id, the key's name; else empty */
    int64_t from, to; /* milliseconds UTC, both included */
    struct str after; /* customers' ids in order, after this one */
};
struct breach_affected {
    struct str user_id;
};
MUST_USE struct err breach_affected_page(struct tx *tx, const struct breach_query *query,
                                         size_t max, struct row_list *ret_list);

#endif
