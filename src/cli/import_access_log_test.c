/* Guards: a log is metered exactly once, whatever it is called and however it has grown; what
 * cannot be counted is named; what stops half-way says so and may be run again. The server is a
 * real one that keeps the identities it has seen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli_fixture.h"
#include "client/client_fixture.h"

enum { SEEN_MAX = 4096, ID_SIZE = 160 };

/* What an endpoint for events remembers. */
struct endpoint {
    char seen[SEEN_MAX][ID_SIZE]; /* "source id" */
    size_t seen_count;
    int64_t requests, bytes; /* counted */
    int posts;
    int busy;            /* so many answers are 503 first */
    int fail_at;         /* this post is answered with `failure`; 0: none */
    const char *failure; /* a problem document, status 403 */
    bool rejects_bandwidth, is_forgetful;
    char last_body[4096], type[64], key[64], path[64];
    size_t largest_batch;
};

static bool is_new(struct endpoint *endpoint, const json_t *event) {
    char identity[ID_SIZE];
    (void)snprintf(identity, sizeof identity, "%s %s", json_text(event, "source").bytes,
                   json_text(event, "id").bytes);
    for (size_t i = 0; i < endpoint->seen_count; i++) {
        if (strcmp(endpoint->seen[i], identity) == 0) {
            return false;
        }
    }
    (void)snprintf(endpoint->seen[endpoint->seen_count++], ID_SIZE, "%s", identity);
    return true;
}

static void count_event(struct endpoint *endpoint, const json_t *event, int64_t counts[3],
                        struct json_writer *results) {
    bool is_bandwidth = str_equal(json_text(event, "type"), STR("bandwidth"));
    const char *status = "accepted";
    if (is_bandwidth && endpoint->rejects_bandwidth) {
        status = "rejected";
        counts[2]++;
    } else if (!is_new(endpoint, event)) {
        status = "duplicate";
        counts[1]++;
    } else {
        counts[0]++;
        *(is_bandwidth ? &endpoint->bytes : &endpoint->requests) +=
            json_i64(event, "data.value", -1000000);
    }
    if (status[0] != 'a') {
        json_open_object(results);
        json_member_str(results, "id", json_text(event, "id"));
        json_member_cstr(results, "status", status);
        if (status[0] == 'r') {
            json_member_cstr(results, "code", "period_closed");
        }
        json_close_object(results);
    }
}

static void count_batch(struct endpoint *endpoint, const json_t *batch, struct buf *out) {
    int64_t counts[3] = {0};
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_name(&writer, "results");
    json_open_array(&writer);
    for (size_t i = 0; i < json_array_size(batch); i++) {
        count_event(endpoint, json_array_get(batch, i), counts, &writer);
    }
    json_close_array(&writer);
    json_member_i64(&writer, "accepted", counts[0] - endpoint->is_forgetful);
    json_member_i64(&writer, "duplicate", counts[1]);
    json_member_i64(&writer, "rejected", counts[2]);
    json_close_object(&writer);
    size_t size = json_array_size(batch);
    endpoint->largest_batch = size > endpoint->largest_batch ? size : endpoint->largest_batch;
}

static void keep(char *to, size_t size, struct str text) {
    (void)snprintf(to, size, STR_FMT, STR_ARG(text));
}

static void answer_events(void *context, const struct http_request *request, struct arena *arena,
                          struct http_response *ret_response) {
    struct endpoint *endpoint = context;
    endpoint->posts++;
    keep(endpoint->last_body, sizeof endpoint->last_body, request->body);
    keep(endpoint->type, sizeof endpoint->type, http_header(request, STR("content-type")));
    keep(endpoint->key, sizeof endpoint->key, http_header(request, STR("authorization")));
    keep(endpoint->path, sizeof endpoint->path, request->path);
    if (endpoint->busy > 0) {
        endpoint->busy--;
        ret_response->status = 503;
        http_add_header(ret_response, STR("Retry-After"), STR("0"));
        return;
    }
    if (endpoint->posts == endpoint->fail_at) {
        ret_response->status = 403;
        ret_response->body = str_from_cstr(endpoint->failure);
        return;
    }
    struct json_problem problem;
    json_t *batch = json_read(request->body, &problem);
    struct buf out;
    buf_init(&out, arena->env, 1 << 20);
    count_batch(endpoint, batch, &out);
    ret_response->body = arena_str(arena, buf_str(&out));
    buf_finish(&out);
    json_decref(batch);
}

struct world {
    struct cli_fixture cli;
    struct client_fixture http;
    struct endpoint endpoint;
    char folder[64];
    char log[96];
};

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    client_fixture_start(&world->http, answer_events, &world->endpoint);
    static const struct cli_hooks no_hooks = {0};
    cli_fixture_init(&world->cli, &no_hooks);
    (void)snprintf(world->folder, sizeof world->folder, "/tmp/turnpike-test-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    (void)snprintf(world->log, sizeof world->log, "%s/access.log", world->folder);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    cli_fixture_finish(&world->cli);
    client_fixture_stop(&world->http);
    (void)unlink(world->log);
    assert_int_equal(rmdir(world->folder), 0);
    test_free(world);
    return 0;
}

static void write_log(struct world *world, const char *how, const char *text) {
    FILE *file = fopen(world->log, how);
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int import(struct world *world, const char *options) {
    char line[512];
    (void)snprintf(line, sizeof line, "import access-log %s --user u1 --url %s --key tp_test_1%s",
                   world->log, world->http.url, options);
    return cli_fixture_run(&world->cli, line);
}

#define LINE(client, time, bytes)                                                                  \
    client " - - [" time "] \"GET / HTTP/1.1\" 200 " bytes " \"-\" \"curl/8\"\n"
#define FIRST LINE("192.0.2.7", "17/May/2015:10:05:03 +0200", "512")
#define SECOND LINE("192.0.2.8", "17/May/2015:10:05:04 +0000", "-")

/* By sha256sum(1) of the lines without their line feeds. */
#define SOURCE_HASH "90e235e04e8ebf1d8960df8cf380ae88"
#define FIRST_HASH "90e235e04e8ebf1d"
#define SECOND_HASH "f9f00777d4d4c154"

static void the_events_are_exactly_these(void **state) {
    struct world *world = *state;
    write_log(world, "w", FIRST SECOND);
    assert_int_equal(import(world, ""), CLI_DONE);
#define EVENT(id, type, time, value)                                                               \
    "{\"specversion\":\"1.0\",\"id\":\"" id "\","                                                  \
    "\"source\":\"access-log:" SOURCE_HASH "\",\"type\":\"" type "\",\"subject\":\"u1\","          \
    "\"time\":\"" time "\",\"data\":{\"value\":" value "}}"
    assert_string_equal(
        world->endpoint.last_body,
        "[" EVENT("1-" FIRST_HASH "-r", "api_requests", "2015-05-17T08:05:03Z",
                  "1") "," EVENT("1-" FIRST_HASH "-b", "bandwidth", "2015-05-17T08:05:03Z",
                                 "512") "," EVENT("2-" SECOND_HASH "-r", "api_requests",
                                                  "2015-05-17T10:05:04Z", "1") "]");
    assert_string_equal(world->endpoint.path, "/api/usage/events");
    assert_string_equal(world->endpoint.type, "application/cloudevents-batch+json");
    assert_string_equal(world->endpoint.key, "Bearer tp_test_1");
    assert_int_equal(world->endpoint.requests, 2);
    assert_int_equal(world->endpoint.bytes, 512);
    assert_part(world->cli.out, "  requests     2\n  bytes sent   512\n"
                                "  events       3 accepted, 0 duplicate, 0 rejected\n");
}

static void a_second_import_counts_nothing(void **state) {
    struct world *world = *state;
    write_log(world, "w", FIRST FIRST SECOND); /* two equal lines are two requests */
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_int_equal(world->endpoint.requests, 3);
    assert_int_equal(world->endpoint.bytes, 1024);
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "0 accepted, 5 duplicate, 0 rejected");
    char other[96];
    (void)snprintf(other, sizeof other, "%s/renamed.log.1", world->folder);
    assert_int_equal(rename(world->log, other), 0);
    (void)snprintf(world->log, sizeof world->log, "%s", other);
    assert_int_equal(import(world, " --batch 2"), CLI_DONE);
    assert_part(world->cli.out, "0 accepted, 5 duplicate, 0 rejected");
    assert_int_equal(world->endpoint.requests, 3);
    assert_int_equal(world->endpoint.bytes, 1024);
}

static void of_a_log_that_grew_the_new_lines_count(void **state) {
    struct world *world = *state;
    struct str second = STR(SECOND);
    char half[sizeof SECOND];
    (void)snprintf(half, sizeof half, "%.*s", (int)second.len / 2, SECOND);
    write_log(world, "w", FIRST);
    write_log(world, "a", half); /* a line that is just being written */
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "line 2, column");
    assert_int_equal(world->endpoint.requests, 1);
    write_log(world, "a", &SECOND[second.len / 2]);
    write_log(world, "a", FIRST);
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "3 accepted, 2 duplicate, 0 rejected");
    assert_int_equal(world->endpoint.requests, 3);
    assert_int_equal(world->endpoint.bytes, 1024);
}

/* The first line was half written at the first import, and the last one lacked its line feed. */
static void the_source_does_not_depend_on_when_the_log_was_read(void **state) {
    struct world *world = *state;
    struct str first = STR(FIRST);
    char part[sizeof FIRST];
    (void)snprintf(part, sizeof part, "%.*s", (int)first.len - 1, FIRST);
    write_log(world, "w", part);
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "2 accepted");
    write_log(world, "a", "\n" SECOND);
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "1 accepted, 2 duplicate");
    write_log(world, "w", "junk\n" FIRST);
    assert_int_equal(import(world, " --dry-run"), CLI_DONE);
    assert_part(world->cli.out, "access-log:" SOURCE_HASH);
}

static void logs_that_begin_alike_are_told_apart(void **state) {
    struct world *world = *state;
    write_log(world, "w", FIRST SECOND);
    assert_int_equal(import(world, ""), CLI_DONE);
    write_log(world, "w", FIRST LINE("192.0.2.9", "17/May/2015:10:05:04 +0000", "7"));
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "2 accepted, 2 duplicate");
    assert_int_equal(import(world, " --source web-2"), CLI_DONE);
    assert_part(world->cli.out, "  source       web-2\n");
    assert_part(world->cli.out, "4 accepted, 0 duplicate");
}

static void malformed_lines_are_named_and_do_not_fail(void **state) {
    struct world *world = *state;
    write_log(world, "w", FIRST "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET\n\n" SECOND);
    FILE *file = fopen(world->log, "a");
    assert_non_null(file);
    for (int i = 0; i < 70000; i++) {
        (void)fputc('x', file);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "  lines        5\n  well-formed  2\n  malformed    3\n"
                                "    line 2, column 48: the request has no closing quote\n"
                                "    line 3, column 1: the line is empty\n"
                                "    line 5, column 65537: the line is longer than 64 KiB\n");
    assert_int_equal(world->endpoint.requests, 2);
}

static void only_the_first_malformed_lines_are_named(void **state) {
    struct world *world = *state;
    write_log(world, "w", FIRST);
    for (int i = 0; i < 25; i++) {
        write_log(world, "a", "junk\n");
    }
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "    line 21, column 5: the client's address is missing\n"
                                "    and 5 more\n");
    assert_null(strstr(world->cli.out, "line 22,"));
}

static void a_file_that_is_no_log_fails(void **state) {
    struct world *world = *state;
    write_log(world, "w", "junk\njunk\n");
    assert_int_equal(import(world, ""), CLI_FAILED);
    assert_part(world->cli.err, "is in the combined log format");
    assert_int_equal(world->endpoint.posts, 0);
    write_log(world, "w", "");
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "  lines        0\n");
}

static void batches_are_bounded_and_complete(void **state) {
    struct world *world = *state;
    write_log(world, "w", "");
    for (int i = 0; i < 500; i++) {
        write_log(world, "a", FIRST);
    }
    assert_int_equal(import(world, " --batch 33"), CLI_DONE);
    assert_int_equal(world->endpoint.posts, 31); /* 1,000 events */
    assert_int_equal(world->endpoint.largest_batch, 33);
    assert_int_equal(world->endpoint.requests, 500);
    assert_int_equal(world->endpoint.bytes, 500 * 512);
}

static void a_busy_server_is_waited_for(void **state) {
    struct world *world = *state;
    world->endpoint.busy = 2;
    write_log(world, "w", FIRST);
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_int_equal(world->endpoint.posts, 3);
    assert_int_equal(world->endpoint.requests, 1);
}

static void a_refusal_stops_the_import_and_says_where(void **state) {
    struct world *world = *state;
    world->endpoint.fail_at = 2;
    world->endpoint.failure =
        "{\"code\":\"scope_missing\",\"detail\":\"The API key has not the scope.\"}";
    write_log(world, "w", FIRST FIRST FIRST);
    assert_int_equal(import(world, " --batch 3"), CLI_FAILED);
    assert_string_equal(
        world->cli.err,
        "turnpike: the import stopped: The API key has not the scope. (scope_missing)\n"
        "turnpike: what stands before line 2 was sent. Running it again is safe: nothing counts "
        "twice.\n");
    assert_part(world->cli.out, "Imported in part");
    assert_part(world->cli.out, "3 accepted");
    assert_int_equal(import(world, ""), CLI_DONE);
    assert_part(world->cli.out, "3 accepted, 3 duplicate");
    assert_int_equal(world->endpoint.requests, 3);
}

static void a_server_that_is_not_there_is_named(void **state) {
    struct world *world = *state;
    char line[256];
    write_log(world, "w", FIRST);
    (void)snprintf(line, sizeof line,
                   "import access-log %s --user u1 --url http://127.0.0.1:1 --key k", world->log);
    assert_int_equal(cli_fixture_run(&world->cli, line), CLI_FAILED);
    assert_part(world->cli.err, "The server at http://127.0.0.1:1 cannot be reached");
    assert_part(world->cli.err, "what stands before line 1 was sent. Running it again is safe");
}

static void rejected_events_are_counted_by_reason_and_fail(void **state) {
    struct world *world = *state;
    world->endpoint.rejects_bandwidth = true;
    write_log(world, "w", FIRST FIRST SECOND);
    assert_int_equal(import(world, ""), CLI_FAILED);
    assert_part(world->cli.out, "  events       3 accepted, 0 duplicate, 2 rejected\n"
                                "    2 rejected: period_closed\n");
    assert_string_equal(world->cli.err, "turnpike: 2 events were rejected.\n");
}

static void an_answer_that_does_not_add_up_is_no_answer(void **state) {
    struct world *world = *state;
    world->endpoint.is_forgetful = true;
    write_log(world, "w", FIRST);
    assert_int_equal(import(world, ""), CLI_FAILED);
    assert_part(world->cli.err, "does not account for the 2 events sent");
}

static void json_says_the_same(void **state) {
    struct world *world = *state;
    write_log(world, "w", FIRST "junk\n" SECOND);
    world->endpoint.rejects_bandwidth = true;
    assert_int_equal(import(world, " --json"), CLI_FAILED);
    struct json_problem problem;
    json_t *json = json_read(str_from_cstr(world->cli.out), &problem);
    assert_non_null(json);
    assert_text(json_text(json, "file"), world->log);
    assert_text(json_text(json, "source"), "access-log:" SOURCE_HASH);
    assert_int_equal(json_i64(json, "lines", -1), 3);
    assert_int_equal(json_i64(json, "wellFormed", -1), 2);
    assert_int_equal(json_i64(json, "malformed", -1), 1);
    const json_t *named = json_array_get(json_at(json, "malformedLines"), 0);
    assert_int_equal(json_i64(named, "line", -1), 2);
    assert_text(json_text(named, "reason"), "the client's address is missing");
    assert_int_equal(json_i64(json, "requests", -1), 2);
    assert_int_equal(json_i64(json, "bytesSent", -1), 512);
    assert_int_equal(json_i64(json, "events.accepted", -1), 2);
    assert_int_equal(json_i64(json, "events.duplicate", -1), 0);
    assert_int_equal(json_i64(json, "events.rejected", -1), 1);
    assert_int_equal(json_i64(json, "events.reasons.period_closed", -1), 1);
    assert_true(json_flag(json, "complete", false));
    assert_false(json_flag(json, "dryRun", true));
    json_decref(json);
}

static void a_dry_run_asks_nobody(void **state) {
    struct world *world = *state;
    char line[256];
    write_log(world, "w", FIRST SECOND);
    (void)snprintf(line, sizeof line, "import access-log %s --dry-run", world->log);
    assert_int_equal(cli_fixture_run(&world->cli, line), CLI_DONE);
    assert_part(world->cli.out, "dry run, nothing sent");
    assert_part(world->cli.out, "  bytes sent   512\n");
    assert_int_equal(world->endpoint.posts, 0);
}

/* 1,024 times the largest number that a line may hold is 2^63. */
static void a_sum_past_64_bits_is_refused(void **state) {
    struct world *world = *state;
    FILE *file = fopen(world->log, "w");
    assert_non_null(file);
    for (int i = 0; i < 1024; i++) {
        (void)fputs(LINE("h", "17/May/2015:10:05:03 +0000", "9007199254740992"), file);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(import(world, " --dry-run"), CLI_FAILED);
    assert_part(world->cli.err, "add up to more than 2^63");
}

static void what_cannot_be_meant_is_refused(void **state) {
    static const struct {
        const char *line, *sentence;
        int status;
    } cases[] = {
        {"import access-log f --key k", "--user is needed", CLI_USAGE},
        {"import access-log f --user u", "an API key with the scope usage:write", CLI_USAGE},
        {"import access-log f --key k --user "
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "--user has at most 64 bytes", CLI_USAGE},
        {"import access-log f --key k --user \xff", "--user has at most 64 bytes of UTF-8",
         CLI_USAGE},
        {"import access-log f --key k --user u --source=", "--source has 1 to 128", CLI_USAGE},
        {"import access-log f --key k --user u --source \xc3\xa9", "--source has 1 to 128",
         CLI_USAGE},
        {"import access-log /no/such --key k --user u", "/no/such cannot be opened (not_found)",
         CLI_FAILED},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(cli_fixture_run(&world->cli, cases[i].line), cases[i].status);
        assert_part(world->cli.err, cases[i].sentence);
    }
    assert_int_equal(world->endpoint.posts, 0);
}

#define STORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(the_events_are_exactly_these),
        STORY(a_second_import_counts_nothing),
        STORY(of_a_log_that_grew_the_new_lines_count),
        STORY(the_source_does_not_depend_on_when_the_log_was_read),
        STORY(logs_that_begin_alike_are_told_apart),
        STORY(malformed_lines_are_named_and_do_not_fail),
        STORY(only_the_first_malformed_lines_are_named),
        STORY(a_file_that_is_no_log_fails),
        STORY(batches_are_bounded_and_complete),
        STORY(a_busy_server_is_waited_for),
        STORY(a_refusal_stops_the_import_and_says_where),
        STORY(a_server_that_is_not_there_is_named),
        STORY(rejected_events_are_counted_by_reason_and_fail),
        STORY(an_answer_that_does_not_add_up_is_no_answer),
        STORY(json_says_the_same),
        STORY(a_dry_run_asks_nobody),
        STORY(a_sum_past_64_bits_is_refused),
        STORY(what_cannot_be_meant_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
