/* Guards: a signed-in person's change is taken from our own pages and from nowhere else; and what
 * Content-Type may say. */
#include "api/cross_site.h"

#include "api/media.h"
#include "base/testing.h"

struct attempt {
    const char *method, *type, *host, *origin, *fetch_site; /* NULL: header absent */
    bool is_taken;
};

#define JSON "application/json"
static const struct attempt attempts[] = {
    {"POST", JSON, "127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin", true},
    {"POST", JSON, "127.0.0.1:8080", "http://127.0.0.1:8080", NULL, true},
    {"PUT", "application/json; charset=utf-8", "localhost", "http://localhost", NULL, true},
    {"POST", JSON, "[::1]:8080", "http://[::1]:8080", NULL, true},
    {"POST", JSON, "billing.example", "https://billing.example", "same-origin", true},
    {"POST", JSON, "Billing.Example", "https://billing.example", NULL, true},
    {"DELETE", NULL, "localhost", "http://localhost", NULL, true},
    /* a form, or what pretends to be none */
    {"POST", "application/x-www-form-urlencoded", "localhost", "http://localhost", NULL, false},
    {"POST", "text/plain", "localhost", "http://localhost", NULL, false},
    {"POST", "multipart/form-data", "localhost", "http://localhost", NULL, false},
    {"POST", NULL, "localhost", "http://localhost", NULL, false},
    {"DELETE", "text/plain", "localhost", "http://localhost", NULL, false},
    /* another origin */
    {"POST", JSON, "localhost", NULL, NULL, false},
    {"POST", JSON, "localhost", "null", NULL, false},
    {"POST", JSON, "localhost", "", NULL, false},
    {"POST", JSON, "localhost:8080", "http://localhost:8081", NULL, false},
    {"POST", JSON, "billing.example", "https://evil.example", NULL, false},
    {"POST", JSON, "billing.example", "https://billing.example.evil.example", NULL, false},
    {"POST", JSON, "billing.example", "https://billing.example:8443", NULL, false},
    {"POST", JSON, "", "https://", NULL, false},
    {"POST", JSON, NULL, "https://billing.example", NULL, false},
    /* without TLS only on the loopback */
    {"POST", JSON, "billing.example", "http://billing.example", NULL, false},
    {"POST", JSON, "localhost.evil.example", "http://localhost.evil.example", NULL, false},
    {"POST", JSON, "127.0.0.1.evil.example", "http://127.0.0.1.evil.example", NULL, false},
    {"POST", JSON, "localhost", "ftp://localhost", NULL, false},
    /* the browser's own word */
    {"POST", JSON, "localhost", "http://localhost", "cross-site", false},
    {"POST", JSON, "localhost", "http://localhost", "same-site", false},
    {"POST", JSON, "localhost", "http://localhost", "none", false},
};

static void add(struct http_header *headers, size_t *count, const char *name, const char *value) {
    if (value != NULL) {
        headers[(*count)++] = (struct http_header){str_from_cstr(name), str_from_cstr(value)};
    }
}

static void test_attempts(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
        const struct attempt *attempt = &attempts[i];
        struct http_header headers[4];
        size_t count = 0;
        add(headers, &count, "Content-Type", attempt->type);
        add(headers, &count, "Host", attempt->host);
        add(headers, &count, "Origin", attempt->origin);
        add(headers, &count, "Sec-Fetch-Site", attempt->fetch_site);
        struct http_request request = {
            .method = str_from_cstr(attempt->method), .headers = headers, .header_count = count};
        if (is_same_site(&request, http_header(&request, STR("Host"))) != attempt->is_taken) {
            print_error("attempt %zu\n", i);
        }
        assert_int_equal(is_same_site(&request, http_header(&request, STR("Host"))),
                         attempt->is_taken);
    }
}

static void test_a_delete_with_a_body_needs_its_type(void **state) {
    (void)state;
    const struct http_header headers[] = {
        {STR_INIT("Host"), STR_INIT("localhost")},
        {STR_INIT("Origin"), STR_INIT("http://localhost")},
    };
    struct http_request request = {
        .method = STR("DELETE"), .headers = headers, .header_count = 2, .body = STR("{}")};
    assert_false(is_same_site(&request, http_header(&request, STR("Host"))));
}

static void test_content_types(void **state) {
    (void)state;
    static const struct {
        const char *header;
        bool is_json;
    } cases[] = {
        {"application/json", true},
        {"Application/JSON", true},
        {" application/json ", true},
        {"application/json;charset=utf-8", true},
        {"application/json; charset=\"UTF-8\"", true},
        {"application/json; profile=x", true},
        {"application/json; charset=latin1", false},
        {"application/json; profile=x; charset=utf-16", false},
        {"application/jsonx", false},
        {"application/problem+json", false},
        {"text/json", false},
        {"", false},
        {",application/json", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str header = str_from_cstr(cases[i].header);
        assert_int_equal(media_is(header, STR("application/json")), cases[i].is_json);
    }
    assert_false(media_is((struct str){NULL, 0}, STR("application/json")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_a_delete_with_a_body_needs_its_type),
        cmocka_unit_test(test_content_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
