/* How the file of an export is made: one kind of row after the other, each as JSON and as CSV, a
 * page at a time. */
#include "app/export.h"

#include <string.h>

#include "app/export_file.h"
#include "app/mail.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "core/calendar.h"

enum { FILES_MAX = 64 };

struct made_file {
    struct parcel_member member;
    const struct export_noun *noun;
};

struct export_maker {
    struct parcel parcel; /* first: parcel.c hands it back */
    struct privacy_request_row row;
    struct export_whose whose;
    const struct export_noun *nouns;
    size_t noun_count;
    /* where it stands */
    size_t noun;
    enum export_form form;
    struct buf cursor; /* the id of the last row */
    struct made_file files[FILES_MAX];
    size_t file_count;
};

static struct err open_request(struct parcel *parcel, bool *ret_found) {
    struct export_maker *maker = (struct export_maker *)parcel;
    struct tx tx = app_read(parcel->app, &parcel->cx);
    buf_init(&maker->cursor, parcel->app->env, LIMIT_BODY);
    TRY(privacy_export_next(&tx, &maker->row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    bool is_of_customer = maker->row.user_id.len > 0;
    parcel->id = id_str(&maker->row.id);
    parcel->subject = maker->row.subject;
    parcel->made_at = maker->row.created_at;
    maker->whose = (struct export_whose){maker->row.user_id, maker->row.person_id};
    maker->nouns = is_of_customer ? export_nouns_of_customer : export_nouns_of_person;
    maker->noun_count =
        is_of_customer ? export_nouns_of_customer_count : export_nouns_of_person_count;
    check(maker->noun_count * EXPORT_FORM_COUNT <= FILES_MAX);
    return OK;
}

static void close_request(struct parcel *parcel) {
    buf_finish(&((struct export_maker *)parcel)->cursor);
}

/* --- a member --- */

static struct err begin_noun(struct export_maker *maker, struct cx *cx) {
    const struct export_noun *noun = &maker->nouns[maker->noun];
    struct made_file *file = &maker->files[maker->file_count];
    struct str name = arena_printf(cx->arena, "%s.%s", noun->name, export_form_name(maker->form));
    file->noun = noun;
    buf_clear(&maker->cursor);
    TRY(parcel_begin(&maker->parcel, &file->member, name));
    export_file_head(noun, maker->form, &maker->parcel.text);
    return OK;
}

/* Mails to one person and alerts to operators are in no customer's file. */
static bool is_theirs(const struct export_noun *noun, const struct export_row *row) {
    enum mail_kind kind;
    if (strcmp(noun->name, "mails") != 0 || !mail_kind_parse(row->values[1].text, &kind)) {
        return true;
    }
    return !mail_kind_is_personal(kind) && !mail_kind_is_alert(kind);
}

static struct err write_page(struct export_maker *maker, struct cx *cx, bool *ret_is_whole) {
    const struct export_noun *noun = &maker->nouns[maker->noun];
    struct parcel_member *member = &maker->files[maker->file_count].member;
    struct tx tx = app_read(maker->parcel.app, cx);
    struct row_list list;
    TRY(export_page(&tx, noun, &maker->whose, buf_str(&maker->cursor), &list));
    const struct export_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct export_line line = {&rows[i], member->rows == 0};
        if (is_theirs(noun, &rows[i])) {
            export_file_row(noun, maker->form, &line, &maker->parcel.text);
            member->rows++;
        }
    }
    if (list.count > 0) {
        buf_clear(&maker->cursor);
        buf_add(&maker->cursor, rows[list.count - 1].values[0].text);
    }
    *ret_is_whole = list.count < EXPORT_PAGE;
    return maker->cursor.has_failed ? ERR(ERR_TOO_LARGE) : OK;
}

static void next_member(struct export_maker *maker) {
    bool was_last_form = maker->form + 1 == EXPORT_FORM_COUNT;
    maker->form = was_last_form ? EXPORT_AS_JSON : maker->form + 1;
    maker->noun += was_last_form ? 1 : 0;
}

static struct err step_noun(struct export_maker *maker, struct cx *cx) {
    bool is_whole = false;
    if (maker->parcel.member == NULL) {
        TRY(begin_noun(maker, cx));
    }
    TRY(write_page(maker, cx, &is_whole));
    if (!is_whole) {
        return parcel_flush(&maker->parcel);
    }
    export_file_tail(&maker->nouns[maker->noun], maker->form, &maker->parcel.text);
    TRY(parcel_end(&maker->parcel));
    maker->file_count++;
    next_member(maker);
    return OK;
}

/* --- the manifest --- */

static void put_file(const struct made_file *file, struct json_writer *out) {
    json_open_object(out);
    json_member_cstr(out, "name", file->member.name);
    json_member_i64(out, "size", file->member.size);
    json_member_str(out, "sha256", str_of(file->member.sha256, SHA256_HEX));
    json_member_i64(out, "rows", file->member.rows);
    json_name(out, "schema");
    export_file_schema(file->noun, out);
    json_close_object(out);
}

static void put_manifest(struct export_maker *maker) {
    char at[RFC3339_SIZE];
    struct json_writer writer;
    rfc3339_format(maker->row.created_at, at);
    json_writer_init(&writer, &maker->parcel.text);
    json_open_object(&writer);
    json_member_cstr(&writer, "format", "turnpike-export/1");
    json_member_str(&writer, "request", id_str(&maker->row.id));
    bool is_customer = maker->row.user_id.len > 0;
    json_member_str(&writer, is_customer ? "userId" : "personId",
                    is_customer ? maker->row.user_id : maker->row.person_id);
    json_member_cstr(&writer, "askedAt", at);
    json_member_cstr(&writer, "invoicePapers",
                     "Papers of invoices are the payment provider's; pdfUrl leads to each.");
    json_name(&writer, "files");
    json_open_array(&writer);
    for (size_t i = 0; i < maker->file_count; i++) {
        put_file(&maker->files[i], &writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    buf_add_char(&maker->parcel.text, '\n');
}

static struct err step(struct parcel *parcel, struct cx *cx) {
    struct export_maker *maker = (struct export_maker *)parcel;
    struct parcel_member manifest;
    if (maker->noun < maker->noun_count) {
        return step_noun(maker, cx);
    }
    put_manifest(maker);
    TRY(parcel_add(parcel, &manifest, STR("manifest.json")));
    return parcel_finish(parcel);
}

const struct parcel_kind export_parcel = {
    .name = "export",
    .room = sizeof(struct export_maker),
    .open = open_request,
    .step = step,
    .close = close_request,
    .keep = export_keep,
    .piece = export_piece,
    .drop = export_pieces_drop,
};
