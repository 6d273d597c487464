#include "app/export_file.h"

#include "base/csv.h"
#include "base/rfc3339.h"
#include "core/jcs.h"

static const char *const forms[EXPORT_FORM_COUNT] = {
    [EXPORT_AS_JSON] = "json",
    [EXPORT_AS_CSV] = "csv",
};

const char *export_form_name(enum export_form form) {
    return forms[form];
}

static bool is_absent(const struct export_column *column, const struct export_value *value) {
    bool is_number = column->kind == EXPORT_WHOLE || column->kind == EXPORT_FLAG ||
                     column->kind == EXPORT_INSTANT;
    return is_number ? value->whole == ROW_NONE : value->text.len == 0;
}

static struct str member_of(struct str row, const char *name) {
    struct str text = STR("");
    return jcs_plain(jcs_find(row, name), &text) ? text : STR("");
}

static void put_text_or_null(struct str text, struct json_writer *out) {
    if (text.len > 0) {
        json_put_str(out, text);
    } else {
        json_put_null(out);
    }
}

static struct str facts_of(struct str row, const char *name) {
    struct str facts = jcs_find(row, name);
    return facts.len > 0 ? facts : STR("null");
}

static void put_json(const struct export_column *column, const struct export_value *value,
                     struct json_writer *out) {
    char at[RFC3339_SIZE];
    json_name(out, column->name);
    if (is_absent(column, value)) {
        json_put_null(out);
        return;
    }
    switch (column->kind) {
    case EXPORT_TEXT:
        json_put_str(out, value->text);
        return;
    case EXPORT_WHOLE:
        json_put_i64(out, value->whole);
        return;
    case EXPORT_FLAG:
        json_put_bool(out, value->whole != 0);
        return;
    case EXPORT_INSTANT:
        rfc3339_format(value->whole, at);
        json_put_cstr(out, at);
        return;
    case EXPORT_JSON:
        json_put_raw(out, value->text);
        return;
    case EXPORT_MEMBER:
        put_text_or_null(member_of(value->text, column->name), out);
        return;
    case EXPORT_FACTS:
        json_put_raw(out, facts_of(value->text, column->name));
        return;
    }
}

/* Numbers are told from texts, so that a negative amount is no formula. */
static void put_csv(const struct export_column *column, const struct export_value *value,
                    bool is_last, struct buf *out) {
    char at[RFC3339_SIZE];
    if (is_absent(column, value)) {
        csv_cell(out, STR(""), is_last);
        return;
    }
    switch (column->kind) {
    case EXPORT_TEXT:
    case EXPORT_JSON:
        csv_cell(out, value->text, is_last);
        return;
    case EXPORT_WHOLE:
        buf_add_i64(out, value->whole);
        buf_add(out, is_last ? STR("\r\n") : STR(","));
        return;
    case EXPORT_FLAG:
        csv_cell(out, value->whole != 0 ? STR("true") : STR("false"), is_last);
        return;
    case EXPORT_INSTANT:
        rfc3339_format(value->whole, at);
        csv_cell(out, str_from_cstr(at), is_last);
        return;
    case EXPORT_MEMBER:
        csv_cell(out, member_of(value->text, column->name), is_last);
        return;
    case EXPORT_FACTS:
        csv_cell(out, jcs_find(value->text, column->name), is_last);
        return;
    }
}

void export_file_head(const struct export_noun *noun, enum export_form form, struct buf *out) {
    if (form == EXPORT_AS_JSON) {
        buf_add(out, STR("["));
        return;
    }
    for (size_t i = 0; i < noun->count; i++) {
        csv_cell(out, str_from_cstr(noun->columns[i].name), i + 1 == noun->count);
    }
}

void export_file_row(const struct export_noun *noun, enum export_form form,
                     const struct export_line *line, struct buf *out) {
    const struct export_value *values = line->row->values;
    if (form == EXPORT_AS_CSV) {
        for (size_t i = 0; i < noun->count; i++) {
            put_csv(&noun->columns[i], &values[i], i + 1 == noun->count, out);
        }
        return;
    }
    struct json_writer writer;
    buf_add(out, line->is_first ? STR("\n") : STR(",\n"));
    json_writer_init(&writer, out);
    json_open_object(&writer);
    for (size_t i = 0; i < noun->count; i++) {
        put_json(&noun->columns[i], &values[i], &writer);
    }
    json_close_object(&writer);
}

void export_file_tail(const struct export_noun *noun, enum export_form form, struct buf *out) {
    (void)noun;
    if (form == EXPORT_AS_JSON) {
        buf_add(out, STR("\n]\n"));
    }
}

/* --- what stands where --- */

static const char *type_of(enum export_kind kind) {
    switch (kind) {
    case EXPORT_TEXT:
    case EXPORT_INSTANT:
    case EXPORT_MEMBER:
        return "{\"type\":[\"string\",\"null\"]}";
    case EXPORT_WHOLE:
        return "{\"type\":[\"integer\",\"null\"]}";
    case EXPORT_FLAG:
        return "{\"type\":[\"boolean\",\"null\"]}";
    case EXPORT_JSON:
    case EXPORT_FACTS:
        return "{}";
    }
    return "{}";
}

void export_file_schema(const struct export_noun *noun, struct json_writer *out) {
    json_open_object(out);
    json_member_cstr(out, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_member_cstr(out, "type", "array");
    json_member_cstr(out, "description", noun->doc);
    json_name(out, "items");
    json_open_object(out);
    json_member_cstr(out, "type", "object");
    json_name(out, "properties");
    json_open_object(out);
    for (size_t i = 0; i < noun->count; i++) {
        const struct export_column *column = &noun->columns[i];
        json_name(out, column->name);
        json_open_object(out);
        json_member_cstr(out, "description", column->doc);
        json_name(out, "allOf");
        json_open_array(out);
        json_put_raw(out, str_from_cstr(type_of(column->kind)));
        json_close_array(out);
        json_close_object(out);
    }
    json_close_object(out);
    json_close_object(out);
    json_close_object(out);
}
