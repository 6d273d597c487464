/* What every driver offers to migrate.c beside db.h. Only files of this folder include it. */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db/db.h"

/* Statements of the driver's own, in the numbering of db_run and db_query. */
enum driver_statement {
    DRIVER_BEGIN_READ = -1,
    DRIVER_BEGIN_WRITE = -2,
    DRIVER_COMMIT = -3,
    DRIVER_ROLLBACK = -4,
    DRIVER_SAVEPOINT = -5,
    DRIVER_SAVEPOINT_RELEASE = -6,
    DRIVER_SAVEPOINT_ROLLBACK = -7,
    DRIVER_MIGRATION_LIST = -8, /* version, name, checksum; ascending */
    DRIVER_MIGRATION_ADD = -9,  /* the same three, and the time in ms */
    DRIVER_STATEMENT_COUNT = 9,
};

/* The engine's name and its words for the templates of a schema. */
struct driver_words {
    const char *engine; /* "sqlite": sections for others are left out */
    const char *int_type, *text_type, *blob_type;
    const char *strict; /* what follows the closing bracket of a table */
};
extern const struct driver_words driver_words;

/* Runs several statements at once; for the schema only. */
MUST_USE struct err driver_script(struct db *db, const char *sql);
/* In the open transaction: marks a new file as ours, and creates the table that remembers
 * migrations where it is not there. */
MUST_USE struct err driver_prepare_migrations(struct db *db);

#endif
