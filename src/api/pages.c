/* The pages and their assets, as they are embedded. */
#include "api/pages.h"

#include "api/accept.h"
#include "api/card_form.h"
#include "api/pdf_text.h"
#include "api/resources.h"
#include "base/check.h"

/* --- what the client takes --- */

struct choice {
    const struct api_asset_body *body;
    const char *encoding; /* NULL: as it is */
};

static struct choice choose(const struct http_request *http, const struct api_asset *asset) {
    if (asset->brotli.bytes.bytes != NULL &&
        accept_names(http, STR("Accept-Encoding"), STR("br"))) {
        return (struct choice){&asset->brotli, "br"};
    }
    if (asset->gzip.bytes.bytes != NULL &&
        accept_names(http, STR("Accept-Encoding"), STR("gzip"))) {
        return (struct choice){&asset->gzip, "gzip"};
    }
    return (struct choice){&asset->identity, NULL};
}

bool pages_client_has(const struct http_request *http, struct str etag) {
    struct str rest = http_header(http, STR("If-None-Match"));
    while (rest.len > 0) {
        if (str_equal(str_trim(str_cut(&rest, ',')), etag)) {
            return true;
        }
    }
    return false;
}

static void reply_asset(struct api_request *request, enum header_kind kind,
                        const struct api_asset *asset) {
    struct choice choice = choose(request->http, asset);
    struct str etag = str_from_cstr(choice.body->etag);
    bool is_known = pages_client_has(request->http, etag);
    bool has_languages = kind == HEADERS_DOCUMENT || kind == HEADERS_EMBED;
    struct http_response response = {.status = is_known ? 304 : 200};
    response.body = is_known ? STR("") : choice.body->bytes;
    http_add_header(&response, STR("Content-Type"), str_from_cstr(asset->content_type));
    http_add_header(&response, STR("ETag"), etag);
    http_add_header(&response, STR("Vary"),
                    has_languages ? STR("Accept-Encoding, Accept-Language, Cookie")
                                  : STR("Accept-Encoding"));
    if (choice.encoding != NULL) {
        http_add_header(&response, STR("Content-Encoding"), str_from_cstr(choice.encoding));
    }
    reply_as(request, kind, &response);
}

/* --- what there is --- */

static bool find(const struct api *api, struct str path, struct api_asset *ret_asset) {
    const struct api_assets *assets = &api->options.assets;
    return assets->find != NULL && assets->find(assets->context, path, ret_asset);
}

bool pages_find_document(const struct api *api, struct str path, enum language language,
                         struct arena *arena, struct api_asset *ret_asset) {
    static const char *const endings[] = {[LANGUAGE_EN] = ".html", [LANGUAGE_DE] = ".de.html"};
    bool is_found = false;
    for (struct str above = path; above.len > 1 && !is_found;) {
        struct str file = arena_printf(arena, STR_FMT "%s", STR_ARG(above), endings[language]);
        is_found = find(api, file, ret_asset);
        while (above.len > 0 && above.bytes[--above.len] != '/') {
        }
    }
    return is_found;
}

size_t pages_fill_at(struct str document) {
    static const struct str mark = STR_INIT("<div id=\"app\">");
    size_t at = 0;
    while (at + mark.len < document.len &&
           !str_equal(str_of(document.bytes + at, mark.len), mark)) {
        at++;
    }
    check(at + mark.len < document.len); /* every document is made of ui/page.html */
    return at + mark.len;
}

/* --- handlers --- */

void pages_home(struct api_request *request) {
    reply_redirect(request, STR("/pricing"));
}

void pages_reply_none(struct api_request *request) {
    struct http_response response = {
        .status = 404,
        .body = STR("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Turnpike"
                    "</title><h1>The pages are not in this program</h1><p>It was built without "
                    "them. The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.")};
    http_add_header(&response, STR("Content-Type"), STR("text/html; charset=utf-8"));
    reply_as(request, HEADERS_DOCUMENT, &response);
}

/* In the reader's language. */
static bool find_page(struct api_request *request, struct str path, struct api_asset *ret_asset) {
    enum language language = pdf_language(request);
    return pages_find_document(request->api, path, language, request->arena, ret_asset);
}

void pages_document(struct api_request *request) {
    struct api_asset asset;
    if (!find_session(request)) {
        return;
    }
    if (find_page(request, str_from_cstr(request->route->path), &asset)) {
        reply_asset(request, HEADERS_DOCUMENT, &asset);
    } else {
        pages_reply_none(request);
    }
}

/* The page for cards: with the provider's form, where that is wanted. */
void pages_card_form(struct api_request *request) {
    struct api_asset asset;
    if (card_form_is_on(request->api) && find(request->api, STR("/card-form.html"), &asset)) {
        reply_asset(request, HEADERS_CARD_FORM, &asset);
    } else {
        reply_problem(request, PROBLEM_NOT_FOUND);
    }
}

void pages_asset(struct api_request *request) {
    struct api_asset asset;
    bool may = !card_form_owns(request->http->path) || card_form_is_on(request->api);
    if (may && find(request->api, request->http->path, &asset)) {
        reply_asset(request, asset.is_immutable ? HEADERS_FIXED : HEADERS_ASSET, &asset);
    } else {
        reply_problem(request, PROBLEM_NOT_FOUND);
    }
}
