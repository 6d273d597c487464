#include "store/customer_list.h"

#include "store/customer_mark.h"
#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

#define AT(member) offsetof(struct customer_line, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_TEXT, AT(name), NULL},
    {COLUMN_TEXT, AT(country), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_NAMED_OPT, AT(tier), &words_tier},
    {COLUMN_I64, AT(plan_version), NULL},
    {COLUMN_NAMED_OPT, AT(interval), &words_interval},
    {COLUMN_NAMED_OPT, AT(status), &words_subscription_status},
    {COLUMN_I64_OPT, AT(past_due_since), NULL},
    {COLUMN_I64_OPT, AT(access_until), NULL},
    {COLUMN_I64_OPT, AT(trial_ends_at), NULL},
    {COLUMN_BOOL, AT(is_ending), NULL},
    {COLUMN_BOOL, AT(is_parked), NULL},
    {COLUMN_TEXT, AT(owner_id), NULL},
};
static const struct row_sealed sealed_members[] = {{AT(name), CUSTOMERS_NAME}};
static const struct row_seal seal = {
    .table = &sealed_customers,
    .user = AT(user_id),
    .id = AT(user_id),
    .has_record_id = false,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
#undef AT
static const struct row_type type = ROW_TYPE_SEALED(struct customer_line, columns, seal);

struct err customer_list_newest(struct tx *tx, int64_t created_before, struct str user_before,
                                size_t max, struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_CUSTOMER_LIST_NEWEST, db_i64(created_before), db_text(user_before),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err customer_list_one(struct tx *tx, struct str user_id, struct customer_line *ret_line,
                             bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_CUSTOMER_LIST_ONE, db_text(user_id)), ret_line,
                   ret_found);
}

/* The end of a stretch of ids: all that begin so are before it, as an id has no byte above "~". */
static struct str end_of(struct tx *tx, struct str prefix) {
    return prefix.len == 0 ? STR("") : arena_printf(tx->cx->arena, STR_FMT "\x7f", STR_ARG(prefix));
}

/* One bound is all that an index begins at: the later one. What follows an id follows it with a
 * space, for an id has no byte below "!". */
static struct str begin_of(struct tx *tx, struct str prefix, struct str after) {
    struct str follows =
        after.len == 0 ? STR("") : arena_printf(tx->cx->arena, STR_FMT " ", STR_ARG(after));
    return str_compare(follows, prefix) > 0 ? follows : prefix;
}

/* What has no mark of its own is not looked for: null is equal to nothing. */
static struct db_value mark_or_none(const struct customer_mark *mark) {
    return mark->len > 0 ? db_text(customer_mark_str(mark)) : db_null();
}

struct err customer_list_found(struct tx *tx, const struct customer_clues *clues, struct str after,
                               size_t max, struct row_list *ret_list) {
    struct str begin = begin_of(tx, clues->prefix, after);
    struct str end = end_of(tx, clues->prefix);
    struct customer_mark last4;
    struct customer_mark domain;
    TRY(customer_mark_of_last4(tx, clues->last4, &last4));
    TRY(customer_mark_of_domain(tx, clues->domain, &domain));
    return row_list(tx, &type,
                    ROW_QUERY(Q_CUSTOMER_LIST_FOUND, db_text(after), db_text(begin), db_text(end),
                              db_text(clues->invoice_number), db_text(clues->person_id),
                              db_text(clues->owner_id), db_i64((int64_t)max), mark_or_none(&last4),
                              mark_or_none(&domain)),
                    max, ret_list);
}
