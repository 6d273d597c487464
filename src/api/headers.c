#include "api/headers.h"

#include "base/check.h"

/* The pages' own: everything from here, nothing inline, no markup made from text; a form may lead
 * to the payment provider's pages. */
#define FROM_HERE                                                                                  \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "font-src 'self'; connect-src 'self'; form-action 'self' <provider>; "
#define NO_MARKUP                                                                                  \
    "base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'; "                     \
    "trusted-types 'none'; report-to csp"
#define POLICY FROM_HERE "frame-ancestors 'none'; " NO_MARKUP
/* The same in a frame of those whom the operator names. */
#define EMBED_POLICY FROM_HERE "frame-ancestors <embedders>; " NO_MARKUP
/* The form for cards is Stripe's, in its frames; its script is let in by a policy of ours that
 * knows its host alone (https://docs.stripe.com/security/guide#content-security-policy). */
#define CARD_FORM_POLICY                                                                           \
    "default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; "        \
    "style-src 'self'; img-src 'self' data:; font-src 'self'; "                                    \
    "connect-src 'self' https://api.stripe.com; "                                                  \
    "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; "           \
    "form-action 'self' <provider>; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "  \
    "require-trusted-types-for 'script'; trusted-types default; report-to csp"
/* No script at all; the style stands in the page and is known by its hash (pay_page.c). */
#define PAY_POLICY                                                                                 \
    "default-src 'none'; style-src 'sha256-PEVQtSbz3awTvYUR7V0yI1hFgIWN/sbG5SQLQsAUfQ4='; "        \
    "form-action "                                                                                 \
    "'none'; frame-ancestors 'none'; base-uri 'none'; report-to csp"
/* No script, no style, one form. */
#define FORM_POLICY                                                                                \
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "            \
    "report-to csp"
/* Whoever shows it in a browser all the same runs nothing in it. */
#define FILE_POLICY "default-src 'none'; frame-ancestors 'none'; sandbox"

#define NO_STORE "no-store"
#define NO_CACHE "no-cache"
#define NO_REFERRER "no-referrer"
#define REPORTS "csp=\"/api/reports/csp\""
#define OWN "same-origin"
#define NO_DEVICES "camera=(), microphone=(), geolocation=(), payment=(), usb=()"

const struct header_field headers_table[] = {
    {"X-Content-Type-Options",
     {"nosniff", "nosniff", "nosniff", "nosniff", "nosniff", "nosniff", "nosniff", "nosniff",
      "nosniff", "nosniff", "nosniff", "nosniff"}},
    {"Cache-Control",
     {[HEADERS_API] = NO_STORE,
      [HEADERS_TAGGED] = NO_CACHE,
      [HEADERS_DOWNLOAD] = NO_STORE,
      [HEADERS_STREAM] = NO_STORE,
      [HEADERS_REDIRECT] = NO_STORE,
      [HEADERS_DOCUMENT] = NO_CACHE,
      [HEADERS_PAY_PAGE] = NO_STORE,
      [HEADERS_FORM_PAGE] = NO_STORE,
      [HEADERS_EMBED] = NO_CACHE,
      [HEADERS_CARD_FORM] = NO_STORE,
      [HEADERS_ASSET] = NO_CACHE,
      [HEADERS_FIXED] = "public, max-age=31536000, immutable"}},
    {"Content-Security-Policy",
     {[HEADERS_DOWNLOAD] = FILE_POLICY,
      [HEADERS_DOCUMENT] = POLICY,
      [HEADERS_PAY_PAGE] = PAY_POLICY,
      [HEADERS_FORM_PAGE] = FORM_POLICY,
      [HEADERS_EMBED] = EMBED_POLICY,
      [HEADERS_CARD_FORM] = CARD_FORM_POLICY}},
    {"Reporting-Endpoints",
     {[HEADERS_DOCUMENT] = REPORTS,
      [HEADERS_PAY_PAGE] = REPORTS,
      [HEADERS_FORM_PAGE] = REPORTS,
      [HEADERS_EMBED] = REPORTS,
      [HEADERS_CARD_FORM] = REPORTS}},
    {"Referrer-Policy",
     {[HEADERS_REDIRECT] = NO_REFERRER,
      [HEADERS_DOCUMENT] = NO_REFERRER,
      [HEADERS_PAY_PAGE] = NO_REFERRER,
      [HEADERS_FORM_PAGE] = NO_REFERRER,
      [HEADERS_EMBED] = NO_REFERRER,
      [HEADERS_CARD_FORM] = NO_REFERRER}},
    {"Cross-Origin-Opener-Policy",
     {[HEADERS_DOCUMENT] = OWN,
      [HEADERS_PAY_PAGE] = OWN,
      [HEADERS_FORM_PAGE] = OWN,
      [HEADERS_CARD_FORM] = "same-origin-allow-popups"}}, /* of a bank's challenge */
    {"Cross-Origin-Resource-Policy",
     {[HEADERS_DOWNLOAD] = OWN, [HEADERS_ASSET] = OWN, [HEADERS_FIXED] = OWN}},
    {"Permissions-Policy",
     {[HEADERS_DOCUMENT] = NO_DEVICES,
      [HEADERS_PAY_PAGE] = NO_DEVICES,
      [HEADERS_FORM_PAGE] = NO_DEVICES,
      [HEADERS_EMBED] = NO_DEVICES,
      [HEADERS_CARD_FORM] = NO_DEVICES}},
};
const size_t headers_table_len = ARRAY_LEN(headers_table);

static const struct {
    const char *name, *doc;
} kinds[HEADERS_KIND_COUNT] = {
    [HEADERS_API] = {"API", "JSON, problems, figures, and answers without a body"},
    [HEADERS_TAGGED] = {"tagged", "JSON that is asked about again by its ETag"},
    [HEADERS_DOWNLOAD] = {"download", "files; `Content-Disposition: attachment` beside it"},
    [HEADERS_STREAM] = {"stream", "events as they happen; `X-Accel-Buffering: no` beside it"},
    [HEADERS_REDIRECT] = {"redirect", "to another address"},
    [HEADERS_DOCUMENT] = {"page", "the pages of `ui/`"},
    [HEADERS_PAY_PAGE] = {"pay page", "one invoice, behind the link of a mail"},
    [HEADERS_FORM_PAGE] = {"form page", "one question, behind the link of a mail"},
    [HEADERS_EMBED] = {"embedded page",
                       "the prices, in a frame of those whom `--embed-origins` names"},
    [HEADERS_CARD_FORM] = {"card form", "the provider's form for cards in a page of ours, where "
                                        "`--card-form embedded` says so"},
    [HEADERS_ASSET] = {"asset", "part of a page, asked about again by its ETag"},
    [HEADERS_FIXED] = {"fixed asset", "part of a page whose name changes with its content"},
};

const char *header_kind_name(enum header_kind kind) {
    return kinds[kind].name;
}

const char *header_kind_doc(enum header_kind kind) {
    return kinds[kind].doc;
}

/* What stands in the place of `<…>`. */
static struct str origin_named(const struct header_origins *origins, struct str name) {
    if (str_equal(name, STR("provider"))) {
        return origins->provider;
    }
    check(str_equal(name, STR("embedders")));
    return origins->embedders.len > 0 ? origins->embedders : STR("'none'");
}

static void add_value(struct buf *out, struct str value, const struct header_origins *origins) {
    while (value.len > 0) {
        buf_add(out, str_cut(&value, '<'));
        if (value.bytes != NULL) {
            buf_add(out, origin_named(origins, str_cut(&value, '>')));
        }
    }
}

void headers_print(enum header_kind kind, const struct header_origins *origins, struct buf *out) {
    for (size_t i = 0; i < headers_table_len; i++) {
        const struct header_field *field = &headers_table[i];
        if (field->values[kind] != NULL) {
            buf_add(out, str_from_cstr(field->name));
            buf_add(out, STR(": "));
            add_value(out, str_from_cstr(field->values[kind]), origins);
            buf_add(out, STR("\r\n"));
        }
    }
}
