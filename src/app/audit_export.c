#include "app/audit_export.h"

#include "base/csv.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include <stdio.h>

static const char *const columns[] = {"chain", "seq",    "at",     "id",      "actorKind",
                                      "actor", "action", "object", "outcome", "row",
                                      "leaf",  "hash",   "reason"};

void audit_export_begin(enum audit_format format, struct buf *out) {
    for (size_t i = 0; format == AUDIT_CSV && i < ARRAY_LEN(columns); i++) {
        csv_cell(out, str_from_cstr(columns[i]), i + 1 == ARRAY_LEN(columns));
    }
}

static struct str plain(struct str row, const char *name) {
    struct str text = STR("");
    return jcs_plain(jcs_find(row, name), &text) ? text : STR("");
}

static void put_csv(const struct audit_row *row, struct str reason, struct buf *out) {
    char at[RFC3339_SIZE];
    char seq[24];
    rfc3339_format(row->at, at);
    (void)snprintf(seq, sizeof seq, "%lld", (long long)row->seq);
    const struct str cells[] = {
        row->user_id,
        str_from_cstr(seq),
        str_from_cstr(at),
        id_str(&row->id),
        plain(row->row, "actorKind"),
        row->actor,
        row->action,
        row->object,
        plain(row->row, "outcome"),
        row->row,
        row->leaf,
        row->chain,
        reason,
    };
    for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
        csv_cell(out, cells[i], i + 1 == ARRAY_LEN(cells));
    }
}

void audit_export_row(enum audit_format format, const struct audit_row *row, struct str reason,
                      struct buf *out) {
    struct json_writer writer;
    if (format == AUDIT_CSV) {
        put_csv(row, reason, out);
        return;
    }
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_member_str(&writer, "hash", row->chain);
    json_member_str(&writer, "leaf", row->leaf);
    json_name(&writer, "reason");
    if (reason.bytes == NULL) {
        json_put_null(&writer);
    } else {
        json_put_str(&writer, reason);
    }
    json_name(&writer, "row");
    json_put_raw(&writer, row->row);
    json_close_object(&writer);
    buf_add(out, STR("\n"));
}
