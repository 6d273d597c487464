#include "store/evidence.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct evidence_pack_row, member)
static const struct column pack_columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_I64, AT(from_at), NULL},
    {COLUMN_I64, AT(to_at), NULL},
    {COLUMN_TEXT, AT(status), NULL},
    {COLUMN_TEXT, AT(requested_by), NULL},
    {COLUMN_TEXT, AT(requester_kind), NULL},
    {COLUMN_I64, AT(requested_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
    {COLUMN_I64_OPT, AT(expires_at), NULL},
    {COLUMN_I64, AT(size), NULL},
    {COLUMN_TEXT, AT(sha256), NULL},
};
#undef AT
static const struct row_type pack_type = ROW_TYPE(struct evidence_pack_row, pack_columns);

#define AT(member) offsetof(struct evidence_piece_row, member)
static const struct column piece_columns[] = {
    {COLUMN_TEXT, AT(pack_id), NULL},
    {COLUMN_I64, AT(number), NULL},
    {COLUMN_TEXT, AT(body), NULL},
};
#undef AT
static const struct row_type piece_type = ROW_TYPE(struct evidence_piece_row, piece_columns);

#define AT(member) offsetof(struct program_start_row, member)
static const struct column start_columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_I64, AT(at), NULL},
    {COLUMN_TEXT, AT(version), NULL},
    {COLUMN_TEXT, AT(build), NULL},
    {COLUMN_TEXT, AT(configuration), NULL},
};
#undef AT
static const struct row_type start_type = ROW_TYPE(struct program_start_row, start_columns);

struct err evidence_pack_insert(struct tx *tx, const struct evidence_pack_row *row) {
    return row_put(tx, &pack_type, Q_EVIDENCE_PACK_INSERT, row);
}

struct err evidence_pack_set(struct tx *tx, const struct evidence_pack_row *row) {
    return row_put(tx, &pack_type, Q_EVIDENCE_PACK_SET, row);
}

struct err evidence_pack_get(struct tx *tx, struct str id, struct evidence_pack_row *ret_row,
                             bool *ret_found) {
    return row_get(tx, &pack_type, ROW_QUERY(Q_EVIDENCE_PACK_GET, db_text(id)), ret_row, ret_found);
}

struct err evidence_pack_page(struct tx *tx, struct str before, struct str status, size_t max,
                              struct row_list *ret_list) {
    return row_list(
        tx, &pack_type,
        ROW_QUERY(Q_EVIDENCE_PACK_PAGE, db_text(before), db_text(status), db_i64((int64_t)max)),
        max, ret_list);
}

struct err evidence_pack_next(struct tx *tx, struct evidence_pack_row *ret_row, bool *ret_found) {
    return row_get(tx, &pack_type, (struct row_query){Q_EVIDENCE_PACK_NEXT, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err evidence_pack_like(struct tx *tx, const struct evidence_pack_row *like,
                              struct evidence_pack_row *ret_row, bool *ret_found) {
    return row_get(tx, &pack_type,
                   ROW_QUERY(Q_EVIDENCE_PACK_LIKE, db_i64(like->from_at), db_i64(like->to_at),
                             db_text(like->requested_by)),
                   ret_row, ret_found);
}

struct err evidence_pack_count(struct tx *tx, int64_t *ret_count) {
    static const struct column count = {COLUMN_I64, 0, NULL};
    static const struct row_type count_type = {&count, 1, sizeof(int64_t), NULL};
    bool is_found = false;
    *ret_count = 0;
    return row_get(tx, &count_type, (struct row_query){Q_EVIDENCE_PACK_COUNT, DB_NO_ARGS},
                   ret_count, &is_found);
}

struct err evidence_pack_old(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &pack_type,
                    ROW_QUERY(Q_EVIDENCE_PACK_OLD, db_i64(now), db_i64((int64_t)max)), max,
                    ret_list);
}

static struct sealed_place place_of(struct tx *tx, const struct evidence_piece_row *row) {
    struct str id =
        arena_printf(tx->cx->arena, STR_FMT "/%lld", STR_ARG(row->pack_id), (long long)row->number);
    return (struct sealed_place){&sealed_evidence_pieces, EVIDENCE_PIECES_BODY, STR(""), id};
}

struct err evidence_piece_put(struct tx *tx, const struct evidence_piece_row *row) {
    struct evidence_piece_row sealed = *row;
    struct sealed_place place = place_of(tx, row);
    TRY(sealed_write(tx, &place, row->body, &sealed.body));
    return row_put(tx, &piece_type, Q_EVIDENCE_PIECE_PUT, &sealed);
}

struct err evidence_piece_get(struct tx *tx, struct str pack_id, int64_t number,
                              struct evidence_piece_row *ret_row, bool *ret_found) {
    TRY(row_get(tx, &piece_type, ROW_QUERY(Q_EVIDENCE_PIECE_GET, db_text(pack_id), db_i64(number)),
                ret_row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    struct sealed_place place = place_of(tx, ret_row);
    return sealed_read(tx, &place, ret_row->body, &ret_row->body);
}

struct err evidence_pieces_drop(struct tx *tx, int64_t max, int64_t *ret_rows) {
    return db_run(tx->db, Q_EVIDENCE_PIECES_DROP, DB_ARGS(db_i64(max)), ret_rows);
}

struct err program_start_insert(struct tx *tx, const struct program_start_row *row) {
    return row_put(tx, &start_type, Q_PROGRAM_START_INSERT, row);
}

/* --- populations --- */

static struct str end_of(struct tx *tx, const char *kind, int64_t to) {
    struct record_id id = id_first(kind, to);
    return arena_str(tx->cx->arena, id_str(&id));
}

/* Ids sort by time: from the first of the period's on. */
static struct str after_of(struct tx *tx, const char *kind, const struct evidence_place *place) {
    return place->after.len > 0 ? place->after : end_of(tx, kind, place->from);
}

struct err evidence_page(struct tx *tx, const struct evidence_noun *noun,
                         const struct evidence_place *place, struct row_list *ret_list) {
    int statement = noun->rows.statement;
    const struct export_read read = {&noun->rows, noun->whose};
    struct db_value page = db_i64(EXPORT_PAGE);
    switch (noun->how) {
    case EVIDENCE_BY_TIME:
        return export_read_rows(tx, &read,
                                ROW_QUERY(statement, db_text(place->after), db_i64(place->to), page,
                                          db_i64(place->from)),
                                ret_list);
    case EVIDENCE_BY_ID:
        return export_read_rows(tx, &read,
                                ROW_QUERY(statement, db_text(after_of(tx, noun->id_kind, place)),
                                          db_text(end_of(tx, noun->id_kind, place->to)), page),
                                ret_list);
    case EVIDENCE_BY_ACTION:
        return export_read_rows(tx, &read,
                                ROW_QUERY(statement, db_text(after_of(tx, noun->id_kind, place)),
                                          db_text(end_of(tx, noun->id_kind, place->to)), page,
                                          db_text(str_from_cstr(noun->actions[place->action]))),
                                ret_list);
    case EVIDENCE_AS_IT_IS:
        return export_read_rows(tx, &read, ROW_QUERY(statement, db_text(place->after), page),
                                ret_list);
    case EVIDENCE_BY_PROGRAM:
        break;
    }
    check(false);
    return OK;
}

struct str evidence_query(const struct evidence_noun *noun) {
    return noun->how == EVIDENCE_BY_PROGRAM ? STR("")
                                            : str_from_cstr(q_statements[noun->rows.statement].sql);
}
