#include "store/job.h"

#include "store/queries.h"

enum { LONG_JOBS_MAX = 64 };

static const struct {
    const char *name;
    int due, put_off; /* statements */
} due_jobs[DUE_JOB_COUNT] = {
    [DUE_DUNNING] = {"dunning", Q_DUNNING_DUE, Q_DUNNING_PUT_OFF},
    [DUE_CONTRACTS] = {"contracts", Q_CONTRACT_DUE, Q_CONTRACT_PUT_OFF},
};

#define AT(member) offsetof(struct long_job_row, member)
static const struct column job_columns[] = {
    {COLUMN_TEXT, AT(name), NULL},
    {COLUMN_TEXT, AT(id), NULL},
    {COLUMN_TEXT, AT(status), NULL},
    {COLUMN_TEXT, AT(step), NULL},
    {COLUMN_I64, AT(done), NULL},
    {COLUMN_I64, AT(total), NULL},
    {COLUMN_I64, AT(started_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
    {COLUMN_TEXT_OPT, AT(last_error), NULL},
};
#undef AT
static const struct row_type job_type = ROW_TYPE(struct long_job_row, job_columns);

#define AT(member) offsetof(struct set_aside_row, member)
static const struct column aside_columns[] = {
    {COLUMN_TEXT, AT(job), NULL},     {COLUMN_TEXT, AT(row_id), NULL},
    {COLUMN_TEXT, AT(error), NULL},   {COLUMN_I64, AT(attempts), NULL},
    {COLUMN_I64, AT(first_at), NULL}, {COLUMN_I64, AT(last_at), NULL},
    {COLUMN_I64, AT(next_at), NULL},
};
#undef AT
static const struct row_type aside_type = ROW_TYPE(struct set_aside_row, aside_columns);

static const struct column id_columns[] = {{COLUMN_TEXT, 0, NULL}};
static const struct row_type id_type = ROW_TYPE(struct str, id_columns);

struct str due_job_str(enum due_job job) {
    return str_from_cstr(due_jobs[job].name);
}

struct err due_ids(struct tx *tx, enum due_job job, int64_t now, size_t max,
                   struct row_list *ret_list) {
    return row_list(tx, &id_type, ROW_QUERY(due_jobs[job].due, db_i64(now), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err due_put_off(struct tx *tx, enum due_job job, struct str id, int64_t at) {
    return row_change(tx, ROW_QUERY(due_jobs[job].put_off, db_text(id), db_i64(at)));
}

struct err long_jobs(struct tx *tx, size_t each, struct row_list *ret_list) {
    return row_list(tx, &job_type, ROW_QUERY(Q_LONG_JOBS, db_i64((int64_t)each)), LONG_JOBS_MAX,
                    ret_list);
}

struct err set_aside_put(struct tx *tx, const struct set_aside_row *row) {
    return row_change(tx,
                      ROW_QUERY(Q_SET_ASIDE_PUT, db_text(row->job), db_text(row->row_id),
                                db_text(row->error), db_i64(row->last_at), db_i64(row->next_at)));
}

struct err set_aside_get(struct tx *tx, struct str job, struct str row_id,
                         struct set_aside_row *ret_row, bool *ret_found) {
    return row_get(tx, &aside_type, ROW_QUERY(Q_SET_ASIDE_GET, db_text(job), db_text(row_id)),
                   ret_row, ret_found);
}

struct err set_aside_page(struct tx *tx, int64_t before_at, struct str before_id, size_t max,
                          struct row_list *ret_list) {
    return row_list(
        tx, &aside_type,
        ROW_QUERY(Q_SET_ASIDE_PAGE, db_i64(before_at), db_text(before_id), db_i64((int64_t)max)),
        max, ret_list);
}

struct err set_aside_drop(struct tx *tx, struct str job, struct str row_id) {
    return row_change(tx, ROW_QUERY(Q_SET_ASIDE_DROP, db_text(job), db_text(row_id)));
}
