#include "store/schema.h"

#include "store/queries.h"

enum { PLAYED_CHECKPOINT_PAGES = 16 * 1024 }; /* 64 MB of log */

static struct db_options options_of(const char *path, bool is_reader) {
    return (struct db_options){
        .path = path,
        .is_reader = is_reader,
        .statements = q_statements,
        .statement_count = Q_STATEMENT_COUNT,
        .application = "TPKE",
    };
}

static struct err open_as(struct cx *cx, const struct db_options *options, struct db **ret_db) {
    struct db *db = NULL;
    TRY(db_open(cx, options, &db));
    struct err err = options->is_reader ? OK : db_migrate(cx, db, &q_schema);
    if (err_failed(err)) {
        db_close(db);
        return err;
    }
    *ret_db = db;
    return OK;
}

struct err store_open(struct cx *cx, const char *path, bool is_reader, struct db **ret_db) {
    struct db_options options = options_of(path, is_reader);
    return open_as(cx, &options, ret_db);
}

struct err store_open_played(struct cx *cx, const char *path, struct db **ret_db) {
    struct db_options options = options_of(path, false);
    options.is_lax = true;
    options.checkpoint_pages = PLAYED_CHECKPOINT_PAGES;
    return open_as(cx, &options, ret_db);
}
