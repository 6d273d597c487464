/* GET /api/billing/invoices/:id/pdf and …/upcoming/pdf: papers of what the provider does not
 * render. A finalized invoice is the provider's file, always; a draft, or the next invoice as it
 * stands, is ours, and says so. */
#include "api/billing_resources.h"
#include "api/pdf_text.h"

#include "app/customer_details.h"
#include "app/invoice_lines.h"
#include "app/upcoming.h"
#include "core/locale.h"
#include "pdf/pdf.h"

enum { SUMS_MAX = 5, BUYER_MAX = 8, FACTS_MAX = 2 };

static const struct words {
    const char *title, *draft, *preview, *buyer, *made, *charged, *description, *quantity, *amount;
    const char *discount, *tax, *total, *balance, *due, *not_yet, *estimated, *order;
} all_words[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] = {"Invoice", "Draft", "Preview", "Billed to", "Made on", "Charged on",
                     "Description", "Quantity", "Amount", "Discount", "Tax", "Total",
                     "From the balance", "Amount due",
                     "This is no invoice yet: its figures may change until it is issued.",
                     "The price alone: tax, coupons and balance are not in it.", "Purchase order"},
    [LANGUAGE_DE] = {"Rechnung", "Entwurf", "Vorschau", "Rechnung an", "Erstellt am",
                     "Abgebucht am", "Beschreibung", "Menge", "Betrag", "Rabatt", "Steuer",
                     "Gesamt", "Aus dem Guthaben", "Zu zahlen",
                     "Dies ist noch keine Rechnung: Beträge können sich bis dahin ändern.",
                     "Der Preis allein: ohne Steuer, Gutscheine und Guthaben.", "Bestellnummer"},
};

/* What is printed, whichever of the two it is. */
struct sheet {
    struct api_request *request;
    enum language language;
    const char *badge, *day_label;
    struct instant day;
    struct money amount, discount, tax, due;
    bool is_estimated;
    struct invoice_lines lines;
    /* As the paper has it. */
    struct str buyer[BUYER_MAX];
    struct pdf_sum sums[SUMS_MAX];
    struct pdf_pair facts[FACTS_MAX];
    size_t buyer_count, sum_count, fact_count;
};

static void add_buyer(struct sheet *sheet, struct str line) {
    if (line.len > 0 && sheet->buyer_count < BUYER_MAX) {
        sheet->buyer[sheet->buyer_count++] = line;
    }
}

static void add_sum(struct sheet *sheet, const char *label, struct money money, bool is_strong) {
    bool is_worth_a_row = is_strong || !money_is_zero(money);
    if (is_worth_a_row && sheet->sum_count < SUMS_MAX) {
        sheet->sums[sheet->sum_count++] =
            (struct pdf_sum){str_from_cstr(label),
                             pdf_money(sheet->request->arena, sheet->language, money), is_strong};
    }
}

static struct err fill(struct sheet *sheet) {
    const struct words *words = &all_words[sheet->language];
    struct tx tx = request_read(sheet->request);
    struct billing_details details = {0};
    bool is_found = false;
    TRY(customer_details_read(&tx, sheet->request->user_id, &details, &is_found));
    const struct str buyer[] = {details.name,  details.line1,       details.line2,   details.city,
                                details.state, details.postal_code, details.country, details.email};
    for (size_t i = 0; is_found && i < ARRAY_LEN(buyer); i++) {
        add_buyer(sheet, buyer[i]);
    }
    add_sum(sheet, words->discount, money_negate(sheet->discount), false);
    add_sum(sheet, words->tax, sheet->tax, false);
    add_sum(sheet, words->total, sheet->amount, true);
    add_sum(sheet, words->balance, balance_added(sheet->due, sheet->amount), false);
    add_sum(sheet, words->due, sheet->due, true);
    sheet->facts[sheet->fact_count++] =
        (struct pdf_pair){str_from_cstr(sheet->day_label),
                          pdf_day(sheet->request->arena, sheet->language, sheet->day)};
    if (details.purchase_order.len > 0) {
        sheet->facts[sheet->fact_count++] =
            (struct pdf_pair){str_from_cstr(words->order), details.purchase_order};
    }
    return OK;
}

static struct pdf_row *rows_of(const struct sheet *sheet) {
    struct arena *arena = sheet->request->arena;
    struct pdf_row *rows = arena_array(arena, sheet->lines.count + 1, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < sheet->lines.count; i++) {
        const struct payments_invoice_line *line = &sheet->lines.items[i];
        struct str start = pdf_day(sheet->request->arena, sheet->language, line->period.start);
        struct str end = pdf_day(sheet->request->arena, sheet->language, line->period.end);
        rows[i] = (struct pdf_row){
            .description = line->description,
            .detail = arena_printf(arena, STR_FMT " – " STR_FMT, STR_ARG(start), STR_ARG(end)),
            .quantity = arena_printf(arena, "%lld", (long long)line->quantity),
            .amount = pdf_money(sheet->request->arena, sheet->language, line->amount),
        };
    }
    return rows;
}

static struct err render(struct sheet *sheet, struct buf *out) {
    const struct words *words = &all_words[sheet->language];
    TRY(fill(sheet));
    const struct str notes[] = {str_from_cstr(words->not_yet), str_from_cstr(words->estimated)};
    const struct pdf_row *rows = rows_of(sheet);
    const struct pdf_document document = {
        .language = str_from_cstr(language_name(sheet->language)),
        .title = str_from_cstr(words->title),
        .number = STR(""),
        .badge = str_from_cstr(sheet->badge),
        .buyer_label = str_from_cstr(words->buyer),
        .buyer = sheet->buyer,
        .buyer_count = sheet->buyer_count,
        .facts = sheet->facts,
        .fact_count = sheet->fact_count,
        .description_label = str_from_cstr(words->description),
        .quantity_label = str_from_cstr(words->quantity),
        .amount_label = str_from_cstr(words->amount),
        .rows = rows,
        .row_count = rows == NULL ? 0 : sheet->lines.count,
        .sums = sheet->sums,
        .sum_count = sheet->sum_count,
        .notes = notes,
        .note_count = sheet->is_estimated ? 2 : 1,
        .footer = STR(""),
        .created_at_s = instant_unix_seconds(sheet->day),
    };
    return rows == NULL ? ERR(ERR_NO_MEMORY) : pdf_render(&sheet->request->cx, &document, out);
}

static void reply_sheet(struct sheet *sheet) {
    struct api_request *request = sheet->request;
    CLEANUP(buf_finish) struct buf out;
    buf_init(&out, request->api->env, PDF_BYTES_MAX);
    struct err err = render(sheet, &out);
    if (err.code == ERR_NOT_FOUND) { /* the libraries are not installed: cx has the sentence */
        reply_problem_detail(request, PROBLEM_INVOICE_HAS_NO_PDF,
                             str_from_cstr(request->cx.detail));
        return;
    }
    if (reply_if_failed(request, err)) {
        return;
    }
    struct http_response response = {.status = 200, .body = buf_str(&out)};
    http_add_header(&response, STR("Content-Type"), STR("application/pdf"));
    http_add_header(&response, STR("Content-Disposition"),
                    STR("attachment; filename=\"draft.pdf\""));
    reply_as(request, HEADERS_DOWNLOAD, &response);
}

/* --- a stored draft --- */

static void reply_draft(struct api_request *request, const struct invoice_row *row) {
    struct currency currency = {""};
    struct sheet *sheet = ARENA_NEW(request->arena, struct sheet);
    if (sheet == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    (void)!currency_parse(row->currency, &currency); /* the store holds known ones only */
    enum language language = pdf_language(request);
    *sheet = (struct sheet){
        .request = request,
        .language = language,
        .badge = all_words[language].draft,
        .day_label = all_words[language].made,
        .day = {row->created_at},
        .amount = money_of(row->amount, currency),
        .discount = money_of(row->discount == ROW_NONE ? 0 : row->discount, currency),
        .tax = money_of(row->tax, currency),
        .due = money_of(row->amount_due, currency),
    };
    if (!reply_if_failed(request, invoice_lines_read(request->arena, row->lines, &sheet->lines))) {
        reply_sheet(sheet);
    }
}

void invoices_get_pdf(struct api_request *request) {
    struct invoice_row row;
    if (!find_invoice(request, &row)) {
        return;
    }
    if (row.pdf_url.len > 0) {
        reply_redirect(request, row.pdf_url);
    } else if (row.status == INVOICE_DRAFT) {
        reply_draft(request, &row);
    } else {
        reply_problem(request, PROBLEM_INVOICE_HAS_NO_PDF);
    }
}

/* --- the next one --- */

struct upcoming_sheet {
    struct upcoming_query query; /* first: `finished` hands it back */
    struct sheet sheet;
};

static void found(struct upcoming_query *query) {
    struct sheet *sheet = &((struct upcoming_sheet *)query)->sheet;
    if (query->outcome != OUTCOME_DONE || !query->has_next) {
        reply_problem(sheet->request, query->outcome != OUTCOME_DONE
                                          ? (int)query->outcome
                                          : (int)PROBLEM_NO_UPCOMING_INVOICE);
        return;
    }
    sheet->day = query->next.at;
    sheet->amount = query->next.amount;
    sheet->discount = query->discount;
    sheet->tax = query->tax;
    sheet->due = query->due;
    sheet->is_estimated = query->is_estimated;
    sheet->lines = (struct invoice_lines){query->lines, query->line_count};
    reply_sheet(sheet);
}

void invoices_upcoming_pdf(struct api_request *request) {
    struct upcoming_sheet *hand = ARENA_NEW(request->arena, struct upcoming_sheet);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    enum language language = pdf_language(request);
    hand->sheet = (struct sheet){
        .request = request,
        .language = language,
        .badge = all_words[language].preview,
        .day_label = all_words[language].charged,
    };
    hand->query = (struct upcoming_query){
        .arena = request->arena, .user_id = request->user_id, .finished = found};
    upcoming_ask(request->api->app, &hand->query);
}
