#include "api/headers.h"

/* The pages' own: everything from here, nothing inline, no markup made from text. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "            \
    "base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'; "                     \
    "trusted-types 'none'; report-to csp"
/* No script at all; the style stands in the page and is known by its hash (pay_page.c). */
#define PAY_POLICY                                                                                 \
    "default-src 'none'; style-src 'sha256-+z2iMQPyEGIJ023TEILo/ZrMcYOCTKsz1Zygw9M97AI='; "        \
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
      "nosniff", "nosniff"}},
    {"Cache-Control",
     {[HEADERS_API] = NO_STORE,
      [HEADERS_TAGGED] = NO_CACHE,
      [HEADERS_DOWNLOAD] = NO_STORE,
      [HEADERS_STREAM] = NO_STORE,
      [HEADERS_REDIRECT] = NO_STORE,
      [HEADERS_DOCUMENT] = NO_CACHE,
      [HEADERS_PAY_PAGE] = NO_STORE,
      [HEADERS_FORM_PAGE] = NO_STORE,
      [HEADERS_ASSET] = NO_CACHE,
      [HEADERS_FIXED] = "public, max-age=31536000, immutable"}},
    {"Content-Security-Policy",
     {[HEADERS_DOWNLOAD] = FILE_POLICY,
      [HEADERS_DOCUMENT] = POLICY,
      [HEADERS_PAY_PAGE] = PAY_POLICY,
      [HEADERS_FORM_PAGE] = FORM_POLICY}},
    {"Reporting-Endpoints",
     {[HEADERS_DOCUMENT] = REPORTS, [HEADERS_PAY_PAGE] = REPORTS, [HEADERS_FORM_PAGE] = REPORTS}},
    {"Referrer-Policy",
     {[HEADERS_REDIRECT] = NO_REFERRER,
      [HEADERS_DOCUMENT] = NO_REFERRER,
      [HEADERS_PAY_PAGE] = NO_REFERRER,
      [HEADERS_FORM_PAGE] = NO_REFERRER}},
    {"Cross-Origin-Opener-Policy",
     {[HEADERS_DOCUMENT] = OWN, [HEADERS_PAY_PAGE] = OWN, [HEADERS_FORM_PAGE] = OWN}},
    {"Cross-Origin-Resource-Policy",
     {[HEADERS_DOWNLOAD] = OWN, [HEADERS_ASSET] = OWN, [HEADERS_FIXED] = OWN}},
    {"Permissions-Policy",
     {[HEADERS_DOCUMENT] = NO_DEVICES,
      [HEADERS_PAY_PAGE] = NO_DEVICES,
      [HEADERS_FORM_PAGE] = NO_DEVICES}},
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
    [HEADERS_ASSET] = {"asset", "part of a page, asked about again by its ETag"},
    [HEADERS_FIXED] = {"fixed asset", "part of a page whose name changes with its content"},
};

const char *header_kind_name(enum header_kind kind) {
    return kinds[kind].name;
}

const char *header_kind_doc(enum header_kind kind) {
    return kinds[kind].doc;
}

void headers_print(enum header_kind kind, struct buf *out) {
    for (size_t i = 0; i < headers_table_len; i++) {
        const struct header_field *field = &headers_table[i];
        if (field->values[kind] != NULL) {
            buf_add(out, str_from_cstr(field->name));
            buf_add(out, STR(": "));
            buf_add(out, str_from_cstr(field->values[kind]));
            buf_add(out, STR("\r\n"));
        }
    }
}
