/* GET /api/admin/privacy-requests/:id/certificate: that somebody was forgotten, as a paper for
 * whoever asked: what is destroyed, what is kept, on which basis and until when, and where the
 * audit log has the certificate's hash. It is printed from the stored certificate alone. */
#include "api/pdf_text.h"
#include "api/privacy_resources.h"

#include <string.h>

#include "app/audit.h"
#include "app/erasure.h"
#include "base/crypto.h"
#include "base/rfc3339.h"
#include "core/locale.h"
#include "pdf/pdf.h"

enum { FACTS_MAX = 8, ROWS_MAX = 40, NOTES_MAX = 5 };

static const struct words {
    const char *title, *customer, *asked, *erased, *agreed, *log_row;
    const char *what, *destroyed, *until, *always, *hash, *key, *provider, *rights;
} all_words[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] =
        {"Certificate of erasure", "Customer", "Asked on", "Erased on", "Agreed to by",
         "The audit log has it, row ", "What", "Destroyed", "Kept until", "–",
         "SHA-256 of the certificate: ",
         "Name, addresses, tax numbers, mails, bank details and what was told of them "
         "lay under one key. It is destroyed, so nobody can read them any more, in "
         "older backups neither.",
         "The payment provider has records of its own, which this does not erase.",
         "What is kept is kept because the law wants it, and used for nothing else. You "
         "may complain to a data protection authority."},
    [LANGUAGE_DE] = {"Löschbescheinigung", "Kunde", "Verlangt am", "Gelöscht am", "Zugestimmt hat",
                     "Im Protokoll steht sie, Zeile ", "Was", "Zerstört", "Bleibt bis", "–",
                     "SHA-256 der Bescheinigung: ",
                     "Name, Adressen, Steuernummern, Nachrichten, Bankverbindung und was von ihnen "
                     "berichtet wurde lagen unter einem Schlüssel. Er ist zerstört; niemand kann "
                     "sie mehr lesen, auch nicht in älteren Sicherungen.",
                     "Der Zahlungsdienst hat eigene Unterlagen, die dies nicht löscht.",
                     "Was bleibt, bleibt, weil das Gesetz es verlangt, und dient nichts anderem. "
                     "Sie können sich bei einer Datenschutzbehörde beschweren."},
};

/* Codes of a certificate (app/erasure.c, store/erasure.c), and how they read. */
static const struct {
    const char *code;
    const char *words[LANGUAGE_COUNT];
    const char *basis[LANGUAGE_COUNT];
} things[] = {
    {"keyOfCustomer", {"The customer's key", "Schlüssel des Kunden"}, {NULL, NULL}},
    {"keysOfPeople", {"Keys of their people", "Schlüssel der Personen"}, {NULL, NULL}},
    {"sessions", {"Sessions", "Anmeldungen"}, {NULL, NULL}},
    {"links", {"Links to sign in", "Anmelde-Links"}, {NULL, NULL}},
    {"invitations", {"Invitations", "Einladungen"}, {NULL, NULL}},
    {"memberships", {"Memberships", "Mitgliedschaften"}, {NULL, NULL}},
    {"mailsNotSent", {"Mails not sent yet", "Nicht versandte Nachrichten"}, {NULL, NULL}},
    {"mailTexts", {"Texts of mails", "Texte von Nachrichten"}, {NULL, NULL}},
    {"webhookAnswers", {"Answers of listeners", "Antworten von Empfängern"}, {NULL, NULL}},
    {"webhookBodiesSent", {"Webhooks sent", "Gesendete Webhooks"}, {NULL, NULL}},
    {"webhookBodiesReceived", {"Webhooks received", "Empfangene Webhooks"}, {NULL, NULL}},
    {"origins", {"Where requests came from", "Herkunft von Anfragen"}, {NULL, NULL}},
    {"reasons", {"Reasons in the audit log", "Gründe im Protokoll"}, {NULL, NULL}},
    {"mailChoices", {"Mails not wanted", "Abbestellte Nachrichten"}, {NULL, NULL}},
    {"paymentMethodDetails",
     {"Details of payment methods", "Angaben zu Zahlungsmitteln"},
     {NULL, NULL}},
    {"preferences", {"Language and time zone", "Sprache und Zeitzone"}, {NULL, NULL}},
    {"inquiries", {"What they asked of sales", "Anfragen an den Vertrieb"}, {NULL, NULL}},
    {"alerts", {"Alerts that they had set", "Eingerichtete Warnungen"}, {NULL, NULL}},
    {"alertsTold", {"Alerts that were told", "Gesendete Warnungen"}, {NULL, NULL}},
    {"experiments", {"Places in experiments", "Plätze in Experimenten"}, {NULL, NULL}},
    {"feedback", {"Feedback", "Rückmeldungen"}, {NULL, NULL}},
    {"feedbackThemes", {"Themes of feedback", "Themen von Rückmeldungen"}, {NULL, NULL}},
    {"feedbackQuestions", {"When they were asked", "Wann gefragt wurde"}, {NULL, NULL}},
    {"invoiceQuestions", {"Questions about invoices", "Fragen zu Rechnungen"}, {NULL, NULL}},
    {"invoiceFiles", {"Files of invoices", "Dateien mit Rechnungen"}, {NULL, NULL}},
    {"whatIfs", {"Lines of what-if runs", "Zeilen von Was-wäre-wenn-Läufen"}, {NULL, NULL}},
    {"owner", {"Who looked after them", "Wer sie betreut hat"}, {NULL, NULL}},
    {"signals", {"Signals before upgrades", "Signale vor Wechseln"}, {NULL, NULL}},
    {"pause", {"A pause of the plan", "Pause des Tarifs"}, {NULL, NULL}},
    {"invoices",
     {"Kept: invoices, credit notes, payments, their history",
      "Bleibt: Rechnungen, Gutschriften, Zahlungen und ihr Verlauf"},
     {"GDPR 17(3)(b): the law wants them kept", "DSGVO 17(3)(b): gesetzliche Aufbewahrung"}},
    {"audit_log",
     {"Kept: the audit log, in which nothing is personal",
      "Bleibt: das Protokoll, in dem nichts Persönliches steht"},
     {"GDPR 17(3)(b) and (e): evidence", "DSGVO 17(3)(b) und (e): Nachweis"}},
    {"figures",
     {"Kept: usage, amounts, dates, the payment provider's ids",
      "Bleibt: Verbrauch, Beträge, Daten, Kennungen des Zahlungsdienstes"},
     {"They tell nobody who it was", "Sie sagen niemandem, wer es war"}},
};

struct sheet {
    struct api_request *request;
    const struct privacy_request_row *row;
    const struct words *words;
    enum language language;
    struct pdf_pair facts[FACTS_MAX];
    struct pdf_row rows[ROWS_MAX];
    size_t fact_count, row_count;
    struct str log_row; /* where the log has the hash */
};

static void add_fact(struct sheet *sheet, const char *label, struct str value) {
    if (value.len > 0 && sheet->fact_count < FACTS_MAX) {
        sheet->facts[sheet->fact_count++] = (struct pdf_pair){str_from_cstr(label), value};
    }
}

static void add_row(struct sheet *sheet, const struct pdf_row *row) {
    if (sheet->row_count < ROWS_MAX) {
        sheet->rows[sheet->row_count++] = *row;
    }
}

/* How a code reads; what has none of ours reads as it was written. */
static void name(const struct sheet *sheet, struct str code, struct pdf_row *row) {
    for (size_t i = 0; i < ARRAY_LEN(things); i++) {
        if (str_equal(code, str_from_cstr(things[i].code))) {
            const char *basis = things[i].basis[sheet->language];
            row->description = str_from_cstr(things[i].words[sheet->language]);
            row->detail = basis == NULL ? STR("") : str_from_cstr(basis);
            return;
        }
    }
}

static void add_destroyed(struct sheet *sheet, const json_t *destroyed) {
    const char *key = NULL;
    json_t *count = NULL;
    json_object_foreach((json_t *)(uintptr_t)destroyed, key, count) {
        struct arena *arena = sheet->request->arena;
        struct pdf_row row = {
            .description = arena_str(arena, str_from_cstr(key)),
            .quantity = arena_printf(arena, "%lld", (long long)json_integer_value(count)),
            .amount = str_from_cstr(sheet->words->always),
        };
        name(sheet, row.description, &row);
        add_row(sheet, &row);
    }
}

static void add_kept(struct sheet *sheet, const json_t *kept) {
    struct arena *arena = sheet->request->arena;
    for (size_t i = 0; i < json_array_size(kept); i++) {
        const json_t *item = json_array_get(kept, i);
        struct str until = json_text(item, "until");
        struct instant day;
        struct pdf_row row = {
            .description = arena_str(arena, json_text(item, "what")),
            .detail = arena_str(arena, json_text(item, "basis")),
            .quantity = str_from_cstr(sheet->words->always),
            .amount = str_from_cstr(sheet->words->always),
        };
        struct str moment = arena_printf(arena, STR_FMT "T00:00:00Z", STR_ARG(until));
        if (until.len > 0 && rfc3339_parse(moment, &day.ms)) {
            row.amount = pdf_day(arena, sheet->language, day);
        }
        name(sheet, json_text(item, "code"), &row);
        add_row(sheet, &row);
    }
}

static struct err add_log(struct sheet *sheet) {
    struct api_request *request = sheet->request;
    const struct audit_filter filter = {.has_user = true,
                                        .user_id = sheet->row->user_id,
                                        .action = STR(ERASURE_ACTION),
                                        .id_first = STR(""),
                                        .id_before = STR("~")};
    struct tx tx = request_read(request);
    struct row_list list;
    TRY(audit_read_page(&tx, &filter, 1, &list));
    if (list.count > 0) {
        const struct audit_row *row = list.items;
        sheet->log_row =
            arena_printf(request->arena, "%s%lld: %s, SHA-256 " STR_FMT, sheet->words->log_row,
                         (long long)row->seq, row->id.text, STR_ARG(row->leaf));
    }
    return OK;
}

static struct err fill(struct sheet *sheet) {
    const struct privacy_request_row *row = sheet->row;
    struct arena *arena = sheet->request->arena;
    struct json_problem problem;
    json_t *object CLEANUP(json_release) = json_read(row->certificate, &problem);
    if (!json_is_object(object)) {
        return cx_fail(&sheet->request->cx, ERR(ERR_CORRUPT), "A certificate is no JSON object.");
    }
    add_fact(sheet, sheet->words->customer, row->user_id);
    add_fact(sheet, sheet->words->asked,
             pdf_day(arena, sheet->language, (struct instant){row->created_at}));
    add_fact(sheet, sheet->words->erased,
             pdf_day(arena, sheet->language, (struct instant){row->finished_at}));
    add_fact(sheet, sheet->words->agreed, row->decided_by);
    TRY(add_log(sheet));
    add_destroyed(sheet, json_object_get(object, "destroyed"));
    add_kept(sheet, json_object_get(object, "kept"));
    return OK;
}

static struct err render(struct sheet *sheet, struct buf *out) {
    const struct words *words = sheet->words;
    struct arena *arena = sheet->request->arena;
    TRY(fill(sheet));
    struct str hash = sha256_text(arena, sheet->row->certificate);
    const struct str notes[NOTES_MAX] = {
        str_from_cstr(words->key), str_from_cstr(words->provider), str_from_cstr(words->rights),
        arena_printf(arena, "%s" STR_FMT, words->hash, STR_ARG(hash)), sheet->log_row};
    const struct pdf_document document = {
        .language = str_from_cstr(language_name(sheet->language)),
        .title = str_from_cstr(words->title),
        .number = id_str(&sheet->row->id),
        .badge = STR(""),
        .buyer_label = STR(""),
        .facts = sheet->facts,
        .fact_count = sheet->fact_count,
        .description_label = str_from_cstr(words->what),
        .quantity_label = str_from_cstr(words->destroyed),
        .amount_label = str_from_cstr(words->until),
        .rows = sheet->rows,
        .row_count = sheet->row_count,
        .notes = notes,
        .note_count = NOTES_MAX,
        .footer = STR(""),
        .created_at_s = instant_unix_seconds((struct instant){sheet->row->finished_at}),
    };
    return pdf_render(&sheet->request->cx, &document, out);
}

static void reply_paper(struct api_request *request, const struct privacy_request_row *row) {
    struct sheet *sheet = ARENA_NEW(request->arena, struct sheet);
    if (sheet == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    CLEANUP(buf_finish) struct buf out;
    buf_init(&out, request->api->env, PDF_BYTES_MAX);
    sheet->request = request;
    sheet->row = row;
    sheet->language = pdf_language(request);
    sheet->words = &all_words[sheet->language];
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
    http_add_header(
        &response, STR("Content-Disposition"),
        arena_printf(request->arena, "attachment; filename=\"erasure-%s.pdf\"", row->id.text));
    reply_as(request, HEADERS_DOWNLOAD, &response);
}

void privacy_requests_certificate(struct api_request *request) {
    struct tx tx = request_read(request);
    struct privacy_request_row row;
    bool is_found = false;
    if (reply_if_failed(request, privacy_request_read(&tx, request->values[0], &row, &is_found))) {
        return;
    }
    if (!is_found || row.certificate.len == 0) {
        reply_problem(request, OUTCOME_PRIVACY_REQUEST_NOT_FOUND);
        return;
    }
    reply_paper(request, &row);
}
