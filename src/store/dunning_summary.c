#include "store/dunning_summary.h"

#include "store/queries.h"

static const int statements[DUNNING_FIGURES_COUNT] = {
    [DUNNING_BY_STATUS] = Q_DUNNING_BY_STATUS,
    [DUNNING_BY_ATTEMPT] = Q_DUNNING_BY_ATTEMPT,
    [DUNNING_BY_DECLINE] = Q_DUNNING_BY_DECLINE,
    [DUNNING_AT_RISK] = Q_DUNNING_AT_RISK,
};

#define AT(member) offsetof(struct dunning_figure_row, member)
static const struct column figure_columns[] = {
    {COLUMN_TEXT, AT(word), NULL},     {COLUMN_I64, AT(number), NULL},
    {COLUMN_TEXT, AT(currency), NULL}, {COLUMN_I64, AT(count), NULL},
    {COLUMN_I64, AT(amount), NULL},
};
#undef AT
static const struct row_type figure_type = ROW_TYPE(struct dunning_figure_row, figure_columns);

#define AT(member) offsetof(struct dunning_past_row, member)
static const struct column past_columns[] = {
    {COLUMN_TEXT, AT(status), NULL},       {COLUMN_I64, AT(opened_at), NULL},
    {COLUMN_I64_OPT, AT(closed_at), NULL}, {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(amount), NULL},        {COLUMN_I64_OPT, AT(last_failed_at), NULL},
    {COLUMN_TEXT_OPT, AT(paid_by), NULL},
};
#undef AT
static const struct row_type past_type = ROW_TYPE(struct dunning_past_row, past_columns);

struct err dunning_figures(struct tx *tx, enum dunning_figures_kind kind, int64_t from, int64_t to,
                           struct row_list *ret_list) {
    return row_list(tx, &figure_type, ROW_QUERY(statements[kind], db_i64(from), db_i64(to)),
                    DUNNING_FIGURES_MAX, ret_list);
}

struct err dunning_past_cases(struct tx *tx, int64_t from, int64_t to, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &past_type,
                    ROW_QUERY(Q_DUNNING_PAST, db_i64(from), db_i64(to), db_i64((int64_t)max)), max,
                    ret_list);
}
