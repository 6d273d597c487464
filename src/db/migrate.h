/* The steps by which a schema came to be what it is, and how a database is brought to it. Both come
 * from files NNNN_name.sql through tools/sqlgen.py. */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "db/db.h"

/* A step of the schema, in ascending order; a number may be left out. */
struct db_migration {
    int version;
    const char *name;
    const char *sql; /* several statements; {int} {text} {blob} {strict} are the engine's words */
};

/* A whole schema. `ready` is what all of its migrations make of a new database of that engine, in
 * statements that make it at once; NULL: there it is made step by step. */
struct db_schema {
    const struct db_migration *migrations;
    size_t count;
    const char *ready_engine;
    const char *ready;
};

/* Brings the database to the newest migration of the schema, each step in its transaction (a new
 * one: all in one), recording name and checksum. ERR_VERSION when the file is newer than the
 * program, ERR_CORRUPT when a recorded step was another. */
MUST_USE struct err db_migrate(struct cx *cx, struct db *db, const struct db_schema *schema);

#endif
