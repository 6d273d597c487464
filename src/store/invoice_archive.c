#include "store/invoice_archive.h"

#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct invoice_archive_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_I64, AT(year), NULL},
    {COLUMN_TEXT, AT(status), NULL},
    {COLUMN_TEXT, AT(person_id), NULL},
    {COLUMN_I64, AT(requested_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
    {COLUMN_I64_OPT, AT(expires_at), NULL},
    {COLUMN_I64, AT(size), NULL},
    {COLUMN_TEXT, AT(sha256), NULL},
    {COLUMN_I64, AT(papers), NULL},
    {COLUMN_I64, AT(missing), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct invoice_archive_row, columns);

#define AT(member) offsetof(struct invoice_archive_piece_row, member)
static const struct column piece_columns[] = {
    {COLUMN_TEXT, AT(archive_id), NULL},
    {COLUMN_I64, AT(number), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_TEXT, AT(body), NULL},
};
#undef AT
static const struct row_type piece_type = ROW_TYPE(struct invoice_archive_piece_row, piece_columns);

static const struct column count_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type count_type = ROW_TYPE(int64_t, count_columns);

struct err invoice_archive_insert(struct tx *tx, const struct invoice_archive_row *row) {
    return row_put(tx, &type, Q_INVOICE_ARCHIVE_INSERT, row);
}

struct err invoice_archive_set(struct tx *tx, const struct invoice_archive_row *row) {
    return row_put(tx, &type, Q_INVOICE_ARCHIVE_SET, row);
}

struct err invoice_archive_get(struct tx *tx, struct str user_id, struct str id,
                               struct invoice_archive_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_INVOICE_ARCHIVE_GET, db_text(user_id), db_text(id)),
                   ret_row, ret_found);
}

struct err invoice_archive_of(struct tx *tx, struct str user_id, struct str before, size_t max,
                              struct row_list *ret_list) {
    return row_list(
        tx, &type,
        ROW_QUERY(Q_INVOICE_ARCHIVE_OF, db_text(user_id), db_text(before), db_i64((int64_t)max)),
        max, ret_list);
}

struct err invoice_archive_next(struct tx *tx, struct invoice_archive_row *ret_row,
                                bool *ret_found) {
    return row_get(tx, &type, (struct row_query){Q_INVOICE_ARCHIVE_NEXT, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err invoice_archive_like(struct tx *tx, const struct invoice_archive_row *like,
                                struct invoice_archive_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_INVOICE_ARCHIVE_LIKE, db_text(like->user_id), db_i64(like->year),
                             db_text(like->person_id)),
                   ret_row, ret_found);
}

static struct err count_of(struct tx *tx, struct row_query query, int64_t *ret_count) {
    bool is_found = false;
    *ret_count = 0;
    return row_get(tx, &count_type, query, ret_count, &is_found);
}

struct err invoice_archive_count(struct tx *tx, struct str user_id, int64_t *ret_count) {
    return count_of(tx, ROW_QUERY(Q_INVOICE_ARCHIVE_COUNT, db_text(user_id)), ret_count);
}

struct err invoice_archive_old(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_INVOICE_ARCHIVE_OLD, db_i64(now), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err invoice_archive_papers(struct tx *tx, const struct invoice_archive_span *span,
                                  int64_t *ret_count) {
    return count_of(tx,
                    ROW_QUERY(Q_INVOICE_ARCHIVE_PAPERS, db_text(span->user_id), db_i64(span->from),
                              db_i64(span->to)),
                    ret_count);
}

static struct sealed_place place_of(struct tx *tx, const struct invoice_archive_piece_row *row) {
    struct str id = arena_printf(tx->cx->arena, STR_FMT "/%lld", STR_ARG(row->archive_id),
                                 (long long)row->number);
    return (struct sealed_place){&sealed_invoice_archive_pieces, INVOICE_ARCHIVE_PIECES_BODY,
                                 row->user_id, id};
}

struct err invoice_archive_piece_put(struct tx *tx, const struct invoice_archive_piece_row *row) {
    struct invoice_archive_piece_row sealed = *row;
    struct sealed_place place = place_of(tx, row);
    TRY(sealed_write(tx, &place, row->body, &sealed.body));
    return row_put(tx, &piece_type, Q_INVOICE_ARCHIVE_PIECE_PUT, &sealed);
}

struct err invoice_archive_piece_get(struct tx *tx, struct str archive_id, int64_t number,
                                     struct invoice_archive_piece_row *ret_row, bool *ret_found) {
    TRY(row_get(tx, &piece_type,
                ROW_QUERY(Q_INVOICE_ARCHIVE_PIECE_GET, db_text(archive_id), db_i64(number)),
                ret_row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    struct sealed_place place = place_of(tx, ret_row);
    return sealed_read(tx, &place, ret_row->body, &ret_row->body);
}

struct err invoice_archive_pieces_drop(struct tx *tx, int64_t max, int64_t *ret_rows) {
    return db_run(tx->db, Q_INVOICE_ARCHIVE_PIECES_DROP, DB_ARGS(db_i64(max)), ret_rows);
}
