/* What is kept of a customer, or of a person, as it is given to them: kinds of rows, each with the
 * columns that are theirs to have, read a page at a time.
 *
 * One table says what stands in which file; app/export_file.h writes it as JSON and as CSV, and
 * describes it. A row has only what is about whose data it is: of other people their roles. */
#ifndef STORE_EXPORT_H
#define STORE_EXPORT_H

#include "store/row.h"

enum export_kind {
    EXPORT_TEXT,
    EXPORT_WHOLE,
    EXPORT_FLAG,    /* 0 or 1 */
    EXPORT_INSTANT, /* milliseconds */
    EXPORT_JSON,    /* a value as its text; empty: null */
    EXPORT_MEMBER,  /* of a row of the audit log: the text of its member of the column's name */
    EXPORT_FACTS,   /* the same, of a member that is a value of its own: as JSON */
};

struct export_column {
    const char *name;
    const char *doc;
    enum export_kind kind;
    int sealed; /* its number in the table's fields, from 1; 0: it is not sealed */
};

enum { EXPORT_COLUMNS_MAX = 16 };

struct sealed_table;
struct export_noun {
    const char *name; /* "invoices": of its files */
    const char *doc;
    int statement;
    const struct sealed_table *sealed; /* NULL: nothing is */
    bool is_of_people;                 /* sealed under the key of the person of the row … */
    bool is_of_asker;                  /* … or of who asked, whatever the row's id */
    struct export_column columns[EXPORT_COLUMNS_MAX]; /* the first is the row's id */
    size_t count;
};

/* Of a customer, and of a person. */
extern const struct export_noun export_nouns_of_customer[], export_nouns_of_person[];
extern const size_t export_nouns_of_customer_count, export_nouns_of_person_count;

/* A value as its column's kind says: a text, or a number that may be ROW_NONE. */
struct export_value {
    struct str text;
    int64_t whole;
};
struct export_row {
    struct export_value values[EXPORT_COLUMNS_MAX];
};

/* Whose rows: a customer's (empty: of a person alone), and the person who asks (empty: nobody). */
struct export_whose {
    struct str user_id, person_id;
};
enum { EXPORT_PAGE = 100 };
/* At most EXPORT_PAGE rows after the id `after`, by their ids; items are struct export_row. */
MUST_USE struct err export_page(struct tx *tx, const struct export_noun *noun,
                                const struct export_whose *whose, struct str after,
                                struct row_list *ret_list);

/* The same for other readers of such rows: what a query gives, at most EXPORT_PAGE rows of whoever
 * a column says; 0: nobody's. */
struct export_read {
    const struct export_noun *noun;
    size_t whose; /* a column, from 1 */
};
MUST_USE struct err export_read_rows(struct tx *tx, const struct export_read *read,
                                     struct row_query query, struct row_list *ret_list);

#endif
