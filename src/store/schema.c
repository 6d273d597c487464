#include "store/schema.h"

#include "store/queries.h"

struct err store_open(struct cx *cx, const char *path, bool is_reader, struct db **ret_db) {
    struct db_options options = {
        .path = path,
        .is_reader = is_reader,
        .statements = q_statements,
        .statement_count = Q_STATEMENT_COUNT,
        .application = "TPKE",
    };
    struct db *db = NULL;
    TRY(db_open(cx, &options, &db));
    struct err err = is_reader ? OK : db_migrate(cx, db, &q_schema);
    if (err_failed(err)) {
        db_close(db);
        return err;
    }
    *ret_db = db;
    return OK;
}
