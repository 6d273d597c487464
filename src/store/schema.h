/* The store as a whole: its statements and the steps of its schema, as db_open and db_migrate take
 * them. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "db/db.h"

/* Opens DIR/turnpike.db. The writer comes first and migrates. */
MUST_USE struct err store_open(struct cx *cx, const char *path, bool is_reader, struct db **ret_db);
/* The writer's, of what is played and not lived through: commits survive the process, but not a
 * loss of power, and are seldom moved into the file. */
MUST_USE struct err store_open_played(struct cx *cx, const char *path, struct db **ret_db);

#endif
