#include "store/privacy.h"

#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct privacy_request_row, member)
static const struct column request_columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(kind), NULL},
    {COLUMN_TEXT, AT(subject), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_TEXT, AT(person_id), NULL},
    {COLUMN_TEXT, AT(status), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64, AT(due_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
    {COLUMN_I64_OPT, AT(expires_at), NULL},
    {COLUMN_I64, AT(size), NULL},
    {COLUMN_TEXT, AT(sha256), NULL},
    {COLUMN_TEXT, AT(decided_by), NULL},
    {COLUMN_TEXT, AT(certificate), NULL},
    {COLUMN_I64_OPT, AT(remind_at), NULL},
    {COLUMN_I64_OPT, AT(extended_at), NULL},
    {COLUMN_TEXT_OPT, AT(reason), NULL},
};
static const struct row_sealed request_members[] = {{AT(reason), PRIVACY_REQUESTS_REASON}};
static const struct row_seal request_seal = {
    .table = &sealed_privacy_requests,
    .user = AT(subject),
    .id = AT(id),
    .has_record_id = true,
    .members = request_members,
    .count = ARRAY_LEN(request_members),
};
#undef AT
static const struct row_type request_type =
    ROW_TYPE_SEALED(struct privacy_request_row, request_columns, request_seal);

#define AT(member) offsetof(struct export_piece_row, member)
static const struct column piece_columns[] = {
    {COLUMN_TEXT, AT(request_id), NULL},
    {COLUMN_I64, AT(number), NULL},
    {COLUMN_TEXT, AT(subject), NULL},
    {COLUMN_TEXT, AT(body), NULL},
};
#undef AT
static const struct row_type piece_type = ROW_TYPE(struct export_piece_row, piece_columns);

#define AT(member) offsetof(struct privacy_choices_row, member)
static const struct column choices_columns[] = {
    {COLUMN_TEXT, AT(subject), NULL},          {COLUMN_BOOL, AT(analytics), NULL},
    {COLUMN_BOOL, AT(experiments), NULL},      {COLUMN_BOOL, AT(feedback_mail), NULL},
    {COLUMN_BOOL, AT(marketing), NULL},        {COLUMN_I64, AT(updated_at), NULL},
    {COLUMN_I64_OPT, AT(restricted_at), NULL}, {COLUMN_TEXT, AT(restricted_by), NULL},
};
#undef AT
static const struct row_type choices_type = ROW_TYPE(struct privacy_choices_row, choices_columns);

#define AT(member) offsetof(struct privacy_consent_row, member)
static const struct column consent_columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(subject), NULL},
    {COLUMN_TEXT, AT(purpose), NULL},
    {COLUMN_BOOL, AT(is_allowed), NULL},
    {COLUMN_TEXT, AT(text_version), NULL},
    {COLUMN_TEXT, AT(how), NULL},
    {COLUMN_TEXT, AT(said_by), NULL},
    {COLUMN_I64, AT(at), NULL},
};
#undef AT
static const struct row_type consent_type = ROW_TYPE(struct privacy_consent_row, consent_columns);

static const struct column erased_columns[] = {
    {COLUMN_TEXT, offsetof(struct erased_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct erased_row, request_id), NULL},
    {COLUMN_I64, offsetof(struct erased_row, erased_at), NULL},
};
static const struct row_type erased_type = ROW_TYPE(struct erased_row, erased_columns);

struct err privacy_request_insert(struct tx *tx, const struct privacy_request_row *row) {
    return row_put(tx, &request_type, Q_PRIVACY_REQUEST_INSERT, row);
}

struct err privacy_request_set(struct tx *tx, const struct privacy_request_row *row) {
    return row_put(tx, &request_type, Q_PRIVACY_REQUEST_SET, row);
}

struct err privacy_request_get(struct tx *tx, struct str id, struct privacy_request_row *ret_row,
                               bool *ret_found) {
    return row_get(tx, &request_type, ROW_QUERY(Q_PRIVACY_REQUEST_GET, db_text(id)), ret_row,
                   ret_found);
}

struct err privacy_request_open(struct tx *tx, struct str subject, struct str kind,
                                struct privacy_request_row *ret_row, bool *ret_found) {
    return row_get(tx, &request_type,
                   ROW_QUERY(Q_PRIVACY_REQUEST_OPEN, db_text(subject), db_text(kind)), ret_row,
                   ret_found);
}

struct err privacy_request_done(struct tx *tx, struct str subject,
                                struct privacy_request_row *ret_row, bool *ret_found) {
    return row_get(tx, &request_type, ROW_QUERY(Q_PRIVACY_REQUEST_DONE, db_text(subject)), ret_row,
                   ret_found);
}

struct err privacy_request_of(struct tx *tx, struct str subject, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &request_type,
                    ROW_QUERY(Q_PRIVACY_REQUEST_OF, db_text(subject), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err privacy_request_waiting(struct tx *tx, const struct privacy_request_row *after,
                                   struct str status, size_t max, struct row_list *ret_list) {
    return row_list(tx, &request_type,
                    ROW_QUERY(Q_PRIVACY_REQUEST_WAITING, db_text(status), db_i64(after->due_at),
                              db_text(id_str(&after->id)), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err privacy_request_answered(struct tx *tx, struct str before, struct str status, size_t max,
                                    struct row_list *ret_list) {
    return row_list(tx, &request_type,
                    ROW_QUERY(Q_PRIVACY_REQUEST_ANSWERED, db_text(status), db_text(before),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err privacy_request_remind(struct tx *tx, int64_t now, size_t max,
                                  struct row_list *ret_list) {
    return row_list(tx, &request_type,
                    ROW_QUERY(Q_PRIVACY_REQUEST_REMIND, db_i64(now), db_i64((int64_t)max)), max,
                    ret_list);
}

static const struct column one_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type one_type = ROW_TYPE(int64_t, one_columns);

struct err privacy_request_remind_next(struct tx *tx, int64_t *ret_at) {
    bool is_found = false;
    return row_get(tx, &one_type, (struct row_query){Q_PRIVACY_REQUEST_REMIND_NEXT, DB_NO_ARGS},
                   ret_at, &is_found);
}

struct err privacy_request_overdue(struct tx *tx, int64_t now, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &one_type, ROW_QUERY(Q_PRIVACY_REQUEST_OVERDUE, db_i64(now)), ret_count,
                   &is_found);
}

struct err privacy_export_next(struct tx *tx, struct privacy_request_row *ret_row,
                               bool *ret_found) {
    return row_get(tx, &request_type, (struct row_query){Q_PRIVACY_EXPORT_NEXT, DB_NO_ARGS},
                   ret_row, ret_found);
}

struct err privacy_export_old(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &request_type,
                    ROW_QUERY(Q_PRIVACY_EXPORT_OLD, db_i64(now), db_i64((int64_t)max)), max,
                    ret_list);
}

static struct sealed_place place_of(struct tx *tx, const struct export_piece_row *row) {
    struct str id = arena_printf(tx->cx->arena, STR_FMT "/%lld", STR_ARG(row->request_id),
                                 (long long)row->number);
    return (struct sealed_place){&sealed_export_pieces, EXPORT_PIECES_BODY, row->subject, id};
}

struct err export_piece_put(struct tx *tx, const struct export_piece_row *row) {
    struct export_piece_row sealed = *row;
    struct sealed_place place = place_of(tx, row);
    TRY(sealed_write(tx, &place, row->body, &sealed.body));
    return row_put(tx, &piece_type, Q_EXPORT_PIECE_PUT, &sealed);
}

struct err export_piece_get(struct tx *tx, struct str request_id, int64_t number,
                            struct export_piece_row *ret_row, bool *ret_found) {
    TRY(row_get(tx, &piece_type, ROW_QUERY(Q_EXPORT_PIECE_GET, db_text(request_id), db_i64(number)),
                ret_row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    struct sealed_place place = place_of(tx, ret_row);
    return sealed_read(tx, &place, ret_row->body, &ret_row->body);
}

struct err export_pieces_drop(struct tx *tx, int64_t max, int64_t *ret_rows) {
    return db_run(tx->db, Q_EXPORT_PIECES_DROP, DB_ARGS(db_i64(max)), ret_rows);
}

struct err privacy_choices_put(struct tx *tx, const struct privacy_choices_row *row) {
    return row_put(tx, &choices_type, Q_PRIVACY_CHOICES_PUT, row);
}

struct err privacy_choices_get(struct tx *tx, struct str subject,
                               struct privacy_choices_row *ret_row, bool *ret_found) {
    return row_get(tx, &choices_type, ROW_QUERY(Q_PRIVACY_CHOICES_GET, db_text(subject)), ret_row,
                   ret_found);
}

struct err privacy_consent_insert(struct tx *tx, const struct privacy_consent_row *row) {
    return row_put(tx, &consent_type, Q_PRIVACY_CONSENT_INSERT, row);
}

struct err privacy_consents_of(struct tx *tx, struct str subject, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &consent_type,
                    ROW_QUERY(Q_PRIVACY_CONSENTS_OF, db_text(subject), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err erased_put(struct tx *tx, const struct erased_row *row) {
    return row_put(tx, &erased_type, Q_ERASED_PUT, row);
}

struct err erased_get(struct tx *tx, struct str user_id, struct erased_row *ret_row,
                      bool *ret_found) {
    return row_get(tx, &erased_type, ROW_QUERY(Q_ERASED_GET, db_text(user_id)), ret_row, ret_found);
}

struct err erased_between(struct tx *tx, struct user_range range, size_t max,
                          struct row_list *ret_list) {
    return row_list(tx, &erased_type,
                    ROW_QUERY(Q_ERASED_BETWEEN, db_text(range.first), db_text(range.last),
                              db_i64((int64_t)max)),
                    max, ret_list);
}
