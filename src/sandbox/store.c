/* Documents in SQLite; see the header. */
#include "sandbox/store.h"

#include <stdio.h>

#include "base/json.h"
#include "db/db.h"
#include "sandbox/sandbox.h"
#include "sandbox/sql.h"

enum { CHECKPOINT_PAGES = 4000 };

struct store {
    struct env *env;
    struct db *db;
    int64_t seq;
    uint64_t writes;
    bool is_batch;
};

static void rows_finish(struct db_rows *rows) {
    db_rows_finish(rows);
}

/* The integer of a statement with one row and one column; `fallback` for NULL or no row. */
static struct err one_i64(struct db *db, int statement, struct db_args args, int64_t fallback,
                          int64_t *ret_value) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    TRY(db_query(db, statement, args, &rows));
    TRY(db_next(&rows, &has_row));
    bool is_there = has_row && !db_column_is_null(&rows, 0);
    *ret_value = is_there ? db_column_i64(&rows, 0) : fallback;
    return OK;
}

static struct err open_with(struct cx *cx, const char *path, struct store *store) {
    const struct db_options options = {
        .path = path,
        .statements = sandbox_statements,
        .statement_count = SANDBOX_STATEMENT_COUNT,
        .application = "TPSB",
        .is_lax = true,
        .checkpoint_pages = CHECKPOINT_PAGES,
    };
    TRY(db_open(cx, &options, &store->db));
    TRY(db_migrate(cx, store->db, &sandbox_schema));
    return one_i64(store->db, SANDBOX_OBJECT_SEQ_MAX, DB_NO_ARGS, 0, &store->seq);
}

struct err sandbox_store_open(struct cx *cx, const char *path, struct store **ret_store) {
    struct store *store = env_alloc(cx->env, sizeof *store);
    if (store == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *store = (struct store){.env = cx->env};
    struct err err = open_with(cx, path, store);
    if (err_failed(err)) {
        store_close(store);
        return err;
    }
    *ret_store = store;
    return OK;
}

struct err sandbox_compact(struct cx *cx, const char *data_path) {
    struct store *store = NULL;
    TRY(sandbox_store_open(cx, data_path, &store));
    struct err err = db_compact(store->db);
    store_close(store);
    return err;
}

void store_close(struct store *store) {
    if (store != NULL) {
        db_close(store->db);
        env_free(store->env, store);
    }
}

uint64_t store_writes(const struct store *store) {
    return store->writes;
}

/* Every change of the file goes through here. */
static struct err change(struct store *store, int statement, struct db_args args) {
    store->writes++;
    return db_run(store->db, statement, args, NULL);
}

struct err store_begin(struct store *store) {
    return store->is_batch ? db_savepoint(store->db) : db_begin(store->db);
}

/* The log is folded into the database as it grows; a long run of steps would else leave all of it
 * in the log, and every read would have to look there first. */
static struct err commit(struct store *store) {
    TRY(db_commit(store->db));
    struct err err = db_checkpoint(store->db);
    (void)err; /* what was committed stands in the log; the next commit tries again */
    return OK;
}

struct err store_commit(struct store *store) {
    return store->is_batch ? db_savepoint_release(store->db) : commit(store);
}

void store_rollback(struct store *store) {
    if (store->is_batch) {
        db_savepoint_rollback(store->db);
    } else {
        db_rollback(store->db);
    }
}

struct err store_batch_begin(struct store *store, bool *ret_is_begun) {
    *ret_is_begun = false;
    if (store->is_batch) {
        return OK;
    }
    TRY(db_begin(store->db));
    store->is_batch = *ret_is_begun = true;
    return OK;
}

struct err store_batch_end(struct store *store, struct err err) {
    store->is_batch = false;
    if (!err_failed(err)) {
        err = commit(store);
    }
    if (err_failed(err)) {
        db_rollback(store->db);
    }
    return err;
}

static struct db_value text(const char *value) {
    return db_text(str_from_cstr(value));
}

static struct db_value moment(int64_t at) {
    return at == INT64_MAX ? db_null() : db_i64(at);
}

struct err store_put(struct store *store, const struct store_row *row) {
    return change(store, SANDBOX_OBJECT_PUT,
                  DB_ARGS(text(row->id), text(row->type), text(row->customer), text(row->clock),
                          db_i64(row->seq), moment(row->due_at), db_text(row->text)));
}

struct err store_parse(struct str text_of_row, json_t **ret_json) {
    struct json_problem problem;
    *ret_json = json_read(text_of_row, &problem);
    return *ret_json == NULL ? ERR(ERR_CORRUPT) : OK;
}

struct err store_get(struct store *store, const char *id, json_t **ret_json) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    *ret_json = NULL;
    TRY(db_query(store->db, SANDBOX_OBJECT_GET, DB_ARGS(text(id)), &rows));
    TRY(db_next(&rows, &has_row));
    return has_row ? store_parse(db_column_str(&rows, 0), ret_json) : OK;
}

struct err store_get_text(struct store *store, const char *id, struct buf *out) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    TRY(db_query(store->db, SANDBOX_OBJECT_GET, DB_ARGS(text(id)), &rows));
    TRY(db_next(&rows, &has_row));
    if (has_row) {
        buf_add(out, db_column_str(&rows, 0));
    }
    return out->has_failed ? ERR(ERR_NO_MEMORY) : OK;
}

struct err store_delete(struct store *store, const char *id) {
    return change(store, SANDBOX_OBJECT_DELETE, DB_ARGS(text(id)));
}

struct err store_shelf_clear(struct store *store, int64_t now_s) {
    TRY(change(store, SANDBOX_DELIVERY_SHELF_CLEAR, DB_ARGS(text(STORE_SHELF), db_i64(now_s))));
    return change(store, SANDBOX_OBJECT_SHELF_CLEAR, DB_ARGS(text(STORE_SHELF), db_i64(now_s)));
}

struct err store_has_old(struct store *store, int64_t answers_before_ms, int64_t now_s,
                         bool *ret_has_old) {
    int64_t answer_ms = INT64_MAX;
    int64_t shelf_s = INT64_MAX;
    TRY(one_i64(store->db, SANDBOX_IDEMPOTENCY_OLDEST, DB_NO_ARGS, INT64_MAX, &answer_ms));
    TRY(one_i64(store->db, SANDBOX_OBJECT_SHELF_NEXT, DB_ARGS(text(STORE_SHELF)), INT64_MAX,
                &shelf_s));
    *ret_has_old = answer_ms < answers_before_ms || shelf_s <= now_s;
    return OK;
}

struct err store_count(struct store *store, const char *type, int64_t *ret_count) {
    return one_i64(store->db, SANDBOX_OBJECT_COUNT, DB_ARGS(text(type)), 0, ret_count);
}

int64_t store_next_seq(struct store *store) {
    return ++store->seq;
}

static struct err visit_rows(struct db_rows *rows, const struct store_scan *scan) {
    for (;;) {
        bool has_row = false;
        TRY(db_next(rows, &has_row));
        if (!has_row) {
            return OK;
        }
        char id[STORE_ID];
        (void)snprintf(id, sizeof id, STR_FMT, STR_ARG(db_column_str(rows, 0)));
        bool goes_on = true;
        TRY(scan->visit(scan->context, id, db_column_str(rows, 1), &goes_on));
        if (!goes_on) {
            return OK;
        }
    }
}

struct err store_scan(struct store *store, const struct store_scan *scan) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    if (scan->customer == NULL) {
        TRY(db_query(store->db, SANDBOX_OBJECT_BY_TYPE,
                     DB_ARGS(text(scan->type), db_i64(scan->before)), &rows));
    } else {
        TRY(db_query(store->db, SANDBOX_OBJECT_BY_CUSTOMER,
                     DB_ARGS(text(scan->customer), text(scan->type), db_i64(scan->before)), &rows));
    }
    return visit_rows(&rows, scan);
}

struct err store_scan_clock(struct store *store, const char *clock, bool is_waiting,
                            const struct store_scan *scan) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    int statement = is_waiting ? SANDBOX_OBJECT_WAITING_ON_CLOCK : SANDBOX_OBJECT_ON_CLOCK;
    TRY(db_query(store->db, statement, DB_ARGS(text(clock), text(scan->type)), &rows));
    return visit_rows(&rows, scan);
}

struct err store_due(struct store *store, const char *clock, int64_t until_s, char ret_id[STORE_ID],
                     int64_t *ret_due_s) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    TRY(db_query(store->db, SANDBOX_OBJECT_DUE, DB_ARGS(text(clock), db_i64(until_s)), &rows));
    TRY(db_next(&rows, &has_row));
    *ret_due_s = STORE_NEVER;
    if (has_row) {
        (void)snprintf(ret_id, STORE_ID, STR_FMT, STR_ARG(db_column_str(&rows, 0)));
        *ret_due_s = db_column_i64(&rows, 1);
    }
    return OK;
}

struct err store_answer_get(struct store *store, struct arena *arena, struct str key,
                            struct store_answer *ret_answer, bool *ret_found) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    TRY(db_query(store->db, SANDBOX_IDEMPOTENCY_GET, DB_ARGS(db_text(key)), &rows));
    TRY(db_next(&rows, ret_found));
    if (*ret_found) {
        *ret_answer = (struct store_answer){
            .key = key,
            .digest = arena_str(arena, db_column_str(&rows, 0)),
            .status = (int)db_column_i64(&rows, 1),
            .body = arena_str(arena, db_column_str(&rows, 2)),
            .request_id = arena_str(arena, db_column_str(&rows, 3)),
        };
    }
    return OK;
}

struct err store_answer_put(struct store *store, const struct store_answer *answer) {
    return change(store, SANDBOX_IDEMPOTENCY_PUT,
                  DB_ARGS(db_text(answer->key), db_text(answer->digest), db_i64(answer->status),
                          db_text(answer->body), db_text(answer->request_id),
                          db_i64(answer->at_ms)));
}

struct err store_answers_prune(struct store *store, int64_t before_ms) {
    return change(store, SANDBOX_IDEMPOTENCY_PRUNE, DB_ARGS(db_i64(before_ms)));
}

struct err store_delivery_add(struct store *store, const char *event, const char *endpoint,
                              int64_t due_ms) {
    return change(store, SANDBOX_DELIVERY_ADD,
                  DB_ARGS(db_i64(store->seq), text(event), text(endpoint), db_i64(due_ms)));
}

struct err store_deliveries_due(struct store *store, int64_t now_ms, size_t max,
                                struct store_delivery *ret_list, size_t *ret_count) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    TRY(db_query(store->db, SANDBOX_DELIVERY_DUE, DB_ARGS(db_i64(now_ms)), &rows));
    *ret_count = 0;
    while (*ret_count < max) {
        bool has_row = false;
        TRY(db_next(&rows, &has_row));
        if (!has_row) {
            return OK;
        }
        struct store_delivery *delivery = &ret_list[(*ret_count)++];
        (void)snprintf(delivery->event, STORE_ID, STR_FMT, STR_ARG(db_column_str(&rows, 0)));
        (void)snprintf(delivery->endpoint, STORE_ID, STR_FMT, STR_ARG(db_column_str(&rows, 1)));
        delivery->attempts = db_column_i64(&rows, 2);
        delivery->due_ms = db_column_i64(&rows, 3);
    }
    return OK;
}

struct err store_delivery_next(struct store *store, int64_t *ret_due_ms) {
    return one_i64(store->db, SANDBOX_DELIVERY_NEXT, DB_NO_ARGS, INT64_MAX, ret_due_ms);
}

struct err store_delivery_put(struct store *store, const struct store_delivery *delivery,
                              int64_t due_ms, bool is_delivered) {
    return change(store, SANDBOX_DELIVERY_PUT,
                  DB_ARGS(text(delivery->event), text(delivery->endpoint),
                          db_i64(delivery->attempts), moment(due_ms),
                          db_i64(is_delivered ? 1 : 0)));
}

struct err store_deliveries_recall(struct store *store, int64_t now_ms) {
    return change(store, SANDBOX_DELIVERY_RECALL, DB_ARGS(db_i64(now_ms)));
}

struct err store_delivery_pending(struct store *store, const char *event, int64_t *ret_count) {
    return one_i64(store->db, SANDBOX_DELIVERY_PENDING, DB_ARGS(text(event)), 0, ret_count);
}

struct err store_delivery_refused(struct store *store, const char *event, int64_t *ret_count) {
    return one_i64(store->db, SANDBOX_DELIVERY_REFUSED, DB_ARGS(text(event)), 0, ret_count);
}

struct err store_deliveries_forget(struct store *store, const char *endpoint) {
    return change(store, SANDBOX_DELIVERY_OF_ENDPOINT_DELETE, DB_ARGS(text(endpoint)));
}

struct err store_delivery_count(struct store *store, const char *endpoint,
                                struct store_delivery_counts *ret_counts) {
    CLEANUP(rows_finish) struct db_rows rows = {0};
    bool has_row = false;
    TRY(db_query(store->db, SANDBOX_DELIVERY_COUNT, DB_ARGS(text(endpoint)), &rows));
    TRY(db_next(&rows, &has_row));
    *ret_counts = (struct store_delivery_counts){0};
    if (has_row) {
        ret_counts->delivered = db_column_i64(&rows, 0);
        ret_counts->waiting = db_column_i64(&rows, 1);
        ret_counts->given_up = db_column_i64(&rows, 2);
    }
    return OK;
}
