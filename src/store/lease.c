#include "store/lease.h"

#include "store/queries.h"
#include "store/words.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct lease_row, key.user_id), NULL},
    {COLUMN_NAMED, offsetof(struct lease_row, key.metric), &words_metric},
    {COLUMN_I64, offsetof(struct lease_row, key.period_start), NULL},
    {COLUMN_TEXT, offsetof(struct lease_row, key.node), NULL},
    {COLUMN_TEXT, offsetof(struct lease_row, key.epoch), NULL},
    {COLUMN_I64, offsetof(struct lease_row, period_end), NULL},
    {COLUMN_I64, offsetof(struct lease_row, lease.granted.amount), NULL},
    {COLUMN_I64, offsetof(struct lease_row, lease.granted_most.amount), NULL},
    {COLUMN_I64, offsetof(struct lease_row, lease.taken.amount), NULL},
    {COLUMN_I64, offsetof(struct lease_row, lease.released.amount), NULL},
    {COLUMN_I64, offsetof(struct lease_row, lease.returned.amount), NULL},
    {COLUMN_I64, offsetof(struct lease_row, lease.recorded.amount), NULL},
    {COLUMN_I64, offsetof(struct lease_row, outstanding), NULL},
    {COLUMN_I64, offsetof(struct lease_row, rate), NULL},
    {COLUMN_BOOL, offsetof(struct lease_row, lease.is_open), NULL},
    {COLUMN_NAMED, offsetof(struct lease_row, state), &words_lease_state},
    {COLUMN_I64, offsetof(struct lease_row, ends_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct lease_row, recalled_at), NULL},
    {COLUMN_I64, offsetof(struct lease_row, updated_at), NULL},
};
static const struct row_type type = ROW_TYPE(struct lease_row, columns);

static const struct column peers_columns[] = {
    {COLUMN_I64, offsetof(struct lease_peers, count), NULL},
    {COLUMN_I64, offsetof(struct lease_peers, rate), NULL},
    {COLUMN_I64, offsetof(struct lease_peers, recalled_at), NULL},
    {COLUMN_I64, offsetof(struct lease_peers, outstanding), NULL},
};
static const struct row_type peers_type = ROW_TYPE(struct lease_peers, peers_columns);

static const struct column figures_columns[] = {
    {COLUMN_NAMED, offsetof(struct lease_figures, metric), &words_metric},
    {COLUMN_I64, offsetof(struct lease_figures, open), NULL},
    {COLUMN_I64, offsetof(struct lease_figures, held), NULL},
    {COLUMN_I64, offsetof(struct lease_figures, recalled), NULL},
    {COLUMN_I64, offsetof(struct lease_figures, outstanding), NULL},
};
static const struct row_type figures_type = ROW_TYPE(struct lease_figures, figures_columns);

static const struct column reclaimed_columns[] = {
    {COLUMN_NAMED, offsetof(struct lease_reclaimed, metric), &words_metric},
    {COLUMN_I64, offsetof(struct lease_reclaimed, leases), NULL},
    {COLUMN_I64, offsetof(struct lease_reclaimed, amount), NULL},
};
static const struct row_type reclaimed_type = ROW_TYPE(struct lease_reclaimed, reclaimed_columns);

static const struct column node_columns[] = {
    {COLUMN_TEXT, offsetof(struct lease_node_row, node), NULL},
    {COLUMN_TEXT, offsetof(struct lease_node_row, epoch), NULL},
    {COLUMN_BOOL, offsetof(struct lease_node_row, is_ended), NULL},
    {COLUMN_I64, offsetof(struct lease_node_row, seen_at), NULL},
};
static const struct row_type node_type = ROW_TYPE(struct lease_node_row, node_columns);

static const struct column number_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type number_type = ROW_TYPE(int64_t, number_columns);

static struct str metric_word(int metric) {
    return str_from_cstr(metric_name((enum metric)metric));
}

struct err lease_get(struct tx *tx, const struct lease_key *key, struct lease_row *ret_row,
                     bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_LEASE_GET, db_text(key->user_id), db_text(metric_word(key->metric)),
                             db_i64(key->period_start), db_text(key->node), db_text(key->epoch)),
                   ret_row, ret_found);
}

struct err lease_put(struct tx *tx, const struct lease_row *row) {
    return row_put(tx, &type, Q_LEASE_PUT, row);
}

struct err lease_peers(struct tx *tx, const struct lease_key *but, int64_t since,
                       struct lease_peers *ret_peers) {
    bool is_found = false;
    return row_get(tx, &peers_type,
                   ROW_QUERY(Q_LEASE_PEERS, db_text(but->user_id),
                             db_text(metric_word(but->metric)), db_i64(but->period_start),
                             db_text(but->node), db_text(but->epoch), db_i64(since)),
                   ret_peers, &is_found);
}

struct err lease_recall(struct tx *tx, struct str user_id, enum metric metric, int64_t at,
                        int64_t unless_since) {
    return row_change(tx,
                      ROW_QUERY(Q_LEASE_RECALL, db_text(user_id), db_text(metric_word((int)metric)),
                                db_i64(at), db_i64(unless_since)));
}

struct err lease_recalled(struct tx *tx, struct str node, struct str epoch, size_t max,
                          struct row_list *ret_list) {
    return row_list(
        tx, &type, ROW_QUERY(Q_LEASE_RECALLED, db_text(node), db_text(epoch), db_i64((int64_t)max)),
        max, ret_list);
}

struct err lease_end_epoch(struct tx *tx, struct str node, struct str epoch, int64_t at) {
    return row_change(tx, ROW_QUERY(Q_LEASE_END_EPOCH, db_text(node), db_text(epoch), db_i64(at)));
}

struct err lease_due(struct tx *tx, int64_t at, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_LEASE_DUE, db_i64(at), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err lease_next_due(struct tx *tx, int64_t *ret_at) {
    int64_t at = 0;
    bool is_found = false;
    TRY(row_get(tx, &number_type, (struct row_query){Q_LEASE_NEXT_DUE, DB_NO_ARGS}, &at,
                &is_found));
    *ret_at = at == 0 ? ROW_NONE : at;
    return OK;
}

struct err lease_of_node(struct tx *tx, const struct lease_holder *holder, size_t max,
                         struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_LEASE_OF_NODE, db_text(holder->node), db_text(holder->user_id),
                              db_text(holder->metric), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err lease_page(struct tx *tx, const struct lease_filter *filter, size_t max,
                      struct row_list *ret_list) {
    const struct lease_key *after = &filter->after;
    return row_list(tx, &type,
                    ROW_QUERY(Q_LEASE_PAGE, db_text(filter->user_id), db_text(filter->node),
                              db_text(after->user_id), db_text(filter->after_metric),
                              db_i64(after->period_start), db_text(after->node),
                              db_text(after->epoch), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err lease_total(struct tx *tx, const struct lease_key *counter, int64_t *ret_outstanding) {
    bool is_found = false;
    return row_get(tx, &number_type,
                   ROW_QUERY(Q_LEASE_TOTAL, db_text(counter->user_id),
                             db_text(metric_word(counter->metric)), db_i64(counter->period_start)),
                   ret_outstanding, &is_found);
}

struct err lease_totals(struct tx *tx, struct user_range range,
                        struct err (*each)(void *context, const struct lease_key *counter,
                                           int64_t outstanding),
                        void *context) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    TRY(db_query(tx->db, Q_LEASE_TOTALS, DB_ARGS(db_text(range.first), db_text(range.last)),
                 &rows));
    for (;;) {
        bool has_row = false;
        enum metric metric = METRIC_MODULES;
        TRY(db_next(&rows, &has_row));
        if (!has_row) {
            return OK;
        }
        if (!metric_parse(db_column_str(&rows, 1), &metric)) {
            return ERR(ERR_CORRUPT);
        }
        struct lease_key counter = {
            .user_id = db_column_str(&rows, 0),
            .metric = (int)metric,
            .period_start = db_column_i64(&rows, 2),
        };
        TRY(each(context, &counter, db_column_i64(&rows, 3)));
    }
}

struct err lease_figures(struct tx *tx, struct row_list *ret_list) {
    return row_list(tx, &figures_type, (struct row_query){Q_LEASE_FIGURES, DB_NO_ARGS},
                    METRIC_COUNT, ret_list);
}

struct err lease_reclaimed_figures(struct tx *tx, struct row_list *ret_list) {
    return row_list(tx, &reclaimed_type, (struct row_query){Q_LEASE_RECLAIMED_FIGURES, DB_NO_ARGS},
                    METRIC_COUNT, ret_list);
}

struct err lease_prune(struct tx *tx, int64_t before) {
    return row_change(tx, ROW_QUERY(Q_LEASE_PRUNE, db_i64(before)));
}

struct err lease_node_get(struct tx *tx, struct str node, struct lease_node_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &node_type, ROW_QUERY(Q_LEASE_NODE_GET, db_text(node)), ret_row, ret_found);
}

struct err lease_node_put(struct tx *tx, const struct lease_node_row *row) {
    return row_put(tx, &node_type, Q_LEASE_NODE_PUT, row);
}
