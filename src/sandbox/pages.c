/* Serving pages: which one, in what frame, under which policy. Forms are transactions like API
 * calls. The pages work on the same documents as the API. */
#include "sandbox/pages.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/rfc3339.h"
#include "sandbox/currency.h"
#include "sandbox/form.h"

enum { PAGE_MAX = 1024 * 1024 };

/* No script, nothing from elsewhere; forms may lead back to the shop (success_url). */
#define POLICY                                                                                     \
    "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; frame-ancestors 'none'; "         \
    "img-src 'none'"

void html(struct page_out *page, const char *markup) {
    buf_add(&page->text, str_from_cstr(markup));
}

void html_text(struct page_out *page, const char *text) {
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            html(page, "&lt;");
            break;
        case '>':
            html(page, "&gt;");
            break;
        case '&':
            html(page, "&amp;");
            break;
        case '"':
            html(page, "&quot;");
            break;
        case '\'':
            html(page, "&#39;");
            break;
        default:
            buf_add_char(&page->text, *text);
        }
    }
}

void html_money(struct page_out *page, int64_t cents) {
    int64_t positive = cents < 0 ? -cents : cents;
    buf_printf(&page->text, "%s$%lld.%02lld", cents < 0 ? "−" : "", (long long)(positive / 100),
               (long long)(positive % 100));
}

void html_amount(struct page_out *page, const char *currency, int64_t amount) {
    char text[48];
    currency_text(currency, amount < 0 ? -amount : amount, text, sizeof text);
    html(page, amount < 0 ? "−" : "");
    html_text(page, text);
}

void html_time(struct page_out *page, int64_t unix_s) {
    struct civil at = civil_from_ms(unix_s * 1000);
    buf_printf(&page->text, "%04d-%02d-%02d %02d:%02d UTC", at.year, at.month, at.day, at.hour,
               at.minute);
}

void html_date(struct page_out *page, int64_t unix_s) {
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil at = civil_from_ms(unix_s * 1000);
    buf_printf(&page->text, "%s %d, %04d", months[at.month - 1], at.day, at.year);
}

void html_cell(struct page_out *page, const char *text) {
    html(page, "<td>");
    html_text(page, text);
    html(page, "</td>");
}

static const struct page {
    const char *method, *path; /* ":id" last or before the tail */
    const char *tail;
    const char *title;
    const char *look; /* class of the body */
    int (*show)(struct page_turn *turn);
    enum { PAGE_SHOWS, PAGE_WRITES, PAGE_FILE /* a PDF: no frame around it */ } kind;
} pages[] = {
    {"GET", "/", "", "Sandbox", "home", page_home, PAGE_SHOWS},
    {"POST", "/clock/", "", "Move a clock", "home", page_clock_submit, PAGE_WRITES},
    {"GET", "/link/", "", "Payment link", "pay", page_link, PAGE_WRITES},
    {"GET", "/object/", "", "Object", "home", page_object, PAGE_SHOWS},
    {"GET", "/requests/", "", "Request", "home", page_request, PAGE_SHOWS},
    {"GET", "/pay/", "", "Checkout", "pay", page_pay, PAGE_SHOWS},
    {"POST", "/pay/", "", "Checkout", "pay", page_pay_submit, PAGE_WRITES},
    {"GET", "/invoice/", "", "Invoice", "invoice", page_invoice, PAGE_SHOWS},
    {"GET", "/invoice/", "/pdf", "Invoice", "invoice", page_invoice_pdf, PAGE_FILE},
    {"GET", "/credit_note/", "/pdf", "Credit note", "invoice", page_credit_note_pdf, PAGE_FILE},
    {"POST", "/invoice/", "", "Invoice", "invoice", page_invoice_submit, PAGE_WRITES},
    {"GET", "/3ds/", "", "Your bank asks", "pay", page_bank, PAGE_SHOWS},
    {"POST", "/3ds/", "", "Your bank asks", "pay", page_bank_submit, PAGE_WRITES},
    {"GET", "/verify/", "", "Verify a bank account", "pay", page_verify, PAGE_SHOWS},
    {"POST", "/verify/", "", "Verify a bank account", "pay", page_verify_submit, PAGE_WRITES},
    {"GET", "/transfer/", "", "Pay by bank transfer", "pay", page_transfer, PAGE_SHOWS},
    {"GET", "/portal/", "", "Billing", "portal", page_portal, PAGE_SHOWS},
    {"POST", "/portal/", "", "Billing", "portal", page_portal_submit, PAGE_WRITES},
    {"GET", "/receipt/", "", "Receipt", "pay", page_receipt, PAGE_SHOWS},
};

static bool page_matches(const struct page *page, const struct http_request *request,
                         char ret_id[STORE_ID]) {
    struct str path = request->path;
    struct str start = str_from_cstr(page->path);
    struct str tail = str_from_cstr(page->tail);
    if (!str_equal(request->method, str_from_cstr(page->method)) || !str_starts_with(path, start) ||
        !str_ends_with(path, tail) || path.len < start.len + tail.len) {
        return false;
    }
    struct str id = str_first(str_skip(path, start.len), path.len - start.len - tail.len);
    bool wants_id = start.len > 1;
    bool is_id =
        wants_id ? id.len > 0 && id.len < STORE_ID && str_find(id, '/') == id.len : id.len == 0;
    if (is_id) {
        (void)snprintf(ret_id, STORE_ID, STR_FMT, STR_ARG(id));
    }
    return is_id;
}

static const struct page *page_find(const struct http_request *request, char ret_id[STORE_ID]) {
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        if (page_matches(&pages[i], request, ret_id)) {
            return &pages[i];
        }
    }
    return NULL;
}

static void style_show(struct page_out *out) {
    for (size_t i = 0; page_style[i] != NULL; i++) {
        html(out, page_style[i]);
    }
}

static void frame_open(struct page_turn *turn, const struct page *page) {
    struct page_out *out = &turn->out;
    html(out, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
              "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
    html(out, page == NULL ? "Not found" : page->title);
    html(out, " · Sandbox</title><style>");
    style_show(out);
    html(out, "</style></head><body class=\"");
    html(out, page == NULL ? "pay" : page->look);
    html(out, "\"><header><a href=\"/\">Sandbox</a><span class=\"tag open\">No real money moves "
              "here</span></header><main>");
}

static struct str page_policy(struct http_exchange *exchange) {
    unsigned char hash[SHA256_SIZE];
    char text[sodium_base64_ENCODED_LEN(SHA256_SIZE, sodium_base64_VARIANT_ORIGINAL)];
    struct str style = STR("");
    for (size_t i = 0; page_style[i] != NULL; i++) {
        style = arena_printf(http_exchange_arena(exchange), STR_FMT "%s", STR_ARG(style),
                             page_style[i]);
    }
    sha256(style, hash);
    sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return arena_printf(http_exchange_arena(exchange), POLICY, text);
}

static void respond(struct page_turn *turn, struct http_exchange *exchange, int status,
                    const char *type) {
    struct http_response response = {.status = status, .body = buf_str(&turn->out.text)};
    http_add_header(&response, STR("Content-Type"), str_from_cstr(type));
    if (!str_equal(str_from_cstr(type), STR("application/pdf"))) { /* a viewer styles itself */
        http_add_header(&response, STR("Content-Security-Policy"), page_policy(exchange));
    }
    http_add_header(&response, STR("X-Content-Type-Options"), STR("nosniff"));
    http_add_header(&response, STR("Referrer-Policy"), STR("no-referrer"));
    http_add_header(&response, STR("Cache-Control"), STR("no-store"));
    if (status == 303) {
        http_add_header(&response, STR("Location"), str_from_cstr(turn->location));
        response.body = STR("");
    }
    http_respond(exchange, &response);
}

/* Shows the page inside its transaction; a form's decline keeps what it changed. */
static int show(struct page_turn *turn, const struct page *page) {
    if (!world_begin(&turn->world)) {
        return 500;
    }
    int status = page->show(turn);
    bool keeps = page->kind == PAGE_WRITES && !err_failed(turn->world.err);
    if (!keeps) {
        world_abandon(&turn->world);
        return err_failed(turn->world.err) ? 500 : status;
    }
    return world_commit(&turn->world) ? status : 500;
}

void pages_handle(struct sandbox *sandbox, struct http_exchange *exchange) {
    const struct http_request *request = http_exchange_request(exchange);
    char id[STORE_ID] = "";
    const struct page *page = page_find(request, id);
    struct page_turn turn = {.id = id, .form = json_object(), .log = &sandbox->log};
    const char *problem = NULL;
    world_init(&turn.world, sandbox->store, sandbox->env);
    turn.world.public_url = sandbox->public_url;
    turn.out.world = &turn.world;
    buf_init(&turn.out.text, sandbox->env, PAGE_MAX);
    bool is_file = page != NULL && page->kind == PAGE_FILE;
    if (!is_file) {
        frame_open(&turn, page);
    }
    bool is_read = form_decode(http_exchange_arena(exchange), request->body, turn.form, &problem);
    int status = page == NULL ? 404 : !is_read ? 400 : show(&turn, page);
    if (is_file && status != 200) {
        buf_clear(&turn.out.text);
        frame_open(&turn, page);
        is_file = false;
    }
    if (status == 404) {
        html(&turn.out,
             "<h1>There is no such page</h1><p class=\"lead\"><a href=\"/\">To what is in "
             "this sandbox</a></p>");
    } else if (status == 400 && !is_read) {
        html(&turn.out, "<h1>The form could not be read</h1>");
    } else if (status == 500) {
        html(&turn.out, "<h1>The sandbox could not read or write its data</h1>");
    }
    if (!is_file) {
        html(&turn.out, "</main></body></html>");
    }
    respond(&turn, exchange, status, is_file ? "application/pdf" : "text/html; charset=utf-8");
    json_decref(turn.form);
    buf_finish(&turn.out.text);
    world_finish(&turn.world);
}
