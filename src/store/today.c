#include "store/today.h"

#include "base/check.h"
#include "store/queries.h"

static const struct column owed_columns[] = {
    {COLUMN_TEXT, offsetof(struct today_owed, currency), NULL},
    {COLUMN_I64, offsetof(struct today_owed, count), NULL},
    {COLUMN_I64, offsetof(struct today_owed, amount), NULL},
};
static const struct row_type owed_type = ROW_TYPE(struct today_owed, owed_columns);

static const struct column number_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type number_type = ROW_TYPE(int64_t, number_columns);

struct err today_owed(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &owed_type, ROW_QUERY(Q_TODAY_OWED, db_i64((int64_t)max)), max, ret_list);
}

struct err today_number(struct tx *tx, enum today_number which, int64_t *ret_number) {
    static const int statements[TODAY_NUMBER_COUNT] = {
        [TODAY_APPROVALS] = Q_TODAY_APPROVALS,
        [TODAY_EVENTS_FAILED] = Q_TODAY_EVENTS_FAILED,
        [TODAY_MAILS_FAILED] = Q_TODAY_MAILS_FAILED,
        [TODAY_DIFFERENCES] = Q_TODAY_DIFFERENCES,
        [TODAY_USAGE] = Q_TODAY_USAGE,
    };
    bool is_found = false;
    check((int)which < TODAY_NUMBER_COUNT);
    return row_get(tx, &number_type, (struct row_query){statements[which], DB_NO_ARGS}, ret_number,
                   &is_found);
}

struct err today_alerts(struct tx *tx, struct str kind, struct str id_first, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &number_type, ROW_QUERY(Q_TODAY_ALERTS, db_text(kind), db_text(id_first)),
                   ret_count, &is_found);
}

struct err today_oldest(struct tx *tx, struct today_oldest *ret_oldest) {
    static const struct column columns[] = {
        {COLUMN_I64, offsetof(struct today_oldest, calls), NULL},
        {COLUMN_I64, offsetof(struct today_oldest, events), NULL},
        {COLUMN_I64, offsetof(struct today_oldest, deliveries), NULL},
        {COLUMN_I64, offsetof(struct today_oldest, mails), NULL},
    };
    static const struct row_type type = ROW_TYPE(struct today_oldest, columns);
    bool is_found = false;
    return row_get(tx, &type, (struct row_query){Q_TODAY_OLDEST, DB_NO_ARGS}, ret_oldest,
                   &is_found);
}
