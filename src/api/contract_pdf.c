/* GET /api/billing/contracts/:id/pdf: an offer, or a contract, as a paper. */
#include "api/contract_resources.h"
#include "api/pdf_text.h"

#include "app/customer_details.h"
#include "core/locale.h"
#include "pdf/pdf.h"

enum { BUYER_MAX = 8, FACTS_MAX = 11, ROWS_MAX = CONTRACT_RAMP_MAX + 1, NOTES_MAX = 6 };

static const struct words {
    const char *title, *offer, *buyer, *made, *valid, *starts, *on_acceptance, *term, *months;
    const char *renewal, *renews, *renews_not, *payment, *charged, *invoiced, *days, *order;
    const char *description, *quantity, *amount, *per_month, *per_year, *from, *total, *taxes;
    const char *limits, *unlimited, *features, *hash, *accepted, *version, *follows;
} all_words[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] = {"Contract",
                     "Offer",
                     "For",
                     "Made on",
                     "Valid until",
                     "Begins on",
                     "when it is accepted",
                     "Term",
                     "months",
                     "Renewal",
                     "by itself, notice",
                     "ends with its term",
                     "Payment",
                     "charged by itself",
                     "by invoice, due in",
                     "days",
                     "Purchase order",
                     "Price",
                     "Intervals",
                     "Amount",
                     "A month",
                     "A year",
                     "from",
                     "Total of the term",
                     "All amounts are before taxes.",
                     "Limits in place of the plan's: ",
                     "unlimited",
                     "Features beside the plan's: ",
                     "SHA-256 of these terms: ",
                     "Accepted by",
                     "Version",
                     "It follows the terms with SHA-256: "},
    [LANGUAGE_DE] = {"Vertrag",
                     "Angebot",
                     "Für",
                     "Erstellt am",
                     "Gültig bis",
                     "Beginnt am",
                     "mit der Annahme",
                     "Laufzeit",
                     "Monate",
                     "Verlängerung",
                     "von selbst, Ankündigung",
                     "endet mit der Laufzeit",
                     "Zahlung",
                     "wird abgebucht",
                     "auf Rechnung, fällig nach",
                     "Tagen",
                     "Bestellnummer",
                     "Preis",
                     "Intervalle",
                     "Betrag",
                     "Im Monat",
                     "Im Jahr",
                     "ab",
                     "Summe der Laufzeit",
                     "Alle Beträge ohne Steuern.",
                     "Grenzen an Stelle derer des Plans: ",
                     "unbegrenzt",
                     "Merkmale neben denen des Plans: ",
                     "SHA-256 dieser Bedingungen: ",
                     "Angenommen von",
                     "Fassung",
                     "Sie folgen auf die Bedingungen mit SHA-256: "},
};

struct sheet {
    struct api_request *request;
    const struct contract_row *row;
    struct contract_terms terms;
    struct money total;
    enum language language;
    struct str buyer[BUYER_MAX];
    struct pdf_pair facts[FACTS_MAX];
    struct pdf_row rows[ROWS_MAX];
    struct str notes[NOTES_MAX];
    struct pdf_sum sum;
    size_t buyer_count, fact_count, row_count, note_count;
};

static void add_fact(struct sheet *sheet, const char *label, struct str value) {
    if (value.len > 0 && sheet->fact_count < FACTS_MAX) {
        sheet->facts[sheet->fact_count++] = (struct pdf_pair){str_from_cstr(label), value};
    }
}

static void add_note(struct sheet *sheet, struct str note) {
    if (note.len > 0 && sheet->note_count < NOTES_MAX) {
        sheet->notes[sheet->note_count++] = note;
    }
}

/* --- what is agreed --- */

static void add_facts(struct sheet *sheet) {
    const struct words *words = &all_words[sheet->language];
    const struct contract_row *row = sheet->row;
    const struct contract_terms *terms = &sheet->terms;
    struct arena *arena = sheet->request->arena;
    bool renews = terms->renewal == CONTRACT_RENEWS_AUTOMATICALLY;
    bool is_invoiced = terms->collection == CONTRACT_INVOICE;
    if (row->version > 1) {
        add_fact(sheet, words->version, arena_printf(arena, "%lld", (long long)row->version));
    }
    add_fact(sheet, words->made,
             pdf_day(sheet->request->arena, sheet->language, (struct instant){row->created_at}));
    add_fact(sheet, words->valid,
             pdf_day(sheet->request->arena, sheet->language, (struct instant){row->valid_until}));
    bool has_begun = row->starts_at != ROW_NONE;
    struct instant starts = {has_begun ? row->starts_at : terms->starts_at.ms};
    add_fact(sheet, words->starts,
             has_begun || terms->has_start ? pdf_day(sheet->request->arena, sheet->language, starts)
                                           : str_from_cstr(words->on_acceptance));
    add_fact(sheet, words->term,
             arena_printf(arena, "%d %s", (int)terms->term_months, words->months));
    add_fact(sheet, words->renewal,
             renews ? arena_printf(arena, "%s %d %s, +%d.%02d %%", words->renews,
                                   (int)terms->notice_days, words->days,
                                   (int)terms->uplift_basis_points / 100,
                                   (int)terms->uplift_basis_points % 100)
                    : str_from_cstr(words->renews_not));
    add_fact(sheet, words->payment,
             is_invoiced ? arena_printf(arena, "%s %d %s", words->invoiced,
                                        (int)terms->days_until_due, words->days)
                         : str_from_cstr(words->charged));
    add_fact(sheet, words->order, row->purchase_order);
    if (row->accepted_at != ROW_NONE) {
        struct str day =
            pdf_day(sheet->request->arena, sheet->language, (struct instant){row->accepted_at});
        add_fact(
            sheet, words->accepted,
            arena_printf(arena, STR_FMT ", " STR_FMT, STR_ARG(row->accepted_name), STR_ARG(day)));
    }
}

static void add_rows(struct sheet *sheet) {
    const struct words *words = &all_words[sheet->language];
    const struct contract_terms *terms = &sheet->terms;
    struct arena *arena = sheet->request->arena;
    int32_t months = terms->interval == INTERVAL_YEAR ? 12 : 1;
    const char *each = terms->interval == INTERVAL_YEAR ? words->per_year : words->per_month;
    for (size_t i = 0; i <= terms->ramp_count; i++) {
        int32_t from = i == 0 ? 0 : terms->ramp[i - 1].month;
        int32_t to = i < terms->ramp_count ? terms->ramp[i].month : terms->term_months;
        struct money amount = i == 0 ? terms->amount : terms->ramp[i - 1].amount;
        sheet->rows[sheet->row_count++] = (struct pdf_row){
            .description = str_from_cstr(each),
            .detail = arena_printf(arena, "%s %d, %s %d – %d", "Enterprise",
                                   (int)terms->plan_version, words->months, (int)from + 1, (int)to),
            .quantity = arena_printf(arena, "%d", (int)((to - from) / months)),
            .amount = pdf_money(sheet->request->arena, sheet->language, amount),
        };
    }
    sheet->sum =
        (struct pdf_sum){str_from_cstr(words->total),
                         pdf_money(sheet->request->arena, sheet->language, sheet->total), true};
}

static struct str limits_text(const struct sheet *sheet) {
    const struct words *words = &all_words[sheet->language];
    const struct entitlement_override *override = &sheet->terms.override;
    struct arena *arena = sheet->request->arena;
    struct str text = STR("");
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (!override->has_limit[i]) {
            continue;
        }
        struct str amount =
            limit_is_bounded(override->limits[i])
                ? arena_printf(arena, "%lld", (long long) override->limits[i].amount.amount)
                : str_from_cstr(words->unlimited);
        struct str before = text.len > 0 ? text : str_from_cstr(words->limits);
        text = arena_printf(arena, STR_FMT "%s%s " STR_FMT, STR_ARG(before),
                            text.len > 0 ? ", " : "", metric_name((enum metric)i), STR_ARG(amount));
    }
    return text;
}

static struct str features_text(const struct sheet *sheet) {
    const struct words *words = &all_words[sheet->language];
    const struct catalogue *catalogue = sheet->request->api->app->catalogue;
    struct arena *arena = sheet->request->arena;
    struct str text = STR("");
    for (size_t i = 0; i < catalogue->feature_count; i++) {
        if ((sheet->terms.override.added.bits >> i & 1) == 0) {
            continue;
        }
        struct str before = text.len > 0 ? text : str_from_cstr(words->features);
        text = arena_printf(arena, STR_FMT "%s%s", STR_ARG(before), text.len > 0 ? ", " : "",
                            catalogue->features[i].title);
    }
    return text;
}

static struct err fill(struct sheet *sheet) {
    const struct words *words = &all_words[sheet->language];
    struct api_request *request = sheet->request;
    struct tx tx = request_read(request);
    struct billing_details details = {0};
    bool is_found = false;
    TRY(contract_row_terms(request->api->app, &request->cx, sheet->row, &sheet->terms));
    if (!contract_total(&sheet->terms, &sheet->total)) {
        return cx_fail(&request->cx, ERR(ERR_CORRUPT), "The total of a contract is out of range.");
    }
    TRY(customer_details_read(&tx, sheet->row->user_id, &details, &is_found));
    const struct str buyer[] = {details.name,  details.line1,       details.line2,   details.city,
                                details.state, details.postal_code, details.country, details.email};
    for (size_t i = 0; is_found && i < ARRAY_LEN(buyer); i++) {
        if (buyer[i].len > 0) {
            sheet->buyer[sheet->buyer_count++] = buyer[i];
        }
    }
    add_facts(sheet);
    add_rows(sheet);
    add_note(sheet, limits_text(sheet));
    add_note(sheet, features_text(sheet));
    add_note(sheet, sheet->row->note);
    add_note(sheet, str_from_cstr(words->taxes));
    add_note(sheet, arena_printf(request->arena, "%s" STR_FMT, words->hash,
                                 STR_ARG(sheet->row->terms_hash)));
    if (sheet->row->follows.len > 0) {
        add_note(sheet, arena_printf(request->arena, "%s" STR_FMT, words->follows,
                                     STR_ARG(sheet->row->follows)));
    }
    return OK;
}

static struct err render(struct sheet *sheet, struct buf *out) {
    const struct words *words = &all_words[sheet->language];
    TRY(fill(sheet));
    bool is_offer = sheet->row->accepted_at == ROW_NONE;
    const struct pdf_document document = {
        .language = str_from_cstr(language_name(sheet->language)),
        .title = str_from_cstr(words->title),
        .number = arena_printf(sheet->request->arena, "%lld", (long long)sheet->row->number),
        .badge = is_offer ? str_from_cstr(words->offer) : STR(""),
        .buyer_label = str_from_cstr(words->buyer),
        .buyer = sheet->buyer,
        .buyer_count = sheet->buyer_count,
        .facts = sheet->facts,
        .fact_count = sheet->fact_count,
        .description_label = str_from_cstr(words->description),
        .quantity_label = str_from_cstr(words->quantity),
        .amount_label = str_from_cstr(words->amount),
        .rows = sheet->rows,
        .row_count = sheet->row_count,
        .sums = &sheet->sum,
        .sum_count = 1,
        .notes = sheet->notes,
        .note_count = sheet->note_count,
        .footer = STR(""),
        .created_at_s = instant_unix_seconds((struct instant){sheet->row->created_at}),
    };
    return pdf_render(&sheet->request->cx, &document, out);
}

void contracts_get_pdf(struct api_request *request) {
    struct contract_row row;
    if (!find_contract(request, request->values[0], CONTRACT_TO_CUSTOMER, &row)) {
        return;
    }
    if (!contract_shows_terms(&row)) {
        reply_problem(request, OUTCOME_CONTRACT_WRONG_STATUS);
        return;
    }
    struct sheet *sheet = ARENA_NEW(request->arena, struct sheet);
    if (sheet == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    CLEANUP(buf_finish) struct buf out;
    buf_init(&out, request->api->env, PDF_BYTES_MAX);
    sheet->request = request;
    sheet->row = &row;
    sheet->language = pdf_language(request);
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
                    arena_printf(request->arena, "attachment; filename=\"contract-%lld.pdf\"",
                                 (long long)row.number));
    reply_as(request, HEADERS_DOWNLOAD, &response);
}
