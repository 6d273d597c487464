/* How the file of an export is made: one kind of row after the other, each as JSON and as CSV, a
 * page at a time. */
#include "app/export.h"

#include <string.h>

#include "app/export_file.h"
#include "app/mail.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "base/zip.h"
#include "core/calendar.h"

enum {
    PIECE = 96 * 1024, /* of the file, in a row */
    PAGE_ARENA = 64 * 1024 * 1024,
    TEXT_MAX = 32 * 1024 * 1024,
    FILES_MAX = 64,
    NAME_MAX = 48,
};

struct made_file {
    char name[NAME_MAX];
    const struct export_noun *noun;
    int64_t size, rows;
    char sha256[SHA256_HEX];
};

struct export_maker {
    struct app *app;
    struct arena arena; /* of the request's texts */
    struct cx cx;
    struct privacy_request_row row;
    struct export_whose whose;
    const struct export_noun *nouns;
    size_t noun_count;
    /* where it stands */
    size_t noun;
    enum export_form form;
    struct buf cursor; /* the id of the last row */
    bool is_open;      /* a member of the ZIP is being written */
    bool is_over;
    struct sha256_stream hash; /* of the member */
    struct made_file files[FILES_MAX];
    size_t file_count;
    /* the file itself */
    struct zip *zip;
    struct buf text; /* of a page */
    struct buf out;  /* of the ZIP, not kept yet */
    struct sha256_stream whole;
    int64_t size, piece;
    size_t in_hand; /* bytes of `out` that are being kept */
    bool has_told_last;
};

static struct err prepare(struct export_maker *maker, bool *ret_found) {
    struct tx tx = app_read(maker->app, &maker->cx);
    TRY(privacy_export_next(&tx, &maker->row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    bool is_of_customer = maker->row.user_id.len > 0;
    maker->whose = (struct export_whose){maker->row.user_id, maker->row.person_id};
    maker->nouns = is_of_customer ? export_nouns_of_customer : export_nouns_of_person;
    maker->noun_count =
        is_of_customer ? export_nouns_of_customer_count : export_nouns_of_person_count;
    check(maker->noun_count * EXPORT_FORM_COUNT <= FILES_MAX);
    return OK;
}

struct err export_maker_start(struct app *app, struct export_maker **ret_maker) {
    struct export_maker *maker = env_alloc_zeroed(app->env, sizeof *maker);
    bool is_found = false;
    *ret_maker = NULL;
    if (maker == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    maker->app = app;
    arena_init(&maker->arena, app->env, LIMIT_REQUEST_ARENA);
    cx_init(&maker->cx, app->env, &maker->arena);
    buf_init(&maker->cursor, app->env, LIMIT_BODY);
    buf_init(&maker->text, app->env, TEXT_MAX);
    buf_init(&maker->out, app->env, TEXT_MAX);
    sha256_begin(&maker->whole);
    struct err err = prepare(maker, &is_found);
    if (err_failed(err) || !is_found) {
        export_maker_destroy(maker);
        return err;
    }
    *ret_maker = maker;
    return OK;
}

void export_maker_destroy(struct export_maker *maker) {
    if (maker == NULL) {
        return;
    }
    zip_destroy(maker->zip);
    buf_finish(&maker->cursor);
    buf_finish(&maker->text);
    buf_finish(&maker->out);
    arena_finish(&maker->arena);
    env_free(maker->app->env, maker);
}

/* --- a member --- */

static struct err add(struct export_maker *maker) {
    struct made_file *file = &maker->files[maker->file_count];
    if (maker->text.has_failed) {
        return ERR(ERR_TOO_LARGE);
    }
    sha256_add(&maker->hash, buf_str(&maker->text));
    file->size += (int64_t)maker->text.len;
    TRY(zip_add(maker->zip, buf_str(&maker->text)));
    buf_clear(&maker->text);
    return OK;
}

static struct err open_member(struct export_maker *maker, const char *name,
                              const struct export_noun *noun) {
    struct made_file *file = &maker->files[maker->file_count];
    *file = (struct made_file){.noun = noun};
    check(strlen(name) < sizeof file->name);
    memcpy(file->name, name, strlen(name) + 1);
    sha256_begin(&maker->hash);
    buf_clear(&maker->cursor);
    maker->is_open = true;
    return zip_begin(maker->zip, name, maker->row.created_at / 1000);
}

static struct err close_member(struct export_maker *maker) {
    struct made_file *file = &maker->files[maker->file_count++];
    uint8_t hash[SHA256_SIZE];
    sha256_end(&maker->hash, hash);
    str_hex(hash, sizeof hash, file->sha256);
    maker->is_open = false;
    return zip_end(maker->zip);
}

static struct err begin_noun(struct export_maker *maker) {
    const struct export_noun *noun = &maker->nouns[maker->noun];
    struct str name =
        arena_printf(&maker->arena, "%s.%s%c", noun->name, export_form_name(maker->form), '\0');
    if (name.len == 0) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(open_member(maker, name.bytes, noun));
    export_file_head(noun, maker->form, &maker->text);
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
    struct made_file *file = &maker->files[maker->file_count];
    struct tx tx = app_read(maker->app, cx);
    struct row_list list;
    TRY(export_page(&tx, noun, &maker->whose, buf_str(&maker->cursor), &list));
    const struct export_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct export_line line = {&rows[i], file->rows == 0};
        if (is_theirs(noun, &rows[i])) {
            export_file_row(noun, maker->form, &line, &maker->text);
            file->rows++;
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
    if (!maker->is_open) {
        TRY(begin_noun(maker));
    }
    TRY(write_page(maker, cx, &is_whole));
    if (is_whole) {
        export_file_tail(&maker->nouns[maker->noun], maker->form, &maker->text);
    }
    TRY(add(maker));
    if (is_whole) {
        TRY(close_member(maker));
        next_member(maker);
    }
    return OK;
}

/* --- the manifest --- */

static void put_file(const struct made_file *file, struct json_writer *out) {
    json_open_object(out);
    json_member_cstr(out, "name", file->name);
    json_member_i64(out, "size", file->size);
    json_member_str(out, "sha256", str_of(file->sha256, SHA256_HEX));
    json_member_i64(out, "rows", file->rows);
    json_name(out, "schema");
    export_file_schema(file->noun, out);
    json_close_object(out);
}

static void put_manifest(struct export_maker *maker) {
    char at[RFC3339_SIZE];
    struct json_writer writer;
    rfc3339_format(maker->row.created_at, at);
    json_writer_init(&writer, &maker->text);
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
    buf_add_char(&maker->text, '\n');
}

static struct err write_manifest(struct export_maker *maker) {
    put_manifest(maker);
    TRY(open_member(maker, "manifest.json", NULL));
    TRY(add(maker));
    TRY(close_member(maker));
    TRY(zip_finish(maker->zip));
    maker->is_over = true;
    return OK;
}

struct err export_maker_step(struct export_maker *maker) {
    struct arena arena;
    struct cx cx;
    if (maker->is_over || maker->in_hand > 0) {
        return OK;
    }
    arena_init(&arena, maker->app->env, PAGE_ARENA);
    cx_init(&cx, maker->app->env, &arena);
    struct err err = maker->zip == NULL ? zip_create(&cx, &maker->out, &maker->zip) : OK;
    if (!err_failed(err)) {
        err = maker->noun < maker->noun_count ? step_noun(maker, &cx) : write_manifest(maker);
    }
    if (err_failed(err)) {
        err = cx_fail(&maker->cx, err, "%s", cx.detail);
    }
    arena_finish(&arena);
    return err;
}

const char *export_maker_detail(const struct export_maker *maker) {
    return maker->cx.detail;
}

/* --- pieces --- */

bool export_maker_piece(struct export_maker *maker, struct export_keep *ret_keep) {
    bool is_due = maker->out.len >= PIECE || (maker->is_over && !maker->has_told_last);
    if (maker->in_hand > 0 || !is_due) {
        return false;
    }
    size_t len = maker->out.len > PIECE ? PIECE : maker->out.len;
    bool is_last = maker->is_over && len == maker->out.len;
    struct str body = str_of(maker->out.bytes, len);
    sha256_add(&maker->whole, body);
    maker->size += (int64_t)len;
    maker->in_hand = len;
    maker->has_told_last = is_last;
    *ret_keep = (struct export_keep){
        .piece = {id_str(&maker->row.id), maker->piece++, maker->row.subject, body},
        .is_last = is_last,
        .has_failed = maker->size > EXPORT_BYTES_MAX,
        .size = maker->size,
    };
    if (is_last) {
        uint8_t hash[SHA256_SIZE];
        sha256_end(&maker->whole, hash);
        str_hex(hash, sizeof hash, ret_keep->sha256);
    }
    return true;
}

void export_maker_kept(struct export_maker *maker) {
    buf_drop(&maker->out, maker->in_hand);
    maker->in_hand = 0;
}

void export_maker_fail(struct export_maker *maker, struct export_keep *ret_keep) {
    *ret_keep = (struct export_keep){
        .piece = {id_str(&maker->row.id), maker->piece, maker->row.subject, STR("")},
        .has_failed = true,
    };
}
