#include "store/setting.h"

#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

static const struct column text_columns[] = {{COLUMN_TEXT, 0, NULL}};
static const struct row_type text_type = ROW_TYPE(struct str, text_columns);

static const struct column version_columns[] = {
    {COLUMN_NAMED, offsetof(struct plan_version_row, tier), &words_tier},
    {COLUMN_I64, offsetof(struct plan_version_row, version), NULL},
    {COLUMN_TEXT, offsetof(struct plan_version_row, content_hash), NULL},
    {COLUMN_TEXT, offsetof(struct plan_version_row, content), NULL},
    {COLUMN_I64, offsetof(struct plan_version_row, created_at), NULL},
};
static const struct row_type version_type = ROW_TYPE(struct plan_version_row, version_columns);

static const struct column price_columns[] = {
    {COLUMN_TEXT, offsetof(struct plan_price_row, lookup_key), NULL},
    {COLUMN_TEXT, offsetof(struct plan_price_row, stripe_price_id), NULL},
    {COLUMN_NAMED, offsetof(struct plan_price_row, tier), &words_tier},
    {COLUMN_I64, offsetof(struct plan_price_row, version), NULL},
    {COLUMN_NAMED, offsetof(struct plan_price_row, interval), &words_interval},
};
static const struct row_type price_type = ROW_TYPE(struct plan_price_row, price_columns);

/* The one text that a query gives; empty when it gives no row. */
static struct err get_text(struct tx *tx, struct row_query query, struct str *ret_text) {
    struct str text = STR("");
    bool is_found = false;
    TRY(row_get(tx, &text_type, query, &text, &is_found));
    *ret_text = text;
    return OK;
}

/* Settings that are secret. */
static const char *const secrets[] = {"audit_key", "mail_key", "pay_link_key",
                                      "webhook_endpoint_secret"};

bool setting_is_secret(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
        if (str_equal(name, str_from_cstr(secrets[i]))) {
            return true;
        }
    }
    return false;
}

static struct sealed_place place_of(struct str name) {
    return (struct sealed_place){&sealed_settings, SETTINGS_VALUE, STR(""), name};
}

struct err setting_get(struct tx *tx, const char *name_text, struct str *ret_value) {
    struct str name = str_from_cstr(name_text);
    struct str value;
    TRY(get_text(tx, ROW_QUERY(Q_SETTING_GET, db_text(name)), &value));
    struct sealed_place place = place_of(name);
    if (setting_is_secret(name)) {
        TRY(sealed_read(tx, &place, value, &value));
    }
    *ret_value = value;
    return OK;
}

struct err setting_put(struct tx *tx, const char *name_text, struct str value) {
    struct str name = str_from_cstr(name_text);
    struct sealed_place place = place_of(name);
    if (setting_is_secret(name)) {
        TRY(sealed_write(tx, &place, value, &value));
    }
    return row_change(tx, ROW_QUERY(Q_SETTING_PUT, db_text(name), db_text(value)));
}

struct err setting_is_sealed(struct tx *tx, const char *name, bool *ret_is) {
    struct str value;
    TRY(get_text(tx, ROW_QUERY(Q_SETTING_GET, db_text(str_from_cstr(name))), &value));
    *ret_is = str_starts_with(value, STR("s1:"));
    return OK;
}

struct err plan_version_hash(struct tx *tx, int tier, int64_t version, struct str *ret_hash) {
    struct str word = str_from_cstr(words_tier.word(tier));
    return get_text(tx, ROW_QUERY(Q_PLAN_VERSION_GET, db_text(word), db_i64(version)), ret_hash);
}

struct err plan_version_insert(struct tx *tx, const struct plan_version_row *row) {
    return row_put(tx, &version_type, Q_PLAN_VERSION_INSERT, row);
}

struct err plan_version_same(struct tx *tx, const struct plan_version_row *row,
                             struct plan_version_row *ret_row, bool *ret_found) {
    struct str word = str_from_cstr(words_tier.word(row->tier));
    return row_get(tx, &version_type,
                   ROW_QUERY(Q_PLAN_VERSION_SAME, db_text(word), db_i64(row->version),
                             db_text(row->content_hash)),
                   ret_row, ret_found);
}

struct err plan_version_list_after(struct tx *tx, int tier, int64_t after, size_t max,
                                   struct row_list *ret_list) {
    struct str word = str_from_cstr(words_tier.word(tier));
    return row_list(
        tx, &version_type,
        ROW_QUERY(Q_PLAN_VERSION_LIST, db_text(word), db_i64(after), db_i64((int64_t)max)), max,
        ret_list);
}

static const struct column since_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type since_type = ROW_TYPE(int64_t, since_columns);

struct err plan_version_since(struct tx *tx, int tier, int64_t version, int64_t *ret_at) {
    struct str word = str_from_cstr(words_tier.word(tier));
    bool is_found = false;
    *ret_at = ROW_NONE;
    return row_get(tx, &since_type, ROW_QUERY(Q_PLAN_VERSION_SINCE, db_text(word), db_i64(version)),
                   ret_at, &is_found);
}

struct err plan_price_get(struct tx *tx, struct str lookup_key, struct str *ret_price_id) {
    return get_text(tx, ROW_QUERY(Q_PLAN_PRICE_GET, db_text(lookup_key)), ret_price_id);
}

struct err plan_price_sold(struct tx *tx, struct str price_id, struct plan_price_row *ret_row,
                           bool *ret_found) {
    return row_get(tx, &price_type, ROW_QUERY(Q_PLAN_PRICE_SOLD, db_text(price_id)), ret_row,
                   ret_found);
}

struct err plan_price_insert(struct tx *tx, const struct plan_price_row *row) {
    return row_put(tx, &price_type, Q_PLAN_PRICE_INSERT, row);
}
