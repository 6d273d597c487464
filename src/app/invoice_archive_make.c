/* How the file of a year's invoices is made: one paper after the other, each fetched from the
 * provider while the file waits, and then the list. */
#include "app/invoice_archive.h"

#include <string.h>

#include "app/invoice_list.h"
#include "app/progress.h"
#include "base/rfc3339.h"
#include "base/shape_csv.h"

enum {
    PAPER_MAX = 8 * 1024 * 1024,
    CSV_MAX = 32 * 1024 * 1024,
    TRIES = 3,
    MISSING_IN_A_ROW_MAX = 5, /* then nobody is there who could give any */
    HTTP_OK = 200,
};

struct invoice_archive_maker {
    struct parcel parcel; /* first: parcel.c hands it back */
    struct invoice_archive_row row;
    int64_t total; /* papers, as they were counted */
    /* where it stands */
    struct record_id after;  /* the last invoice that is in it; empty: none is */
    struct record_id wanted; /* whose paper is being fetched; empty: none is */
    int tries, missing_in_a_row;
    struct buf csv;
    bool has_list;
};

static const char *const columns[] = {
    "number",     "date",        "state",           "periodStart",      "periodEnd",
    "currency",   "total.minor", "total.amount",    "tax.minor",        "tax.amount",
    "paid.minor", "paid.amount", "givenBack.minor", "givenBack.amount", "file"};

static void begin_csv(struct invoice_archive_maker *maker) {
    struct csv_line line = {.out = &maker->csv};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        csv_line_text(&line, str_from_cstr(columns[i]));
    }
    csv_line_end(&line);
}

static void tell_progress(struct invoice_archive_maker *maker) {
    int64_t done = maker->parcel.made + maker->parcel.missing;
    int64_t total = maker->total > done ? maker->total : done;
    progress_tell(&maker->parcel.app->archiving, done, total + 1); /* the list is one more */
}

static struct err open_archive(struct parcel *parcel, bool *ret_found) {
    struct invoice_archive_maker *maker = (struct invoice_archive_maker *)parcel;
    struct tx tx = app_read(parcel->app, &parcel->cx);
    buf_init(&maker->csv, parcel->app->env, CSV_MAX);
    TRY(invoice_archive_next(&tx, &maker->row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    const struct invoice_archive_span span = {maker->row.user_id,
                                              invoice_year_begin(maker->row.year),
                                              invoice_year_begin(maker->row.year + 1)};
    parcel->id = id_str(&maker->row.id);
    parcel->subject = maker->row.user_id;
    parcel->made_at = maker->row.requested_at;
    begin_csv(maker);
    progress_begin(&parcel->app->archiving, parcel->app, &maker->row.id);
    return invoice_archive_papers(&tx, &span, &maker->total);
}

static void close_archive(struct parcel *parcel) {
    struct invoice_archive_maker *maker = (struct invoice_archive_maker *)parcel;
    buf_finish(&maker->csv);
    progress_tell(&parcel->app->archiving, 0, 0);
}

/* --- the list --- */

static void put_money(struct csv_line *line, struct money money) {
    char bytes[MONEY_DECIMAL_MAX + 1];
    struct text text;
    csv_line_i64(line, money.minor);
    text_init(&text, bytes, sizeof bytes);
    money_decimal(&text, money);
    csv_line_number(line, str_of(bytes, text.len));
}

static void put_time(struct csv_line *line, int64_t at) {
    char text[RFC3339_SIZE];
    rfc3339_format(at, text);
    csv_line_text(line, str_from_cstr(text));
}

static void put_row(struct invoice_archive_maker *maker, const struct invoice_standing *standing,
                    struct str file) {
    const struct invoice_row *row = &standing->invoice;
    struct csv_line line = {.out = &maker->csv};
    csv_line_text(&line, row->number);
    put_time(&line, row->created_at);
    csv_line_text(&line, str_from_cstr(invoice_state_name(invoice_standing_state(standing))));
    put_time(&line, row->period_start);
    put_time(&line, row->period_end);
    csv_line_text(&line, row->currency);
    put_money(&line, money_stored(row->amount, row->currency));
    put_money(&line, money_stored(row->tax, row->currency));
    put_money(&line, money_stored(row->amount_paid, row->currency));
    put_money(&line, money_stored(standing->given_back, row->currency));
    csv_line_text(&line, file);
    csv_line_end(&line);
}

/* --- a paper --- */

/* The next invoice that has a number; *ret_row's id is empty behind the last one. */
static struct err read_next(struct invoice_archive_maker *maker, struct cx *cx,
                            struct invoice_standing *ret_row, bool *ret_found) {
    struct tx tx = app_read(maker->parcel.app, cx);
    struct row_list list;
    do {
        const struct invoice_list_query query = {.user_id = maker->row.user_id,
                                                 .after = id_str(&maker->after),
                                                 .state = -1,
                                                 .year = maker->row.year,
                                                 .max = 1};
        TRY(invoice_list_read(&tx, &query, &list));
        *ret_found = list.count > 0;
        if (*ret_found) {
            *ret_row = *(const struct invoice_standing *)list.items;
            maker->after = ret_row->invoice.number.len > 0 ? maker->after : ret_row->invoice.id;
        }
    } while (*ret_found && ret_row->invoice.number.len == 0);
    return OK;
}

/* "NOVA-0001.pdf": of a number that anybody may have chosen, only what every system takes. */
static struct str file_name(struct arena *arena, const struct invoice_row *row) {
    char name[PARCEL_NAME_MAX];
    size_t len = 0;
    for (size_t i = 0; i < row->number.len && len < sizeof name - sizeof ".pdf"; i++) {
        char c = row->number.bytes[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '-' || c == '_';
        name[len++] = is_plain ? c : '_';
    }
    return arena_printf(arena, "%.*s.pdf", (int)len, name);
}

static bool is_paper(const struct parcel_fetch *fetch) {
    return !err_failed(fetch->err) && fetch->status == HTTP_OK &&
           str_starts_with(buf_str(&fetch->body), STR("%PDF-"));
}

static struct err go_on(struct invoice_archive_maker *maker, struct cx *cx,
                        const struct invoice_standing *standing, struct str file) {
    bool is_there = file.len > 0;
    put_row(maker, standing, file);
    maker->parcel.made += is_there ? 1 : 0;
    maker->parcel.missing += is_there ? 0 : 1;
    maker->missing_in_a_row = is_there ? 0 : maker->missing_in_a_row + 1;
    maker->after = standing->invoice.id;
    maker->wanted = (struct record_id){.text = ""};
    maker->tries = 0;
    tell_progress(maker);
    bool is_anybody_there = maker->missing_in_a_row < MISSING_IN_A_ROW_MAX;
    return is_anybody_there ? OK : cx_fail(cx, ERR(ERR_NETWORK), "the provider gives no papers");
}

static struct err take_paper(struct invoice_archive_maker *maker, struct cx *cx,
                             const struct invoice_standing *standing) {
    struct parcel *parcel = &maker->parcel;
    struct str name = file_name(cx->arena, &standing->invoice);
    struct parcel_member member;
    buf_add(&parcel->text, buf_str(&parcel->fetch.body));
    TRY(parcel_add(parcel, &member, name));
    return go_on(maker, cx, standing, name);
}

static struct err step_paper(struct invoice_archive_maker *maker, struct cx *cx,
                             const struct invoice_standing *standing) {
    struct parcel *parcel = &maker->parcel;
    const struct invoice_row *row = &standing->invoice;
    bool is_here = str_equal(id_str(&maker->wanted), id_str(&row->id));
    if (is_here && is_paper(&parcel->fetch)) {
        return take_paper(maker, cx, standing);
    }
    if (row->pdf_url.len == 0 || (is_here && maker->tries >= TRIES)) {
        return go_on(maker, cx, standing, STR(""));
    }
    maker->wanted = row->id;
    maker->tries++;
    return parcel_want(parcel, row->pdf_url, PAPER_MAX);
}

static struct err step(struct parcel *parcel, struct cx *cx) {
    struct invoice_archive_maker *maker = (struct invoice_archive_maker *)parcel;
    struct invoice_standing standing;
    struct parcel_member list;
    bool is_found = false;
    if (maker->has_list) {
        return parcel_finish(parcel);
    }
    TRY(read_next(maker, cx, &standing, &is_found));
    if (is_found) {
        return step_paper(maker, cx, &standing);
    }
    if (parcel->made == 0) {
        return cx_fail(cx, ERR(ERR_NETWORK), "the provider gave no paper at all");
    }
    if (maker->csv.has_failed) {
        return ERR(ERR_TOO_LARGE);
    }
    maker->has_list = true;
    buf_add(&parcel->text, buf_str(&maker->csv));
    return parcel_add(parcel, &list, STR("invoices.csv"));
}

const struct parcel_kind invoice_archive_parcel = {
    .name = "invoice_archive",
    .room = sizeof(struct invoice_archive_maker),
    .open = open_archive,
    .step = step,
    .close = close_archive,
    .keep = invoice_archive_keep,
    .piece = invoice_archive_piece,
    .drop = invoice_archive_pieces_drop,
};
