#include "store/census.h"

#include "store/queries.h"

static const struct column columns[] = {
    {COLUMN_I64, offsetof(struct census, customers), NULL},
    {COLUMN_I64, offsetof(struct census, invoices), NULL},
    {COLUMN_I64, offsetof(struct census, invoices_paid), NULL},
    {COLUMN_I64, offsetof(struct census, attempts_failed), NULL},
    {COLUMN_I64, offsetof(struct census, cases), NULL},
    {COLUMN_I64, offsetof(struct census, cases_recovered), NULL},
    {COLUMN_I64, offsetof(struct census, mails), NULL},
};
static const struct row_type type = ROW_TYPE(struct census, columns);

struct err census_read(struct tx *tx, struct census *ret_census) {
    bool is_found = false;
    return row_get(tx, &type, (struct row_query){Q_CENSUS, DB_NO_ARGS}, ret_census, &is_found);
}
