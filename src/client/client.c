#include "client/client.h"

#include <uv.h>

#include "client/problem.h"
#include "net/http_call.h"

enum { HEADERS_MAX = 6, STATUS_PART = 206, STATUS_RETRY = 503, STATUS_REFUSED = 400 };

void client_wait(const struct client *client, int64_t wait_ms) {
    if (client->pause != NULL) {
        client->pause(client->pause_context, wait_ms);
    } else {
        uv_sleep((unsigned)wait_ms);
    }
}

static struct str header_of(const struct http_call_answer *answer, struct str name) {
    for (size_t i = 0; i < answer->header_count; i++) {
        struct str value = answer->headers[i];
        if (str_equal_ignoring_case(str_cut(&value, ':'), name)) {
            return str_trim(value);
        }
    }
    return (struct str){NULL, 0};
}

/* How long the server asks to wait, cut to our bound; -1 when it asks for nothing we understand
 * (Retry-After may also be a date, RFC 9110 10.2.3; Turnpike sends seconds). */
static int64_t retry_after_ms(const struct http_call_answer *answer) {
    int64_t seconds = 0;
    if (answer->status != STATUS_RETRY ||
        !str_to_i64(header_of(answer, STR("Retry-After")), &seconds) || seconds < 0) {
        return -1;
    }
    return seconds > CLIENT_WAIT_MS_MAX / 1000 ? CLIENT_WAIT_MS_MAX : seconds * 1000;
}

static struct err call_until_taken(struct cx *cx, const struct client *client,
                                   const struct http_call_options *options,
                                   struct http_call_answer *ret_answer) {
    for (int attempt = 1;; attempt++) {
        TRY(http_call(cx, options, ret_answer));
        int64_t wait_ms = retry_after_ms(ret_answer);
        if (wait_ms < 0 || attempt == CLIENT_ATTEMPTS_MAX) {
            return OK;
        }
        client_wait(client, wait_ms);
    }
}

static struct err understand(struct cx *cx, const struct http_call_answer *from,
                             struct client_answer *ret_answer) {
    struct client_answer answer = {.status = from->status};
    struct json_problem json_problem = {0};
    if (from->body.len > 0) {
        answer.json = json_read(from->body, &json_problem);
    }
    if (from->status >= STATUS_REFUSED) {
        answer.code = arena_str(cx->arena, json_text(answer.json, "code"));
        answer.problem = problem_sentence(cx->arena, from->status, answer.json);
    } else if (from->body.len > 0 && answer.json == NULL) {
        return cx_fail(cx, ERR(ERR_FORMAT),
                       "The answer is not JSON (%s): is this a Turnpike server?",
                       json_problem.reason);
    }
    if (arena_failed(cx->arena)) {
        client_answer_finish(&answer);
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the server's answer.");
    }
    *ret_answer = answer;
    return OK;
}

/* "bytes=0-8388607"; empty: all of it. */
struct part_wanted {
    struct str range, if_range;
};

static struct err call(struct cx *cx, const struct client *client,
                       const struct client_request *request, const struct part_wanted *part,
                       struct http_call_answer *ret_answer) {
    struct str type =
        request->content_type.len > 0 ? request->content_type : STR("application/json");
    struct str headers[HEADERS_MAX] = {STR("Accept: application/json")};
    size_t count = 1;
    if (client->key.len > 0) {
        headers[count++] =
            arena_printf(cx->arena, "Authorization: Bearer " STR_FMT, STR_ARG(client->key));
    }
    if (request->body.len > 0) {
        headers[count++] = arena_printf(cx->arena, "Content-Type: " STR_FMT, STR_ARG(type));
    }
    if (request->user_id.len > 0) {
        headers[count++] =
            arena_printf(cx->arena, "Turnpike-User: " STR_FMT, STR_ARG(request->user_id));
    }
    if (part->range.len > 0) {
        headers[count++] = arena_printf(cx->arena, "Range: " STR_FMT, STR_ARG(part->range));
    }
    if (part->if_range.len > 0) {
        headers[count++] = arena_printf(cx->arena, "If-Range: " STR_FMT, STR_ARG(part->if_range));
    }
    struct http_call_options options = {
        .unix_socket = client->unix_socket,
        .base_url = client->base_url,
        .method = request->method,
        .target = request->target,
        .headers = headers,
        .header_count = count,
        .body = request->body,
        .timeout_ms = CLIENT_TIMEOUT_MS,
    };
    return call_until_taken(cx, client, &options, ret_answer);
}

struct err client_call(struct cx *cx, const struct client *client,
                       const struct client_request *request, struct client_answer *ret_answer) {
    struct http_call_answer answer = {0};
    TRY(call(cx, client, request, &(struct part_wanted){.range = {NULL, 0}}, &answer));
    return understand(cx, &answer, ret_answer);
}

/* How long the whole is: what stands behind the slash of "bytes 0-499/1234". */
static bool read_size(const struct http_call_answer *answer, uint64_t *ret_size) {
    struct str size = header_of(answer, STR("Content-Range"));
    int64_t whole = 0;
    (void)str_cut(&size, '/');
    bool is_read = str_to_i64(size, &whole) && whole > 0;
    *ret_size = is_read ? (uint64_t)whole : 0;
    return is_read;
}

/* A server that knows no ranges gives the whole at once, which only the first call may be given. */
static struct err take_part(struct cx *cx, const struct http_call_answer *answer,
                            struct client_file *file, bool *ret_is_last) {
    uint64_t size = answer->body.len;
    bool is_part = answer->status == STATUS_PART;
    if (!is_part && file->at > 0) {
        return cx_fail(cx, ERR(ERR_CONFLICT),
                       "The file is not the one that it was at the beginning. Fetch it again.");
    }
    if ((is_part && !read_size(answer, &size)) || answer->body.len == 0 ||
        answer->body.len > size - file->at) {
        return cx_fail(cx, ERR(ERR_FORMAT), "The server gave another part than was asked for.");
    }
    file->etag = file->at == 0 ? header_of(answer, STR("ETag")) : file->etag;
    file->at += answer->body.len;
    *ret_is_last = file->at == size;
    return OK;
}

struct err client_fetch(struct cx *cx, const struct client *client, struct client_file *file,
                        struct str *ret_bytes, bool *ret_is_last) {
    const struct client_request request = {.method = STR("GET"), .target = file->target};
    const struct part_wanted part = {
        .range = arena_printf(cx->arena, "bytes=%llu-%llu", (unsigned long long)file->at,
                              (unsigned long long)(file->at + CLIENT_PART - 1)),
        .if_range = file->etag,
    };
    struct http_call_answer answer = {0};
    struct client_answer refusal = {0};
    TRY(call(cx, client, &request, &part, &answer));
    if (answer.status < STATUS_REFUSED) {
        *ret_bytes = answer.body;
        return take_part(cx, &answer, file, ret_is_last);
    }
    TRY(understand(cx, &answer, &refusal));
    struct err err = client_answer_check(cx, &refusal);
    client_answer_finish(&refusal);
    return err;
}

void client_answer_finish(struct client_answer *answer) {
    json_decref(answer->json);
    *answer = (struct client_answer){0};
}

struct err client_answer_check(struct cx *cx, const struct client_answer *answer) {
    if (answer->status < STATUS_REFUSED) {
        return OK;
    }
    enum err_code code = answer->status >= 500                            ? ERR_BUSY
                         : answer->status == 401 || answer->status == 403 ? ERR_PERMISSION
                                                                          : ERR_CONFLICT;
    return cx_fail(cx, ERR(code), STR_FMT, STR_ARG(answer->problem));
}
