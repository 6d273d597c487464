#include "store/row.h"

#include <string.h>

#include "base/check.h"
#include "store/sealed.h"

static int value_named(const struct column_words *words, struct str text) {
    for (int value = 0; value < words->count; value++) {
        if (str_equal(str_from_cstr(words->word(value)), text)) {
            return value;
        }
    }
    return -1;
}

static struct err read_named(struct cx *cx, const struct column *column, struct str text,
                             int *ret_value) {
    int value = value_named(column->words, text);
    if (value < 0) {
        return cx_fail(cx, ERR(ERR_CORRUPT), "the database holds the unknown word \"" STR_FMT "\"",
                       STR_ARG(text));
    }
    *ret_value = value;
    return OK;
}

static struct err read_id(struct cx *cx, struct str text, struct record_id *ret_id) {
    if (text.len >= sizeof ret_id->text) {
        return cx_fail(cx, ERR(ERR_CORRUPT), "the database holds an id of %zu bytes", text.len);
    }
    memset(ret_id, 0, sizeof *ret_id);
    if (text.len > 0) {
        memcpy(ret_id->text, text.bytes, text.len);
    }
    return OK;
}

static struct err read_member(struct cx *cx, const struct db_rows *rows, int at,
                              const struct column *column, void *member) {
    switch (column->kind) {
    case COLUMN_TEXT:
    case COLUMN_TEXT_OPT:
        *(struct str *)member = arena_str(cx->arena, db_column_str(rows, at));
        return OK;
    case COLUMN_ID:
    case COLUMN_ID_OPT:
        return read_id(cx, db_column_str(rows, at), member);
    case COLUMN_I64:
        *(int64_t *)member = db_column_i64(rows, at);
        return OK;
    case COLUMN_I64_OPT:
        *(int64_t *)member = db_column_is_null(rows, at) ? ROW_NONE : db_column_i64(rows, at);
        return OK;
    case COLUMN_BOOL:
        *(bool *)member = db_column_i64(rows, at) != 0;
        return OK;
    case COLUMN_NAMED:
        return read_named(cx, column, db_column_str(rows, at), member);
    case COLUMN_NAMED_OPT:
        if (db_column_is_null(rows, at)) {
            *(int *)member = -1;
            return OK;
        }
        return read_named(cx, column, db_column_str(rows, at), member);
    }
    check(false);
    return OK;
}

static struct str owner_of(const struct row_seal *seal, const char *row, struct str row_id) {
    if (seal->user == ROW_NOBODYS || seal->user == ROW_ITS_OWN) {
        return seal->user == ROW_NOBODYS ? STR("") : row_id;
    }
    const void *member = row + seal->user;
    return *(const struct str *)member;
}

static struct sealed_place place_of(const struct row_seal *seal, const void *row, int field) {
    const void *id = (const char *)row + seal->id;
    struct str row_id = seal->has_record_id ? id_str(id) : *(const struct str *)id;
    return (struct sealed_place){seal->table, field, owner_of(seal, row, row_id), row_id};
}

/* While the row's statement is open: its key is read from the same snapshot. */
static struct err open_row(struct tx *tx, const struct row_seal *seal, void *row) {
    for (size_t i = 0; i < seal->count; i++) {
        struct str *member = (void *)((char *)row + seal->members[i].offset);
        struct sealed_place place = place_of(seal, row, seal->members[i].field);
        TRY(sealed_read(tx, &place, *member, member));
    }
    return OK;
}

static struct err read_row(struct tx *tx, const struct db_rows *rows, const struct row_type *type,
                           void *ret_row) {
    for (size_t i = 0; i < type->count; i++) {
        const struct column *column = &type->columns[i];
        TRY(read_member(tx->cx, rows, (int)i, column, (char *)ret_row + column->offset));
    }
    if (type->seal != NULL) {
        TRY(open_row(tx, type->seal, ret_row));
    }
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

static struct db_value value_of(const struct column *column, const void *member) {
    switch (column->kind) {
    case COLUMN_TEXT:
        return db_text(*(const struct str *)member);
    case COLUMN_TEXT_OPT:
        return db_text_or_null(*(const struct str *)member);
    case COLUMN_ID:
        return db_text(id_str(member));
    case COLUMN_ID_OPT:
        return db_text_or_null(id_str(member));
    case COLUMN_I64:
        return db_i64(*(const int64_t *)member);
    case COLUMN_I64_OPT: {
        int64_t value = *(const int64_t *)member;
        return value == ROW_NONE ? db_null() : db_i64(value);
    }
    case COLUMN_BOOL:
        return db_i64(*(const bool *)member ? 1 : 0);
    case COLUMN_NAMED:
        return db_text(str_from_cstr(column->words->word(*(const int *)member)));
    case COLUMN_NAMED_OPT: {
        int value = *(const int *)member;
        return value < 0 ? db_null() : db_text(str_from_cstr(column->words->word(value)));
    }
    }
    check(false);
    return db_null();
}

static size_t column_at(const struct row_type *type, size_t offset) {
    size_t at = 0;
    while (at < type->count && type->columns[at].offset != offset) {
        at++;
    }
    check(at < type->count);
    return at;
}

/* Puts what is sealed in the place of what is plain. */
static struct err seal_row(struct tx *tx, const struct row_type *type, const void *row,
                           struct db_value *values) {
    const struct row_seal *seal = type->seal;
    for (size_t i = 0; i < seal->count; i++) {
        struct db_value *value = &values[column_at(type, seal->members[i].offset)];
        struct sealed_place place = place_of(seal, row, seal->members[i].field);
        if (value->kind == DB_TEXT) {
            TRY(sealed_write(tx, &place, value->bytes, &value->bytes));
        }
    }
    return OK;
}

struct err row_put(struct tx *tx, const struct row_type *type, int statement, const void *row) {
    check(type->count <= ROW_COLUMNS_MAX);
    struct db_value values[ROW_COLUMNS_MAX];
    for (size_t i = 0; i < type->count; i++) {
        values[i] = value_of(&type->columns[i], (const char *)row + type->columns[i].offset);
    }
    if (type->seal != NULL) {
        TRY(seal_row(tx, type, row, values));
    }
    return db_run(tx->db, statement, (struct db_args){values, type->count}, NULL);
}

struct err row_get(struct tx *tx, const struct row_type *type, struct row_query query,
                   void *ret_row, bool *ret_found) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    TRY(db_query(tx->db, query.statement, query.args, &rows));
    bool has_row = false;
    TRY(db_next(&rows, &has_row));
    if (has_row) {
        TRY(read_row(tx, &rows, type, ret_row));
    }
    *ret_found = has_row;
    return OK;
}

enum { LIST_FIRST = 8 };

/* Room for one more item: lists are short as a rule, and `max` is only their bound. */
static struct err make_room(struct arena *arena, size_t size, size_t max, struct row_list *list,
                            size_t *capacity) {
    if (list->count < *capacity) {
        return OK;
    }
    size_t larger = *capacity == 0 ? LIST_FIRST : *capacity * 2;
    larger = larger < max ? larger : max;
    void *items = arena_array(arena, larger, size);
    if (items == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    if (list->count > 0) {
        memcpy(items, list->items, list->count * size);
    }
    list->items = items;
    *capacity = larger;
    return OK;
}

struct err row_list(struct tx *tx, const struct row_type *type, struct row_query query, size_t max,
                    struct row_list *ret_list) {
    CLEANUP(db_rows_finish) struct db_rows rows = {0};
    struct row_list list = {NULL, 0};
    size_t capacity = 0;
    TRY(db_query(tx->db, query.statement, query.args, &rows));
    while (list.count < max) {
        bool has_row = false;
        TRY(db_next(&rows, &has_row));
        if (!has_row) {
            break;
        }
        TRY(make_room(tx->cx->arena, type->size, max, &list, &capacity));
        TRY(read_row(tx, &rows, type, (char *)list.items + list.count * type->size));
        list.count++;
    }
    *ret_list = list;
    return OK;
}

struct err row_change(struct tx *tx, struct row_query query) {
    return db_run(tx->db, query.statement, query.args, NULL);
}

struct err row_change_one(struct tx *tx, struct row_query query) {
    int64_t changed = 0;
    TRY(db_run(tx->db, query.statement, query.args, &changed));
    return changed == 1 ? OK : ERR(ERR_CONFLICT);
}
