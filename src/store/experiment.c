#include "store/experiment.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/words.h"

static const char *state_word(int value) {
    return experiment_state_name((enum experiment_state)value);
}
static const struct column_words words_state = {state_word, EXPERIMENT_STATE_COUNT};

#define AT(member) offsetof(struct experiment_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(name), NULL},
    {COLUMN_TEXT, AT(title), NULL},
    {COLUMN_NAMED, AT(state), &words_state},
    {COLUMN_TEXT, AT(salt), NULL},
    {COLUMN_TEXT, AT(layer), NULL},
    {COLUMN_TEXT, AT(layer_salt), NULL},
    {COLUMN_TEXT, AT(plan), NULL},
    {COLUMN_TEXT, AT(plan_hash), NULL},
    {COLUMN_I64, AT(monthly_units), NULL},
    {COLUMN_TEXT, AT(created_by), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(registered_at), NULL},
    {COLUMN_I64_OPT, AT(started_at), NULL},
    {COLUMN_I64_OPT, AT(paused_at), NULL},
    {COLUMN_I64_OPT, AT(ended_at), NULL},
    {COLUMN_I64_OPT, AT(decided_at), NULL},
    {COLUMN_TEXT, AT(decided_arm), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct experiment_row, columns);

struct err experiment_put(struct tx *tx, const struct experiment_row *row) {
    return row_put(tx, &type, Q_EXPERIMENT_PUT, row);
}

struct err experiment_get(struct tx *tx, struct str id, struct experiment_row *ret_row,
                          bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_EXPERIMENT_GET, db_text(id)), ret_row, ret_found);
}

struct err experiment_by_name(struct tx *tx, struct str name, struct experiment_row *ret_row,
                              bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_EXPERIMENT_BY_NAME, db_text(name)), ret_row, ret_found);
}

struct err experiment_page(struct tx *tx, struct str before, size_t max,
                           struct row_list *ret_list) {
    struct str last = before.len > 0 ? before : STR("~"); /* after every id */
    return row_list(tx, &type, ROW_QUERY(Q_EXPERIMENT_PAGE, db_text(last), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err experiments_showing(struct tx *tx, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_EXPERIMENT_SHOWING, db_i64(EXPERIMENTS_SHOWING_MAX)),
                    EXPERIMENTS_SHOWING_MAX, ret_list);
}

struct err experiment_layer_salt(struct tx *tx, struct str layer, struct str *ret_salt) {
    static const struct column salt_columns[] = {{COLUMN_TEXT, 0, NULL}};
    static const struct row_type salt_type = ROW_TYPE(struct str, salt_columns);
    bool is_found = false;
    *ret_salt = STR("");
    return row_get(tx, &salt_type, ROW_QUERY(Q_EXPERIMENT_LAYER_SALT, db_text(layer)), ret_salt,
                   &is_found);
}

/* --- the log --- */

#define AT(member) offsetof(struct experiment_log_row, member)
static const struct column log_columns[] = {
    {COLUMN_TEXT, AT(experiment_id), NULL}, {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(event), NULL},         {COLUMN_TEXT, AT(actor), NULL},
    {COLUMN_TEXT, AT(reason), NULL},        {COLUMN_I64, AT(at), NULL},
};
#undef AT
static const struct row_type log_type = ROW_TYPE(struct experiment_log_row, log_columns);

struct err experiment_log_insert(struct tx *tx, const struct experiment_log_row *row) {
    return row_put(tx, &log_type, Q_EXPERIMENT_LOG_INSERT, row);
}

struct err experiment_log_list(struct tx *tx, struct str id, struct row_list *ret_list) {
    return row_list(tx, &log_type,
                    ROW_QUERY(Q_EXPERIMENT_LOG_LIST, db_text(id), db_i64(EXPERIMENT_LOG_MAX)),
                    EXPERIMENT_LOG_MAX, ret_list);
}

/* --- units --- */

#define AT(member) offsetof(struct experiment_unit_row, member)
static const struct column unit_columns[] = {
    {COLUMN_TEXT, AT(experiment_id), NULL}, {COLUMN_TEXT, AT(unit_id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},       {COLUMN_I64, AT(arm), NULL},
    {COLUMN_TEXT, AT(source), NULL},        {COLUMN_TEXT, AT(excluded), NULL},
    {COLUMN_TEXT, AT(versions), NULL},      {COLUMN_TEXT, AT(page), NULL},
    {COLUMN_TEXT, AT(country), NULL},       {COLUMN_TEXT, AT(device), NULL},
    {COLUMN_I64, AT(exposed_at), NULL},
};
#undef AT
static const struct row_type unit_type = ROW_TYPE(struct experiment_unit_row, unit_columns);

struct err experiment_unit_put(struct tx *tx, const struct experiment_unit_row *row) {
    return row_put(tx, &unit_type, Q_EXPERIMENT_UNIT_PUT, row);
}

struct err experiment_unit_get(struct tx *tx, struct str experiment_id, struct str unit_id,
                               struct experiment_unit_row *ret_row, bool *ret_found) {
    return row_get(tx, &unit_type,
                   ROW_QUERY(Q_EXPERIMENT_UNIT_GET, db_text(experiment_id), db_text(unit_id)),
                   ret_row, ret_found);
}

struct err experiment_unit_of_customer(struct tx *tx, struct str user_id, int64_t since,
                                       struct experiment_unit_row *ret_row, bool *ret_found) {
    return row_get(tx, &unit_type,
                   ROW_QUERY(Q_EXPERIMENT_UNIT_OF_CUSTOMER, db_text(user_id), db_i64(since)),
                   ret_row, ret_found);
}

struct err experiment_unit_of_visitor(struct tx *tx, struct str visitor, int64_t since,
                                      struct experiment_unit_row *ret_row, bool *ret_found) {
    return row_get(tx, &unit_type,
                   ROW_QUERY(Q_EXPERIMENT_UNIT_OF_VISITOR, db_text(visitor), db_i64(since)),
                   ret_row, ret_found);
}

struct err experiment_units_in(struct tx *tx, struct str user_id, struct str experiment_id,
                               struct row_list *ret_list) {
    return row_list(tx, &unit_type,
                    ROW_QUERY(Q_EXPERIMENT_UNITS_IN, db_text(user_id), db_text(experiment_id),
                              db_i64(EXPERIMENT_UNITS_OF_ONE)),
                    EXPERIMENT_UNITS_OF_ONE, ret_list);
}

struct err experiment_unit_page(struct tx *tx, const struct experiment_unit_filter *filter,
                                size_t max, struct row_list *ret_list) {
    if (filter->user_id.len > 0) {
        return row_list(tx, &unit_type,
                        ROW_QUERY(Q_EXPERIMENT_UNIT_PAGE_OF, db_text(filter->experiment_id),
                                  db_text(filter->after), db_text(filter->which),
                                  db_i64((int64_t)max), db_text(filter->user_id)),
                        max, ret_list);
    }
    return row_list(tx, &unit_type,
                    ROW_QUERY(Q_EXPERIMENT_UNIT_PAGE, db_text(filter->experiment_id),
                              db_text(filter->after), db_text(filter->which), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err experiment_units_forget(struct tx *tx, int64_t before, int64_t max) {
    return row_change(tx, ROW_QUERY(Q_EXPERIMENT_UNITS_FORGET, db_i64(before), db_i64(max)));
}

#define AT(member) offsetof(struct experiment_override_row, member)
static const struct column override_columns[] = {
    {COLUMN_TEXT, AT(experiment_id), NULL},
    {COLUMN_TEXT, AT(unit_id), NULL},
    {COLUMN_I64, AT(arm), NULL},
    {COLUMN_TEXT, AT(set_by), NULL},
    {COLUMN_I64, AT(set_at), NULL},
};
#undef AT
static const struct row_type override_type =
    ROW_TYPE(struct experiment_override_row, override_columns);

struct err experiment_override_put(struct tx *tx, const struct experiment_override_row *row) {
    return row_put(tx, &override_type, Q_EXPERIMENT_OVERRIDE_PUT, row);
}

struct err experiment_override_get(struct tx *tx, struct str experiment_id, struct str unit_id,
                                   struct experiment_override_row *ret_row, bool *ret_found) {
    return row_get(tx, &override_type,
                   ROW_QUERY(Q_EXPERIMENT_OVERRIDE_GET, db_text(experiment_id), db_text(unit_id)),
                   ret_row, ret_found);
}

/* --- figures --- */

#define AT(member) offsetof(struct experiment_count, member)
static const struct column count_columns[] = {{COLUMN_I64, AT(arm), NULL},
                                              {COLUMN_I64, AT(count), NULL}};
#undef AT
static const struct row_type count_type = ROW_TYPE(struct experiment_count, count_columns);

struct err experiment_left_out(struct tx *tx, struct str id, struct row_list *ret_list) {
    return row_list(tx, &count_type,
                    ROW_QUERY(Q_EXPERIMENT_LEFT_OUT, db_text(id), db_i64(EXPERIMENT_ARMS_MAX)),
                    EXPERIMENT_ARMS_MAX, ret_list);
}

struct err experiment_contacts(struct tx *tx, struct str id, int64_t since,
                               struct row_list *ret_list) {
    return row_list(
        tx, &count_type,
        ROW_QUERY(Q_EXPERIMENT_CONTACTS, db_text(id), db_i64(since), db_i64(EXPERIMENT_ARMS_MAX)),
        EXPERIMENT_ARMS_MAX, ret_list);
}

#define AT(member) offsetof(struct experiment_slice, member)
static const struct column slice_columns[] = {
    {COLUMN_TEXT, AT(of), NULL}, {COLUMN_I64, AT(arm), NULL}, {COLUMN_I64, AT(count), NULL}};
#undef AT
static const struct row_type slice_type = ROW_TYPE(struct experiment_slice, slice_columns);

struct err experiment_slices(struct tx *tx, struct str id, enum experiment_slicing by,
                             struct row_list *ret_list) {
    static const int statements[] = {
        [EXPERIMENT_BY_DAY] = Q_EXPERIMENT_COUNTS_BY_DAY,
        [EXPERIMENT_BY_COUNTRY] = Q_EXPERIMENT_COUNTS_BY_COUNTRY,
        [EXPERIMENT_BY_DEVICE] = Q_EXPERIMENT_COUNTS_BY_DEVICE,
    };
    check((unsigned)by < ARRAY_LEN(statements));
    return row_list(tx, &slice_type,
                    ROW_QUERY(statements[by], db_text(id), db_i64(EXPERIMENT_SLICES_MAX)),
                    EXPERIMENT_SLICES_MAX, ret_list);
}

#define AT(member) offsetof(struct experiment_outcome, member)
static const struct column outcome_columns[] = {
    {COLUMN_I64, AT(day), NULL},
    {COLUMN_I64, AT(arm), NULL},
    {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_I64, AT(version), NULL},
    {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_I64, AT(count), NULL},
};
#undef AT
static const struct row_type outcome_type = ROW_TYPE(struct experiment_outcome, outcome_columns);

struct err experiment_outcomes(struct tx *tx, const struct experiment_outcome_query *query,
                               struct row_list *ret_list) {
    return row_list(tx, &outcome_type,
                    ROW_QUERY(Q_EXPERIMENT_OUTCOMES, db_text(query->id), db_i64(query->window_ms),
                              db_i64(query->from), db_i64(query->until),
                              db_i64(EXPERIMENT_OUTCOMES_MAX)),
                    EXPERIMENT_OUTCOMES_MAX, ret_list);
}

#define AT(member) offsetof(struct experiment_guarded, member)
static const struct column guarded_columns[] = {
    {COLUMN_I64, AT(arm), NULL},
    {COLUMN_I64, AT(counts[EXPERIMENT_REFUNDS]), NULL},
    {COLUMN_I64, AT(counts[EXPERIMENT_FAILURES]), NULL},
    {COLUMN_I64, AT(counts[EXPERIMENT_CANCELLATIONS]), NULL},
    {COLUMN_I64, AT(counts[EXPERIMENT_DOWNGRADES]), NULL},
};
#undef AT
static const struct row_type guarded_type = ROW_TYPE(struct experiment_guarded, guarded_columns);

struct err experiment_guarded(struct tx *tx, struct str id, int64_t churn_ms,
                              struct row_list *ret_list) {
    return row_list(tx, &guarded_type,
                    ROW_QUERY(Q_EXPERIMENT_GUARDRAILS, db_text(id), db_i64(churn_ms),
                              db_i64(EXPERIMENT_ARMS_MAX)),
                    EXPERIMENT_ARMS_MAX, ret_list);
}
