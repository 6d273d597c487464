/* What goes when somebody is forgotten, but for the keys that their other rows are sealed under
 * (keyring_destroy). What the law wants kept stays: invoices, payments, the audit log. */
#ifndef STORE_ERASURE_H
#define STORE_ERASURE_H

#include "store/row.h"

/* A statement for everything of one kind, and what it is called in a certificate. */
struct erasure_step {
    const char *what; /* "sessions" */
    int statement;
};
enum { ERASURE_STEPS_MAX = 32 };

/* How many rows of each kind went, in the order of the steps. */
struct erasure_counts {
    const struct erasure_step *steps;
    size_t count;
    int64_t rows[ERASURE_STEPS_MAX];
};
/* Of a customer; their people are erased before, by those who know who has another place. */
MUST_USE struct err erase_rows_of_customer(struct tx *tx, struct str user_id,
                                           struct erasure_counts *ret_counts);
/* Of a person, wherever they are. */
MUST_USE struct err erase_rows_of_person(struct tx *tx, struct str person_id,
                                         struct erasure_counts *ret_counts);
/* What is theirs as a subject of requests: choices and files. */
MUST_USE struct err erase_rows_of_subject(struct tx *tx, struct str subject);
/* Where somebody came from, by a reference of the audit log's. */
MUST_USE struct err erase_origin(struct tx *tx, struct str user_id, struct str reference);

/* --- in a copy of before --- */

/* Whose own key was destroyed: a customer, or sealed_member() of a person. */
struct erased_key_row {
    struct str subject;
    int64_t at;
};
/* In order, after `after`; items are struct erased_key_row. */
MUST_USE struct err erased_keys(struct tx *tx, struct str after, size_t max,
                                struct row_list *ret_list);
/* Whether the person has a row; no key is needed to see that. */
MUST_USE struct err person_is_there(struct tx *tx, struct str person_id, bool *ret_is);
/* What was written to single people, whose keys these mails are not sealed under. */
MUST_USE struct err erase_personal_mails(struct tx *tx);
/* All that was written to one, under whose own key it is. */
MUST_USE struct err erase_mails_under(struct tx *tx, struct str user_id);
/* Stand-ins of addresses that nothing is sent to, in order after `after`; items are struct str. */
MUST_USE struct err suppressed_indexes(struct tx *tx, struct str after, size_t max,
                                       struct row_list *ret_list);
MUST_USE struct err suppressed_index_put(struct tx *tx, struct str index);
MUST_USE struct err suppressed_index_has(struct tx *tx, struct str index, bool *ret_has);
MUST_USE struct err suppressed_index_delete(struct tx *tx, struct str index);

#endif
