#include "core/csp_report.h"

#include <string.h>

#include "base/attr.h"
#include "base/check.h"
#include "core/card_number.h"

enum { SCHEME_MAX = 32, HOST_MAX = 253 + 6 }; /* a name of the DNS, and its port */

static const struct {
    struct str name;
    bool is_of_scripts;
} directives[] = {
    {STR_INIT("base-uri"), true},
    {STR_INIT("child-src"), false},
    {STR_INIT("connect-src"), false},
    {STR_INIT("default-src"), true},
    {STR_INIT("font-src"), false},
    {STR_INIT("form-action"), true}, /* where what is typed goes */
    {STR_INIT("frame-ancestors"), false},
    {STR_INIT("frame-src"), false},
    {STR_INIT("img-src"), false},
    {STR_INIT("manifest-src"), false},
    {STR_INIT("media-src"), false},
    {STR_INIT("object-src"), true},
    {STR_INIT("require-trusted-types-for"), true},
    {STR_INIT("script-src"), true},
    {STR_INIT("script-src-attr"), true},
    {STR_INIT("script-src-elem"), true},
    {STR_INIT("style-src"), false},
    {STR_INIT("style-src-attr"), false},
    {STR_INIT("style-src-elem"), false},
    {STR_INIT("trusted-types"), true},
    {STR_INIT("worker-src"), true},
};

struct str csp_directive_of(struct str text) {
    struct str rest = str_trim(text);
    struct str name = str_cut(&rest, ' ');
    for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
        if (str_equal_ignoring_case(name, directives[i].name)) {
            return directives[i].name;
        }
    }
    return (struct str){NULL, 0};
}

bool csp_directive_is_of_scripts(struct str directive) {
    for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
        if (str_equal(directive, directives[i].name)) {
            return directives[i].is_of_scripts;
        }
    }
    return false;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* RFC 3986, 3.1. */
static bool is_scheme(struct str text) {
    bool is_good = text.len > 0 && text.len <= SCHEME_MAX;
    for (size_t i = 0; is_good && i < text.len; i++) {
        char c = lower(text.bytes[i]);
        bool is_letter = c >= 'a' && c <= 'z';
        bool is_other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        is_good = is_letter || (i > 0 && is_other);
    }
    return is_good;
}

/* A host, and its port if there is one: names as they are sent, in ASCII (RFC 3986, 3.2.2). */
static bool is_host(struct str text) {
    bool is_good = text.len > 0 && text.len <= HOST_MAX;
    for (size_t i = 0; is_good && i < text.len; i++) {
        char c = lower(text.bytes[i]);
        is_good =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || memchr("-._:[]", c, 6) != NULL;
    }
    return is_good && !card_number_is_in(text, CARD_NUMBER_ANY);
}

static bool has_host(struct str scheme) {
    static const struct str with[] = {STR_INIT("http"), STR_INIT("https"), STR_INIT("ws"),
                                      STR_INIT("wss")};
    for (size_t i = 0; i < ARRAY_LEN(with); i++) {
        if (str_equal_ignoring_case(scheme, with[i])) {
            return true;
        }
    }
    return false;
}

/* What stands there instead of an address. Older browsers leave out the colon of a scheme, and
 * say nothing of what stands in the page itself. */
static struct str word_of(struct str text) {
    static const struct str words[] = {STR_INIT("inline"),
                                       STR_INIT("eval"),
                                       STR_INIT("wasm-eval"),
                                       STR_INIT("self"),
                                       STR_INIT("trusted-types-policy"),
                                       STR_INIT("trusted-types-sink"),
                                       STR_INIT("data"),
                                       STR_INIT("blob"),
                                       STR_INIT("filesystem"),
                                       STR_INIT("about")};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_equal_ignoring_case(text, words[i])) {
            return words[i];
        }
    }
    return text.len == 0 ? STR("inline") : STR("other");
}

static size_t put(char *into, size_t at, struct str text) {
    check(at + text.len < CSP_BLOCKED_SIZE);
    for (size_t i = 0; i < text.len; i++) {
        into[at + i] = lower(text.bytes[i]);
    }
    into[at + text.len] = '\0';
    return at + text.len;
}

static struct str host_of(struct str behind_scheme) {
    static const struct str slashes = STR_INIT("//");
    if (!str_starts_with(behind_scheme, slashes)) {
        return STR("");
    }
    struct str host = str_skip(behind_scheme, slashes.len);
    size_t len = 0;
    while (len < host.len && memchr("/?#\\", host.bytes[len], 4) == NULL) {
        len++;
    }
    host = str_first(host, len);
    size_t name = str_find(host, '@');
    return name < host.len ? str_skip(host, name + 1) : host;
}

void csp_blocked_of(struct str text, char ret_blocked[CSP_BLOCKED_SIZE]) {
    struct str rest = str_trim(text);
    size_t colon = str_find(rest, ':');
    struct str scheme = str_first(rest, colon);
    if (colon == rest.len || !is_scheme(scheme)) {
        (void)put(ret_blocked, 0, colon == rest.len ? word_of(rest) : STR("other"));
        return;
    }
    if (!has_host(scheme)) {
        (void)put(ret_blocked, 0, scheme);
        return;
    }
    struct str host = host_of(str_skip(rest, colon + 1));
    if (!is_host(host)) {
        (void)put(ret_blocked, 0, STR("other"));
        return;
    }
    size_t len = put(ret_blocked, 0, scheme);
    len = put(ret_blocked, len, STR("://"));
    len = put(ret_blocked, len, host);
    check(len < CSP_BLOCKED_SIZE);
}
