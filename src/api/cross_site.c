#include "api/cross_site.h"

#include "api/media.h"

/* "127.0.0.1:8080", "[::1]", "localhost": where no network lies between. */
static bool is_loopback(struct str host) {
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct str name = str_from_cstr(names[i]);
        struct str rest = str_skip(host, name.len);
        if (str_equal_ignoring_case(str_first(host, name.len), name) &&
            (rest.len == 0 || rest.bytes[0] == ':')) {
            return true;
        }
    }
    return false;
}

bool is_own_origin(struct str host, struct str origin) {
    bool is_https = str_starts_with(origin, STR("https://"));
    bool is_http = str_starts_with(origin, STR("http://"));
    struct str named = str_skip(origin, is_https ? 8 : 7);
    return host.len > 0 && (is_https || (is_http && is_loopback(host))) &&
           str_equal_ignoring_case(named, host);
}

static bool has_json_type(const struct http_request *request) {
    struct str type = http_header(request, STR("Content-Type"));
    bool may_lack = str_equal(request->method, STR("DELETE")) && request->body.len == 0;
    return type.bytes == NULL ? may_lack : media_is(type, STR("application/json"));
}

bool is_same_site(const struct http_request *request, struct str host) {
    struct str fetch_site = http_header(request, STR("Sec-Fetch-Site"));
    return has_json_type(request) && is_own_origin(host, http_header(request, STR("Origin"))) &&
           (fetch_site.bytes == NULL || str_equal(fetch_site, STR("same-origin")));
}
