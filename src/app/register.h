/* The record of processing activities (GDPR, 30): what of people is kept where, what for, on which
 * basis, who gets it, and for how long. It is made from the tables that the program itself works
 * by: columns and keys from store/sealed.h, periods from the catalogue's. A test fails when a
 * sealed table is in none of the activities. */
#ifndef APP_REGISTER_H
#define APP_REGISTER_H

#include "core/retention.h"
#include "store/sealed.h"

struct register_table {
    const struct sealed_table *sealed;
    enum retention_kind kind; /* for how long */
    const char *plain;        /* columns of people that are not sealed: "country language"; NULL */
};

enum { REGISTER_TABLES_MAX = 9 };
struct register_activity {
    const char *name;       /* "invoices" */
    const char *purpose;    /* what for */
    const char *basis;      /* GDPR, 6 */
    const char *people;     /* whose data */
    const char *recipients; /* who else gets it */
    struct register_table tables[REGISTER_TABLES_MAX];
    size_t count;
};
extern const struct register_activity register_activities[];
extern const size_t register_activity_count;

/* What is done so that nobody else reads it (GDPR, 32). */
extern const char *const register_measures[];
extern const size_t register_measure_count;

/* One column of an activity. */
struct register_column {
    const struct register_table *table;
    struct str column;
    const char
        *key; /* that it is sealed under: "customer", "books", "person", "installation"; "" */
};
enum { REGISTER_COLUMNS_MAX = 64 };
/* Those of the activity, sealed and not; returns how many. */
size_t register_columns(const struct register_activity *activity,
                        struct register_column ret_columns[REGISTER_COLUMNS_MAX]);

#endif
