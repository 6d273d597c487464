/* How the file of a year's invoices is made: one paper after the other, each fetched from the
 * provider while the file waits, behind each invoice the credit notes that correct it, whenever
 * they were made, and then the list. */
#include "app/invoice_archive.h"

#include <string.h>

#include "app/invoice_list.h"
#include "app/money_back.h"
#include "app/progress.h"
#include "base/rfc3339.h"
#include "base/shape_csv.h"
#include "store/credit_note.h"

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
    struct record_id after;    /* the last invoice that is in it; empty: none is */
    struct record_id notes_of; /* the invoice whose credit notes go in now; empty: none's */
    size_t note_at;            /* which of these is next */
    struct record_id wanted;   /* whose paper is being fetched; empty: none is */
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

/* Below the line of the invoice that it corrects: what it takes from that. */
static void put_note(struct invoice_archive_maker *maker, const struct credit_note_row *row,
                     struct str file) {
    bool is_void = str_equal(row->status, STR("void"));
    int64_t given_back = row->refunded + row->credited + row->out_of_band;
    struct csv_line line = {.out = &maker->csv};
    csv_line_text(&line, row->number);
    put_time(&line, row->created_at);
    csv_line_text(&line, is_void ? STR("credit_note_void") : STR("credit_note"));
    csv_line_text(&line, STR(""));
    csv_line_text(&line, STR(""));
    csv_line_text(&line, row->currency);
    put_money(&line, money_stored(-row->amount, row->currency));
    for (int column = 0; column < 4; column++) { /* tax and what was paid are the invoice's */
        csv_line_text(&line, STR(""));
    }
    put_money(&line, money_stored(given_back, row->currency));
    csv_line_text(&line, file);
    csv_line_end(&line);
}

/* --- a paper --- */

struct paper {
    struct record_id id;
    struct str number, url;
};

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
static struct str file_name(struct arena *arena, struct str number) {
    char name[PARCEL_NAME_MAX];
    size_t len = 0;
    for (size_t i = 0; i < number.len && len < sizeof name - sizeof ".pdf"; i++) {
        char c = number.bytes[i];
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

/* The paper is in the file, or nobody gives it. */
static struct err go_on(struct invoice_archive_maker *maker, struct cx *cx, bool is_there) {
    maker->parcel.made += is_there ? 1 : 0;
    maker->parcel.missing += is_there ? 0 : 1;
    maker->missing_in_a_row = is_there ? 0 : maker->missing_in_a_row + 1;
    maker->wanted = (struct record_id){.text = ""};
    maker->tries = 0;
    tell_progress(maker);
    bool is_anybody_there = maker->missing_in_a_row < MISSING_IN_A_ROW_MAX;
    return is_anybody_there ? OK : cx_fail(cx, ERR(ERR_NETWORK), "the provider gives no papers");
}

/* *ret_is_over with its name in the file, empty where nobody gives it; else it is being fetched. */
static struct err take_paper(struct invoice_archive_maker *maker, struct cx *cx,
                             const struct paper *paper, struct str *ret_file, bool *ret_is_over) {
    struct parcel *parcel = &maker->parcel;
    struct parcel_member member;
    bool is_here = str_equal(id_str(&maker->wanted), id_str(&paper->id));
    *ret_is_over = true;
    *ret_file = STR("");
    if (is_here && is_paper(&parcel->fetch)) {
        *ret_file = file_name(cx->arena, paper->number);
        buf_add(&parcel->text, buf_str(&parcel->fetch.body));
        return parcel_add(parcel, &member, *ret_file);
    }
    if (paper->url.len == 0 || (is_here && maker->tries >= TRIES)) {
        return OK;
    }
    *ret_is_over = false;
    maker->wanted = paper->id;
    maker->tries++;
    return parcel_want(parcel, paper->url, PAPER_MAX);
}

static struct err step_invoice(struct invoice_archive_maker *maker, struct cx *cx,
                               const struct invoice_standing *standing) {
    const struct invoice_row *row = &standing->invoice;
    const struct paper paper = {row->id, row->number, row->pdf_url};
    struct str file;
    bool is_over = false;
    TRY(take_paper(maker, cx, &paper, &file, &is_over));
    if (!is_over) {
        return OK;
    }
    put_row(maker, standing, file);
    maker->after = row->id;
    maker->notes_of = row->id;
    maker->note_at = 0;
    return go_on(maker, cx, file.len > 0);
}

/* The next credit note of the invoice that is in the file; behind the last one, the next invoice.
 */
static struct err step_note(struct invoice_archive_maker *maker, struct cx *cx) {
    struct tx tx = app_read(maker->parcel.app, cx);
    struct row_list list;
    TRY(credit_note_list(&tx, maker->row.user_id, id_str(&maker->notes_of), MONEY_BACK_MAX, &list));
    if (maker->note_at >= list.count) {
        maker->notes_of = (struct record_id){.text = ""};
        return OK;
    }
    const struct credit_note_row *row = (const struct credit_note_row *)list.items + maker->note_at;
    const struct paper paper = {row->id, row->number, row->pdf_url};
    struct str file;
    bool is_over = false;
    TRY(take_paper(maker, cx, &paper, &file, &is_over));
    if (!is_over) {
        return OK;
    }
    put_note(maker, row, file);
    maker->note_at++;
    return go_on(maker, cx, file.len > 0);
}

static struct err step(struct parcel *parcel, struct cx *cx) {
    struct invoice_archive_maker *maker = (struct invoice_archive_maker *)parcel;
    struct invoice_standing standing;
    struct parcel_member list;
    bool is_found = false;
    if (maker->has_list) {
        return parcel_finish(parcel);
    }
    if (maker->notes_of.text[0] != '\0') {
        return step_note(maker, cx);
    }
    TRY(read_next(maker, cx, &standing, &is_found));
    if (is_found) {
        return step_invoice(maker, cx, &standing);
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
