#include "store/customer_owner.h"

#include "store/queries.h"

#define AT(member) offsetof(struct customer_owner_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_TEXT, AT(person_id), NULL},
    {COLUMN_I64, AT(assigned_at), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct customer_owner_row, columns);

struct err customer_owner_put(struct tx *tx, const struct customer_owner_row *row) {
    return row_put(tx, &type, Q_CUSTOMER_OWNER_PUT, row);
}

struct err customer_owner_drop(struct tx *tx, struct str user_id) {
    int64_t dropped = 0;
    return db_run(tx->db, Q_CUSTOMER_OWNER_DROP, DB_ARGS(db_text(user_id)), &dropped);
}
