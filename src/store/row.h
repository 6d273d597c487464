/* Rows as structs: one table of columns a noun, used to read a row and to write one.
 *
 * The order of the table is the order of the columns in the noun's statements: `insert` binds all
 * of them, `select` lists all of them. Text read from a row is copied into the arena. What is
 * sealed in the table is plain in the struct. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/id.h"
#include "db/db.h"

struct keyring;
struct sealed_table;
struct audit;
struct touched;

/* One transaction, or one reader's snapshot: what store functions work in. */
struct tx {
    struct cx *cx;
    struct db *db;
    struct keyring *keyring; /* of db; NULL where no sealed column is met */
    struct audit *audit;     /* what is written down of it (app/audit.h); NULL: nothing is */
    struct touched *touched; /* whose billed state was written (touched.h); NULL: nobody asks */
};

enum column_kind {
    COLUMN_TEXT,     /* struct str */
    COLUMN_TEXT_OPT, /* struct str; empty is NULL */
    COLUMN_ID,       /* struct record_id */
    COLUMN_ID_OPT,   /* struct record_id; empty is NULL */
    COLUMN_I64,      /* int64_t */
    COLUMN_I64_OPT,  /* int64_t; ROW_NONE is NULL */
    COLUMN_BOOL,     /* bool */
    COLUMN_NAMED,    /* int: a value of the enum that `words` names */
    COLUMN_NAMED_OPT /* the same; -1 is NULL */
};

/* Customers by their ids, both included. */
struct user_range {
    struct str first, last;
};

#define ROW_NONE INT64_MIN

/* The words that stand for an enum of `count` values from 0. */
struct column_words {
    const char *(*word)(int value);
    int count;
};

struct column {
    enum column_kind kind;
    size_t offset;
    const struct column_words *words; /* of COLUMN_NAMED */
};

/* A member that is sealed, and its number in the table's fields. */
struct row_sealed {
    size_t offset; /* of a struct str */
    int field;
};

/* What of a row is sealed (store/sealed.h), and whose row it is. */
struct row_seal {
    const struct sealed_table *table;
    size_t user; /* offset of the id of whose it is, a struct str; ROW_NOBODYS: there is none;
                    ROW_ITS_OWN: the row's id */
    size_t id;   /* offset of the row's: a struct str, or ... */
    bool has_record_id; /* ... a struct record_id */
    const struct row_sealed *members;
    size_t count;
};
#define ROW_NOBODYS SIZE_MAX
#define ROW_ITS_OWN (SIZE_MAX - 1)

/* How one noun's rows are laid out. */
struct row_type {
    const struct column *columns;
    size_t count;
    size_t size;
    const struct row_seal *seal; /* NULL: nothing is sealed */
};
#define ROW_TYPE(type, columns)                                                                    \
    { columns, ARRAY_LEN(columns), sizeof(type), NULL }
#define ROW_TYPE_SEALED(type, columns, seal)                                                       \
    { columns, ARRAY_LEN(columns), sizeof(type), &(seal) }

enum { ROW_COLUMNS_MAX = 32 };

/* A statement with its arguments: ROW_QUERY(Q_CUSTOMER_GET, db_text(user_id)). */
struct row_query {
    int statement;
    struct db_args args;
};
#define ROW_QUERY(statement, ...) ((struct row_query){statement, DB_ARGS(__VA_ARGS__)})

/* Runs a statement that takes the whole row as its arguments: an insert, a replacement. */
MUST_USE struct err row_put(struct tx *tx, const struct row_type *type, int statement,
                            const void *row);

/* Runs a query for at most one row; *ret_found says whether there was one. ERR_CORRUPT when the row
 * holds a name or an id that is none of ours. */
MUST_USE struct err row_get(struct tx *tx, const struct row_type *type, struct row_query query,
                            void *ret_row, bool *ret_found);

struct row_list {
    void *items; /* of the type's size, in the arena */
    size_t count;
};

/* Runs a query for at most `max` rows. */
MUST_USE struct err row_list(struct tx *tx, const struct row_type *type, struct row_query query,
                             size_t max, struct row_list *ret_list);

/* Runs a statement that gives no rows; with `row_change_one`, exactly one row must have changed,
 * else ERR_CONFLICT. */
MUST_USE struct err row_change(struct tx *tx, struct row_query query);
MUST_USE struct err row_change_one(struct tx *tx, struct row_query query);

#endif
