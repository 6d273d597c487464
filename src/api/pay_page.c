/* GET /pay/:token: the page behind the link of a mail. Who holds it sees one invoice and may go on
 * to Stripe's page of it, and nothing else: no name, no address, no other invoice. It needs no
 * script; its style stands in it, and its policy knows it by its hash. */
#include "api/resources.h"

#include "api/html.h"
#include "app/invoice.h"
#include "app/pay_link.h"
#include "core/locale.h"

enum { PAGE_MAX = 8192 };

/* Whoever changes it changes its hash in headers.c; tests/api/headers.test.mjs says which. */
static const char style[] =
    ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}"
    "body{max-width:32rem;margin:0 auto;padding:3rem 1.25rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.5rem 1.5rem;margin:0 0 2rem}"
    "dt{opacity:.8}dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}"
    "a{display:inline-block;min-height:1.5rem;padding:.75rem 1.5rem;border-radius:.5rem;"
    "background:#1d4ed8;color:#fff;font-weight:600;text-decoration:none}"
    "a:focus-visible{outline:3px solid currentColor;outline-offset:3px}"
    "footer a{min-height:0;padding:0;background:none;color:inherit;font-weight:400;"
    "text-decoration:underline}";

struct words {
    const char *title;
    const char *says;
    bool is_payable;
};

static struct words words_of(const struct invoice_row *invoice) {
    switch ((enum invoice_status)invoice->status) {
    case INVOICE_OPEN:
    case INVOICE_UNCOLLECTIBLE:
        return (struct words){"Invoice to pay", "Pay it by card or bank account on Stripe's page.",
                              true};
    case INVOICE_PAID:
        return (struct words){"This invoice is paid", "Thank you. There is nothing left to do.",
                              false};
    case INVOICE_VOID:
    case INVOICE_DRAFT:
        break;
    }
    return (struct words){"Nothing is owed", "This invoice needs no payment.", false};
}

static void add(struct buf *page, const char *text) {
    buf_add(page, str_from_cstr(text));
}

static void add_entry(struct buf *page, const char *name, struct str value) {
    add(page, "<dt>");
    add(page, name);
    add(page, "</dt><dd>");
    html_add(page, value);
    add(page, "</dd>");
}

static void add_head(struct buf *page, const char *title) {
    add(page, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
              "<meta name=\"viewport\" content=\"width=device-width\">"
              "<meta name=\"robots\" content=\"noindex\"><title>");
    add(page, title);
    add(page, "</title><style>");
    add(page, style);
    add(page, "</style></head><body><main><h1>");
    add(page, title);
    add(page, "</h1>");
}

static void add_invoice(struct buf *page, const struct invoice_row *invoice) {
    struct words words = words_of(invoice);
    struct currency currency = {""};
    struct text amount;
    char space[LOCALE_TEXT_SIZE];
    text_init(&amount, space, sizeof space);
    if (currency_parse(invoice->currency, &currency)) {
        locale_money(&amount, LANGUAGE_EN, money_of(invoice->amount_due, currency));
    }
    add(page, "<p>");
    add(page, words.says);
    add(page, "</p><dl>");
    add_entry(page, "Invoice", invoice->number);
    add_entry(page, "Amount", str_from_cstr(space));
    add(page, "</dl>");
    if (words.is_payable && invoice->hosted_url.len > 0) {
        add(page, "<p><a rel=\"noreferrer\" href=\"");
        html_add(page, invoice->hosted_url);
        add(page, "\">Pay now</a></p>");
    }
}

static void reply_page(struct api_request *request, int status, struct buf *page) {
    add(page, "</main><footer><p><a href=\"/accessibility\">Accessibility</a></p></footer>"
              "</body></html>");
    if (page->has_failed) {
        buf_finish(page);
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    struct http_response response = {.status = status, .body = buf_finish_in(page, request->arena)};
    http_add_header(&response, STR("Content-Type"), STR("text/html; charset=utf-8"));
    reply_as(request, HEADERS_PAY_PAGE, &response);
}

void pay_page(struct api_request *request) {
    struct tx tx = request_read(request);
    struct pay_link link;
    struct invoice_row invoice;
    struct buf page;
    bool is_valid = false;
    if (reply_if_failed(request, pay_link_read(&tx, request->values[0], &link, &is_valid)) ||
        (is_valid && reply_if_failed(request, invoice_read(&tx, link.user_id, link.invoice_id,
                                                           &invoice, &is_valid)))) {
        return;
    }
    buf_init(&page, request->api->env, PAGE_MAX);
    add_head(&page, is_valid ? words_of(&invoice).title : "This link has expired");
    if (is_valid) {
        add_invoice(&page, &invoice);
    } else {
        add(&page, "<p>Links in mails last 7 days. The newest mail has one that works, and so has "
                   "the billing page.</p>");
    }
    reply_page(request, is_valid ? 200 : 410, &page);
}
