/* Guards: what the API decides before a use case begins: where a request leads, who may make it,
 * what it may hold; and the pages. A real server, raw sockets, no store behind it: whatever reached
 * one here would crash. */
#include "api/api.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/request.h"
#include "base/testing.h"
#include "net/http_fixture.h"

struct world {
    struct env env; /* the API's; it outlives the fixture */
    struct fixture *fixture;
    struct catalogue catalogue;
    struct app app;
    struct api *api;
    struct wire *wire;
    const char *not_ready; /* NULL: ready */
    struct api_warnings warnings;
    struct instant advanced_to;
};

/* --- surroundings --- */

static bool find_asset(void *context, struct str path, struct api_asset *ret_asset) {
    (void)context;
    if (!str_equal(path, STR("/sign-in.html")) && !str_equal(path, STR("/assets/a-01234567.js"))) {
        return false;
    }
    bool is_page = str_equal(path, STR("/sign-in.html"));
    *ret_asset = (struct api_asset){
        .content_type = is_page ? "text/html; charset=utf-8" : "text/javascript; charset=utf-8",
        .is_immutable = !is_page,
        .identity = {STR("plain"), "\"i\""},
        .gzip = {STR("zipped"), "\"g\""},
    };
    return true;
}

static bool refuse_signature(void *context, const struct api_signature *signature,
                             const char **ret_reason) {
    (void)context;
    *ret_reason = signature->header.len == 0 ? "The header is missing." : "It is not of this body.";
    return false;
}

static bool is_ready(void *context, const char **ret_reason) {
    struct world *world = context;
    *ret_reason = world->not_ready;
    return world->not_ready == NULL;
}

static void warnings(void *context, struct api_warnings *ret_warnings) {
    const struct world *world = context;
    *ret_warnings = world->warnings;
}

static bool run_at_once(void *context, void (*run)(void *), void (*done)(void *), void *argument) {
    (void)context;
    run(argument);
    done(argument);
    return true;
}

static void figures(void *context, struct api_figures *ret_figures) {
    (void)context;
    ret_figures->writer_works = 42;
}

static void advance(void *context, struct instant to, void (*done)(void *done_context, int outcome),
                    void *done_context) {
    struct world *world = context;
    world->advanced_to = to;
    done(done_context, OUTCOME_DONE);
}

static char *socket_path(void) {
    static char path[64];
    (void)snprintf(path, sizeof path, "unix:/tmp/turnpike_api_test_%d", (int)getpid());
    return path;
}

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    world->fixture = fixture_empty();
    struct fixture *fixture = world->fixture;
    world->catalogue.currency = CURRENCY_USD;
    env_posix_init(&world->env);
    world->app = (struct app){.env = &world->env, .catalogue = &world->catalogue};
    struct api_options options = {
        .app = &world->app,
        .env = &world->env,
        .base_url = STR("http://localhost"),
        .version = "1.2.3",
        .assets = {.find = find_asset},
        .webhooks = {refuse_signature, NULL},
        .clock = {advance, world},
        .surroundings = {.is_ready = is_ready,
                         .figures = figures,
                         .warnings = warnings,
                         .context = world},
        .background = {run_at_once, NULL},
    };
    assert_ok(api_create(&fixture->cx, &options, &world->api));
    struct http_server_options server = fixture_options(fixture);
    server.handle = api_handle;
    server.body_max = api_body_max;
    server.refuse = api_refuse;
    server.context = world->api;
    fixture_start(fixture, &server);
    assert_ok(http_server_listen(&fixture->cx, fixture->server, str_from_cstr(socket_path())));
    world->wire = wire_connect(fixture);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    wire_close(world->wire);
    fixture_destroy(world->fixture);
    api_destroy(world->api);
    test_free(world);
    return 0;
}

/* --- asking --- */

/* Sends a request with a body, if any, and waits for the end of the answer, which the next request
 * on the connection would otherwise meet. */
static const char *ask(struct world *world, const char *head, const char *body) {
    char bytes[4096];
    int len =
        snprintf(bytes, sizeof bytes, "%s\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s",
                 head, strlen(body), body);
    assert_true(len > 0 && (size_t)len < sizeof bytes);
    wire_forget(world->wire);
    wire_send(world->wire, str_of(bytes, (size_t)len));
    assert_true(wire_until(world->wire, "\r\n\r\n"));
    wire_receive(world->wire);
    return world->wire->bytes;
}

static void assert_has(const char *answer, const char *text) {
    assert_non_null(text);
    if (strstr(answer, text) == NULL) {
        print_error("no %s in\n%s\n", text, answer);
        fail();
    }
}

static void assert_lacks(const char *answer, const char *text) {
    if (strstr(answer, text) != NULL) {
        print_error("%s in\n%s\n", text, answer);
        fail();
    }
}

/* Asks over the unix socket, which may do everything. */
static void become_local(struct world *world) {
    wire_close(world->wire);
    world->wire = wire_connect_unix(world->fixture, socket_path() + strlen("unix:"));
}

/* --- where a request leads --- */

static void test_unknown_paths_and_methods(void **state) {
    struct world *world = *state;
    const char *answer = ask(world, "GET /nowhere HTTP/1.1", "");
    assert_has(answer, "HTTP/1.1 404");
    assert_has(answer, "Content-Type: application/problem+json");
    assert_has(answer, "\"code\":\"not_found\"");
    assert_has(answer, "X-Request-Id: reqs_");
    assert_has(answer, "Cache-Control: no-store");
    answer = ask(world, "DELETE /api/billing/plans HTTP/1.1", "");
    assert_has(answer, "HTTP/1.1 405");
    assert_has(answer, "Allow: GET, HEAD, OPTIONS");
    answer = ask(world, "OPTIONS /api/billing/subscription HTTP/1.1", "");
    assert_has(answer, "HTTP/1.1 204");
    assert_has(answer, "Allow: GET, HEAD, PUT, OPTIONS");
    assert_has(ask(world, "GET /api/customers/%zz HTTP/1.1", ""), "\"code\":\"malformed_url\"");
}

static void test_head_has_no_body(void **state) {
    struct world *world = *state;
    const char *answer = ask(world, "HEAD /healthz HTTP/1.1", "");
    assert_has(answer, "HTTP/1.1 200");
    assert_lacks(answer, "\"ok\"");
}

static void test_what_breaks_a_bound_is_a_problem_too(void **state) {
    struct world *world = *state;
    wire_say(world->wire, "POST /api/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n");
    assert_true(wire_until(world->wire, "\"code\":\"body_too_large\""));
    assert_has(world->wire->bytes, "HTTP/1.1 413");
    assert_has(world->wire->bytes, "X-Request-Id: reqs_");
}

static void test_bodies_have_the_room_of_their_route(void **state) {
    struct world *world = *state;
    assert_int_equal(api_body_max(world->api, STR("POST"), STR("/api/usage/events")),
                     LIMIT_BODY_EVENTS);
    assert_int_equal(api_body_max(world->api, STR("POST"), STR("/api/webhooks/stripe")),
                     LIMIT_BODY_WEBHOOK);
    assert_int_equal(api_body_max(world->api, STR("POST"), STR("/nowhere")), LIMIT_BODY);
}

/* --- who may --- */

static void test_every_guarded_route_wants_to_know_who_asks(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].auth == ROUTE_PUBLIC) {
            continue;
        }
        char head[200];
        (void)snprintf(head, sizeof head, "%s %s HTTP/1.1", routes[i].method, routes[i].path);
        const char *answer = ask(world, head, "");
        assert_has(answer, "HTTP/1.1 401");
        assert_has(answer, "WWW-Authenticate: Bearer");
        assert_has(answer, routes[i].auth == ROUTE_SESSION ? "session_missing" : "key_missing");
    }
}

static void test_keys_that_cannot_be(void **state) {
    struct world *world = *state;
    static const char *const headers[] = {
        "Authorization: Bearer tp_test_short",
        "Authorization: Bearer",
        "Authorization: Basic dXNlcjpwYXNz",
        /* one letter off: the checksum tells, no store is asked */
        "Authorization: Bearer tp_test_000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        char head[300];
        (void)snprintf(head, sizeof head, "GET /api/customers HTTP/1.1\r\n%s", headers[i]);
        const char *answer = ask(world, head, "");
        assert_has(answer, "HTTP/1.1 401");
        assert_has(answer, "\"code\":\"key_invalid\"");
    }
}

static void test_a_machine_names_the_customer(void **state) {
    struct world *world = *state;
    become_local(world);
    const char *answer = ask(world, "GET /api/billing/subscription HTTP/1.1", "");
    assert_has(answer, "HTTP/1.1 400");
    assert_has(answer, "\"code\":\"customer_required\"");
}

/* --- who waits for whom --- */

enum { SLICED = 3000 }; /* events of ten slices */

/* A list that is not closed, which is seen at its end, and then by the careful reader. */
static struct str long_body(struct world *world) {
    struct buf body;
    buf_init(&body, &world->env, SLICED * 200);
    for (int i = 0; i < SLICED; i++) {
        buf_printf(&body,
                   "%s{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"edge\",\"type\":"
                   "\"bandwidth\",\"subject\":\"user_%d\",\"data\":{\"value\":1,"
                   "\"region\":\"fra\",\"resource\":\"some_site_that_has_a_name\"}}",
                   i == 0 ? "[" : ",", i, i);
    }
    return buf_finish_in(&body, &world->fixture->arena);
}

static void send_events(struct world *world, struct str body) {
    char head[200];
    int len = snprintf(head, sizeof head,
                       "POST /api/usage/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                       "application/cloudevents-batch+json\r\nContent-Length: %zu\r\n\r\n",
                       body.len);
    wire_send(world->wire, str_of(head, (size_t)len));
    wire_send(world->wire, body);
}

static void test_a_long_body_lets_others_pass(void **state) {
    struct world *world = *state;
    become_local(world);
    struct wire *other = wire_connect(world->fixture);
    struct str body = long_body(world);
    send_events(world, body);
    size_t turns = 0;
    for (bool has_more = true; has_more; turns++) {
        wire_forget(other);
        wire_say(other, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_true(wire_until(other, "HTTP/1.1 200"));
        assert_true(wire_is_quiet(world->wire));
        has_more = api_turn(world->api);
    }
    size_t least = body.len / JSON_SCAN_WINDOW + body.len / EVENT_TURN_BYTES;
    assert_in_range(turns, least, least + 5);
    assert_true(wire_until(world->wire, "\"code\":\"malformed_json\""));
    wire_close(other);
}

/* What is under way when the server ends is answered, to whoever still listens. */
static void test_the_end_of_a_server_ends_a_long_body(void **state) {
    struct world *world = *state;
    become_local(world);
    struct str body = long_body(world);
    send_events(world, body);
    assert_true(wire_is_quiet(world->wire));
    event_turns_finish(&world->api->events);
    assert_true(wire_until(world->wire, "\"code\":\"overloaded\""));
    assert_false(api_turn(world->api));
}

/* --- what it may hold --- */

static void test_bodies(void **state) {
    struct world *world = *state;
    become_local(world);
    static const struct {
        const char *type, *body, *code, *more;
    } cases[] = {
        {"text/plain", "{}", "wrong_content_type", "415"},
        {"application/json; charset=latin1", "{}", "wrong_content_type", "415"},
        {"application/json", "", "malformed_json", "line 1, column"},
        {"application/json", "{\n \"userId\": ada}", "malformed_json", "line 2, column"},
        {"application/json", "[]", "invalid_fields", "an object"},
        {"application/json", "{\"email\":7,\"plan\":1}", "invalid_fields",
         "{\"field\":\"userId\",\"expected\":\"required: "},
        {"application/json", "{\"email\":7,\"plan\":1}", "invalid_fields", "\"field\":\"email\""},
        {"application/json", "{\"email\":7,\"plan\":1}", "invalid_fields",
         "{\"field\":\"plan\",\"expected\":\"no such field"},
        {"application/json", "{\"userId\":\"a\",\"email\":\"a@b@c\",\"name\":\"A\"}",
         "invalid_fields", "\"field\":\"email\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char head[200];
        (void)snprintf(head, sizeof head, "POST /api/customers HTTP/1.1\r\nContent-Type: %s",
                       cases[i].type);
        const char *answer = ask(world, head, cases[i].body);
        assert_has(answer, cases[i].code);
        assert_has(answer, cases[i].more);
    }
}

static void test_queries(void **state) {
    struct world *world = *state;
    become_local(world);
    static const struct {
        const char *query, *code, *more;
    } cases[] = {
        {"?limit=0", "invalid_query", "\"field\":\"limit\""},
        {"?limit=101", "invalid_query", "a whole number from 1 to 100"},
        {"?limit=ten", "invalid_query", "\"field\":\"limit\""},
        {"?page=2", "invalid_query", "\"field\":\"page\""},
        {"?limit=1&limit=2", "invalid_query", "to be given once"},
        {"?limit=%zz", "malformed_url", "400"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char head[200];
        (void)snprintf(head, sizeof head, "GET /api/customers%s HTTP/1.1", cases[i].query);
        const char *answer = ask(world, head, "");
        assert_has(answer, cases[i].code);
        assert_has(answer, cases[i].more);
    }
    assert_has(ask(world, "GET /healthz?verbose=1 HTTP/1.1", ""), "invalid_query");
}

static void test_idempotency_keys(void **state) {
    struct world *world = *state;
    become_local(world);
    const char *answer = ask(world,
                             "POST /api/billing/cancel HTTP/1.1\r\nTurnpike-User: ada\r\n"
                             "Idempotency-Key: with blanks",
                             "{}");
    assert_has(answer, "HTTP/1.1 400");
    assert_has(answer, "invalid_idempotency_key");
}

static void test_what_no_single_field_can_say(void **state) {
    struct world *world = *state;
    become_local(world);
    static const struct {
        const char *head, *body, *more;
    } cases[] = {
        {"PUT /api/billing/subscription", "{}", "a tier, an interval, a coupon, or resume"},
        {"PUT /api/billing/subscription", "{\"resume\":true,\"tier\":\"free\"}", "to stand alone"},
        {"PUT /api/billing/subscription?preview=true", "{\"resume\":true}", "to stand alone"},
        {"POST /api/billing/payment-methods", "{}", "either setupIntentId"},
        {"POST /api/billing/payment-methods", "{\"type\":\"card\",\"returnUrl\":\"/billing\"}",
         "an http or https address"},
        {"POST /api/billing/payment-methods",
         "{\"paymentMethodId\":\"pm_1\",\"returnUrl\":\"https://a.example/\"}", "returnUrl"},
        {"POST /api/test/clock", "{}", "either advance or to"},
        {"POST /api/test/clock", "{\"advance\":\"P1X\"}", "\"field\":\"advance\""},
        {"POST /api/test/clock", "{\"advance\":\"1M\"}", "ISO 8601"},
        {"POST /api/portal-sessions", "{\"userId\":\"a\",\"returnPath\":\"//evil.example\"}",
         "a path of this server"},
        {"POST /api/portal-sessions", "{\"userId\":\"a\",\"returnPath\":\"https://evil.example\"}",
         "a path of this server"},
        {"POST /api/keys", "{\"name\":\"x\",\"scopes\":[\"usage:write\",\"root\"]}", "scopes.1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char head[300];
        (void)snprintf(head, sizeof head,
                       "%s HTTP/1.1\r\nTurnpike-User: ada\r\nContent-Type: application/json",
                       cases[i].head);
        const char *answer = ask(world, head, cases[i].body);
        assert_has(answer, "HTTP/1.1 422");
        assert_has(answer, cases[i].more);
    }
}

static void test_events_that_are_no_request(void **state) {
    struct world *world = *state;
    become_local(world);
    static const struct {
        const char *type, *body, *code;
    } cases[] = {
        {"application/json", "{}", "wrong_content_type"},
        {"application/cloudevents+json", "{", "malformed_json"},
        {"application/cloudevents+json", "[]", "invalid_fields"},
        {"application/cloudevents-batch+json", "{}", "invalid_fields"},
        {"application/json\r\nce-specversion: 1.0\r\nce-id: %zz", "{}", "malformed_request"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char head[200];
        (void)snprintf(head, sizeof head, "POST /api/usage/events HTTP/1.1\r\nContent-Type: %s",
                       cases[i].type);
        assert_has(ask(world, head, cases[i].body), cases[i].code);
    }
}

/* --- surroundings --- */

static void test_webhooks_without_a_good_signature(void **state) {
    struct world *world = *state;
    const char *answer = ask(world, "POST /api/webhooks/stripe HTTP/1.1", "{\"id\":\"evt_1\"}");
    assert_has(answer, "HTTP/1.1 400");
    assert_has(answer, "\"code\":\"signature_invalid\"");
    assert_has(answer, "The header is missing.");
    answer = ask(world, "POST /api/webhooks/stripe HTTP/1.1\r\nStripe-Signature: t=1,v1=00", "{}");
    assert_has(answer, "It is not of this body.");
}

static void test_the_clock_is_moved(void **state) {
    struct world *world = *state;
    become_local(world);
    const char *answer =
        ask(world, "POST /api/test/clock HTTP/1.1\r\nContent-Type: application/json",
            "{\"to\":\"2200-01-01T00:00:00Z\"}");
    assert_has(answer, "HTTP/1.1 200");
    assert_true(world->advanced_to.ms == INT64_C(7258118400000));
    answer = ask(world, "POST /api/test/clock HTTP/1.1\r\nContent-Type: application/json",
                 "{\"to\":\"2001-01-01T00:00:00Z\"}");
    assert_has(answer, "\"code\":\"clock_backward\"");
    assert_has(ask(world, "GET /api/test/sandbox HTTP/1.1", ""), "\"code\":\"no_sandbox\"");
}

static void test_health(void **state) {
    struct world *world = *state;
    assert_has(ask(world, "GET /healthz HTTP/1.1", ""), "{\"status\":\"ok\"}");
    assert_has(ask(world, "GET /readyz HTTP/1.1", ""), "{\"status\":\"ok\",\"warnings\":[]}");
    world->warnings = (struct api_warnings){true, true, true};
    assert_has(ask(world, "GET /readyz HTTP/1.1", ""),
               "\"warnings\":[\"customers_parked\",\"charging_frozen\",\"privacy_overdue\"]");
    world->not_ready = "The journal is being read.";
    const char *answer = ask(world, "GET /readyz HTTP/1.1", "");
    assert_has(answer, "HTTP/1.1 503");
    assert_has(answer, "The journal is being read.");
    assert_has(answer, "Retry-After: 1");
}

static void test_metrics(void **state) {
    struct world *world = *state;
    (void)ask(world, "GET /healthz HTTP/1.1", "");
    (void)ask(world, "GET /nowhere HTTP/1.1", "");
    const char *answer = ask(world, "GET /metrics HTTP/1.1", "");
    assert_has(answer, "Content-Type: application/openmetrics-text; version=1.0.0");
    assert_has(answer, "turnpike_http_requests_total{method=\"GET\",route=\"/healthz\","
                       "status=\"2xx\"} 1\n");
    assert_has(answer, "{method=\"other\",route=\"\",status=\"4xx\"} 1\n");
    assert_has(answer, "turnpike_http_request_duration_seconds_bucket{le=\"+Inf\"} 2\n");
    assert_has(answer, "turnpike_writer_works_total 42\n");
    assert_has(answer, "# EOF\n");
}

static void test_the_description_is_known_by_its_tag(void **state) {
    struct world *world = *state;
    char tag[64];
    const char *answer = ask(world, "HEAD /api/openapi.json HTTP/1.1", "");
    const char *at = strstr(answer, "ETag: ");
    assert_non_null(at);
    (void)snprintf(tag, sizeof tag, "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
    char head[200];
    (void)snprintf(head, sizeof head, "GET /api/openapi.json HTTP/1.1\r\nIf-None-Match: %s", tag);
    assert_has(ask(world, head, ""), "HTTP/1.1 304");
}

static void test_reports_are_counted(void **state) {
    struct world *world = *state;
    const char *answer =
        ask(world, "POST /api/reports/csp HTTP/1.1\r\nContent-Type: application/reports+json",
            "[{\"type\":\"csp-violation\",\"body\":{\"effectiveDirective\":\"script-src\","
            "\"blockedURL\":\"x\",\"documentURL\":\"https://other.example/nowhere\"}}]");
    assert_has(answer, "HTTP/1.1 204");
    assert_has(ask(world, "GET /metrics HTTP/1.1", ""), "turnpike_csp_reports_total 1\n");
    assert_has(ask(world, "POST /api/reports/csp HTTP/1.1\r\nContent-Type: application/csp-report",
                   "nonsense"),
               "malformed_json");
    assert_has(ask(world, "POST /api/reports/csp HTTP/1.1", "[]"), "wrong_content_type");
}

/* --- pages --- */

static void test_pages_carry_their_policy(void **state) {
    struct world *world = *state;
    const char *answer = ask(world, "GET /sign-in HTTP/1.1", "");
    assert_has(answer, "HTTP/1.1 200");
    assert_has(answer, "Content-Security-Policy: default-src 'none'; script-src 'self'");
    assert_has(answer, "Cross-Origin-Opener-Policy: same-origin");
    assert_has(answer, "Referrer-Policy: no-referrer");
    assert_has(answer, "Cache-Control: no-cache");
    assert_lacks(answer, "Strict-Transport-Security"); /* not over plain HTTP */
    assert_has(answer, "\r\n\r\nplain");
    assert_has(ask(world, "GET / HTTP/1.1", ""), "Location: /pricing");
}

static void test_assets_in_the_encoding_that_is_taken(void **state) {
    struct world *world = *state;
    const char *answer =
        ask(world, "GET /assets/a-01234567.js HTTP/1.1\r\nAccept-Encoding: br, gzip", "");
    assert_has(answer, "Content-Encoding: gzip");
    assert_has(answer, "Cache-Control: public, max-age=31536000, immutable");
    assert_has(answer, "Vary: Accept-Encoding");
    assert_has(answer, "\r\n\r\nzipped");
    answer = ask(world, "GET /assets/a-01234567.js HTTP/1.1\r\nAccept-Encoding: gzip;q=0", "");
    assert_lacks(answer, "Content-Encoding");
    answer = ask(world, "GET /assets/a-01234567.js HTTP/1.1\r\nIf-None-Match: \"x\", \"i\"", "");
    assert_has(answer, "HTTP/1.1 304");
    assert_has(ask(world, "GET /assets/b.js HTTP/1.1", ""), "HTTP/1.1 404");
}

static void test_a_program_without_pages_says_so(void **state) {
    struct world *world = *state;
    const char *answer = ask(world, "GET /billing HTTP/1.1", "");
    assert_has(answer, "HTTP/1.1 404");
    assert_has(answer, "The pages are not in this program");
    assert_has(answer, "Content-Security-Policy");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(test_unknown_paths_and_methods),
        CASE(test_head_has_no_body),
        CASE(test_what_breaks_a_bound_is_a_problem_too),
        CASE(test_bodies_have_the_room_of_their_route),
        CASE(test_every_guarded_route_wants_to_know_who_asks),
        CASE(test_keys_that_cannot_be),
        CASE(test_a_machine_names_the_customer),
        CASE(test_a_long_body_lets_others_pass),
        CASE(test_the_end_of_a_server_ends_a_long_body),
        CASE(test_bodies),
        CASE(test_queries),
        CASE(test_idempotency_keys),
        CASE(test_what_no_single_field_can_say),
        CASE(test_events_that_are_no_request),
        CASE(test_webhooks_without_a_good_signature),
        CASE(test_the_clock_is_moved),
        CASE(test_health),
        CASE(test_metrics),
        CASE(test_the_description_is_known_by_its_tag),
        CASE(test_reports_are_counted),
        CASE(test_pages_carry_their_policy),
        CASE(test_assets_in_the_encoding_that_is_taken),
        CASE(test_a_program_without_pages_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
