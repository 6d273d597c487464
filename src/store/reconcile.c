#include "store/reconcile.h"

#include "store/queries.h"

static const struct column columns[] = {
    {COLUMN_ID, offsetof(struct reconciliation_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct reconciliation_row, reason), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct reconciliation_row, only_user_id), NULL},
    {COLUMN_BOOL, offsetof(struct reconciliation_row, is_dry_run), NULL},
    {COLUMN_TEXT, offsetof(struct reconciliation_row, status), NULL},
    {COLUMN_TEXT, offsetof(struct reconciliation_row, phase), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct reconciliation_row, cursor), NULL},
    {COLUMN_I64, offsetof(struct reconciliation_row, events_since), NULL},
    {COLUMN_I64, offsetof(struct reconciliation_row, examined), NULL},
    {COLUMN_I64, offsetof(struct reconciliation_row, found), NULL},
    {COLUMN_I64, offsetof(struct reconciliation_row, repaired), NULL},
    {COLUMN_I64, offsetof(struct reconciliation_row, left_over), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct reconciliation_row, last_error), NULL},
    {COLUMN_I64, offsetof(struct reconciliation_row, started_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct reconciliation_row, finished_at), NULL},
};
static const struct row_type type = ROW_TYPE(struct reconciliation_row, columns);

static const struct column object_columns[] = {
    {COLUMN_TEXT, offsetof(struct reconcile_object, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct reconcile_object, stripe_id), NULL},
    {COLUMN_TEXT, offsetof(struct reconcile_object, object), NULL},
};
static const struct row_type object_type = ROW_TYPE(struct reconcile_object, object_columns);

static const struct column unseen_columns[] = {
    {COLUMN_TEXT, offsetof(struct reconcile_unseen, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct reconcile_unseen, id), NULL},
    {COLUMN_TEXT, offsetof(struct reconcile_unseen, stripe_id), NULL},
};
static const struct row_type unseen_type = ROW_TYPE(struct reconcile_unseen, unseen_columns);

static const struct column difference_columns[] = {
    {COLUMN_TEXT, offsetof(struct difference_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct difference_row, id), NULL},
    {COLUMN_ID, offsetof(struct difference_row, reconciliation_id), NULL},
    {COLUMN_TEXT, offsetof(struct difference_row, kind), NULL},
    {COLUMN_TEXT, offsetof(struct difference_row, stripe_id), NULL},
    {COLUMN_TEXT, offsetof(struct difference_row, here), NULL},
    {COLUMN_TEXT, offsetof(struct difference_row, there), NULL},
    {COLUMN_TEXT, offsetof(struct difference_row, status), NULL},
    {COLUMN_I64, offsetof(struct difference_row, found_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct difference_row, settled_at), NULL},
};
static const struct row_type difference_type = ROW_TYPE(struct difference_row, difference_columns);

static const struct column count_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type count_type = ROW_TYPE(int64_t, count_columns);

/* --- walks --- */

struct err reconciliation_insert(struct tx *tx, const struct reconciliation_row *row) {
    return row_put(tx, &type, Q_RECONCILIATION_INSERT, row);
}

struct err reconciliation_replace(struct tx *tx, const struct reconciliation_row *row) {
    return row_put(tx, &type, Q_RECONCILIATION_REPLACE, row);
}

struct err reconciliation_get(struct tx *tx, struct str id, struct reconciliation_row *ret_row,
                              bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_RECONCILIATION_GET, db_text(id)), ret_row, ret_found);
}

struct err reconciliation_open(struct tx *tx, struct reconciliation_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, (struct row_query){Q_RECONCILIATION_OPEN, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err reconciliation_page(struct tx *tx, struct str before, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_RECONCILIATION_PAGE, db_text(before), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err reconciliation_last_started(struct tx *tx, bool is_done, int64_t *ret_at) {
    bool is_found = false;
    *ret_at = 0;
    TRY(row_get(tx, &count_type, ROW_QUERY(Q_RECONCILIATION_LAST_STARTED, db_i64(is_done ? 1 : 0)),
                ret_at, &is_found));
    return OK;
}

struct err reconcile_has_any(struct tx *tx, bool *ret_has) {
    int64_t has = 0;
    bool is_found = false;
    TRY(row_get(tx, &count_type, (struct row_query){Q_RECONCILE_HAS_ANY, DB_NO_ARGS}, &has,
                &is_found));
    *ret_has = has != 0;
    return OK;
}

/* --- on the way --- */

struct err reconcile_see(struct tx *tx, struct str user_id, struct str stripe_id) {
    return row_change(tx, ROW_QUERY(Q_RECONCILE_SEE, db_text(user_id), db_text(stripe_id)));
}

struct err reconcile_suspect(struct tx *tx, const struct reconcile_object *object) {
    return row_put(tx, &object_type, Q_RECONCILE_SUSPECT, object);
}

struct err reconcile_next_suspect(struct tx *tx, struct reconcile_object *ret_object,
                                  bool *ret_found) {
    return row_get(tx, &object_type, (struct row_query){Q_RECONCILE_NEXT_SUSPECT, DB_NO_ARGS},
                   ret_object, ret_found);
}

struct err reconcile_clear_suspect(struct tx *tx, const struct reconcile_object *object) {
    return row_change(tx, ROW_QUERY(Q_RECONCILE_CLEAR_SUSPECT, db_text(object->user_id),
                                    db_text(object->stripe_id)));
}

struct err reconcile_forget(struct tx *tx) {
    TRY(row_change(tx, (struct row_query){Q_RECONCILE_FORGET_SEEN, DB_NO_ARGS}));
    return row_change(tx, (struct row_query){Q_RECONCILE_FORGET_SUSPECTS, DB_NO_ARGS});
}

struct err reconcile_unseen(struct tx *tx, const struct reconcile_unseen_query *query, size_t max,
                            struct row_list *ret_list) {
    static const int statements[] = {
        [RECONCILE_CUSTOMERS] = Q_RECONCILE_UNSEEN_CUSTOMERS,
        [RECONCILE_SUBSCRIPTIONS] = Q_RECONCILE_UNSEEN_SUBSCRIPTIONS,
        [RECONCILE_INVOICES] = Q_RECONCILE_UNSEEN_INVOICES,
        [RECONCILE_CHARGES] = Q_RECONCILE_UNSEEN_CHARGES,
        [RECONCILE_REFUNDS] = Q_RECONCILE_UNSEEN_REFUNDS,
    };
    return row_list(tx, &unseen_type,
                    ROW_QUERY(statements[query->list], db_text(query->after_user_id),
                              db_text(query->after_id), db_text(query->only_user_id),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

/* --- what was found --- */

struct err difference_insert(struct tx *tx, const struct difference_row *row) {
    return row_put(tx, &difference_type, Q_DIFFERENCE_INSERT, row);
}

struct err difference_replace(struct tx *tx, const struct difference_row *row) {
    return row_put(tx, &difference_type, Q_DIFFERENCE_REPLACE, row);
}

struct err difference_open(struct tx *tx, const struct difference_row *like,
                           struct difference_row *ret_row, bool *ret_found) {
    return row_get(tx, &difference_type,
                   ROW_QUERY(Q_DIFFERENCE_OPEN, db_text(like->user_id), db_text(like->stripe_id),
                             db_text(like->kind)),
                   ret_row, ret_found);
}

struct err difference_settle_others(struct tx *tx, struct str id, struct str only_user_id) {
    return row_change(tx, ROW_QUERY(Q_DIFFERENCE_SETTLE_OTHERS, db_text(id), db_text(only_user_id),
                                    db_i64(cx_now_ms(tx->cx))));
}

struct err difference_count(struct tx *tx, struct str reconciliation_id, const char *status,
                            int64_t *ret_count) {
    bool is_found = false;
    return row_get(
        tx, &count_type,
        ROW_QUERY(Q_DIFFERENCE_COUNT, db_text(reconciliation_id), db_text(str_from_cstr(status))),
        ret_count, &is_found);
}

struct err difference_page(struct tx *tx, const struct difference_filter *filter, size_t max,
                           struct row_list *ret_list) {
    return row_list(tx, &difference_type,
                    ROW_QUERY(Q_DIFFERENCE_PAGE, db_text(filter->before), db_text(filter->status),
                              db_text(filter->reconciliation_id), db_text(filter->user_id),
                              db_i64((int64_t)max)),
                    max, ret_list);
}
