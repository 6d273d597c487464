#include "store/customer_mark.h"

#include "store/queries.h"

enum { LAST_DIGITS = 4, DOMAIN_MAX = 255 };

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct customer_unmarked, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct customer_unmarked, id), NULL},
};
static const struct row_type type = ROW_TYPE(struct customer_unmarked, columns);

static struct err mark_of(struct tx *tx, struct str what, struct str text,
                          struct customer_mark *ret_mark) {
    ret_mark->len = text.len == 0 ? 0 : sizeof ret_mark->hex;
    return text.len == 0 ? OK : keyring_index(tx, what, text, ret_mark->hex);
}

static bool is_four_digits(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') {
            return false;
        }
    }
    return text.len == LAST_DIGITS;
}

struct err customer_mark_of_last4(struct tx *tx, struct str last4, struct customer_mark *ret_mark) {
    return mark_of(tx, STR("payment_methods.last4"), is_four_digits(last4) ? last4 : STR(""),
                   ret_mark);
}

struct err customer_mark_of_domain(struct tx *tx, struct str address,
                                   struct customer_mark *ret_mark) {
    char lower[DOMAIN_MAX];
    struct str domain = address;
    for (size_t at = str_find(domain, '@'); at < domain.len; at = str_find(domain, '@')) {
        domain = str_skip(domain, at + 1);
    }
    if (domain.len > sizeof lower) {
        domain = STR("");
    }
    for (size_t i = 0; i < domain.len; i++) {
        char c = domain.bytes[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return mark_of(tx, STR("people.domain"), str_of(lower, domain.len), ret_mark);
}

struct err customer_mark_method(struct tx *tx, struct str user_id, struct str id,
                                struct str last4) {
    struct customer_mark mark;
    int64_t changed = 0;
    TRY(customer_mark_of_last4(tx, last4, &mark));
    return db_run(tx->db, Q_CUSTOMER_MARK_METHOD,
                  DB_ARGS(db_text(user_id), db_text(id), db_text(customer_mark_str(&mark))),
                  &changed);
}

struct err customer_mark_person(struct tx *tx, struct str id, struct str email) {
    struct customer_mark mark;
    int64_t changed = 0;
    TRY(customer_mark_of_domain(tx, email, &mark));
    return db_run(tx->db, Q_CUSTOMER_MARK_PERSON,
                  DB_ARGS(db_text(id), db_text(customer_mark_str(&mark))), &changed);
}

struct err customer_mark_methods_left(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_CUSTOMER_MARK_METHODS_LEFT, db_i64((int64_t)max)), max,
                    ret_list);
}

struct err customer_mark_people_left(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_CUSTOMER_MARK_PEOPLE_LEFT, db_i64((int64_t)max)), max,
                    ret_list);
}
