#include "net/http_call.h"

#include "net/http_transfer.h"

static struct err copy_answer(struct cx *cx, const struct env_http_answer *from,
                              struct http_call_answer *ret_answer) {
    struct str *headers = arena_array(cx->arena, from->header_count, sizeof *headers);
    for (size_t i = 0; headers != NULL && i < from->header_count; i++) {
        headers[i] = arena_str(cx->arena, from->headers[i]);
    }
    struct http_call_answer answer = {
        .status = from->status,
        .headers = headers,
        .header_count = from->header_count,
        .body = arena_str(cx->arena, from->body),
    };
    if (arena_failed(cx->arena)) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the server's answer.");
    }
    *ret_answer = answer;
    return OK;
}

static struct err explain(struct cx *cx, const struct http_call_options *options,
                          const struct http_transfer *transfer, struct err err) {
    struct str place = options->unix_socket != NULL ? str_from_cstr(options->unix_socket)
                                                    : str_first(options->base_url, 200);
    if (err.code == ERR_FORMAT) {
        return cx_fail(cx, err, "\"" STR_FMT "\" is no URL of a server: expected http://host:port.",
                       STR_ARG(place));
    }
    if (err.code == ERR_TIMEOUT) {
        return cx_fail(cx, err, "The server at " STR_FMT " did not answer in time.",
                       STR_ARG(place));
    }
    if (err.code == ERR_TOO_LARGE) {
        return cx_fail(cx, err, "The answer of the server at " STR_FMT " is too large.",
                       STR_ARG(place));
    }
    return cx_fail(cx, err, "The server at " STR_FMT " cannot be reached: %s.", STR_ARG(place),
                   transfer->error[0] == '\0' ? err_name(err.code) : transfer->error);
}

static void free_transfer(struct http_transfer **transfer) {
    if (*transfer != NULL) {
        struct env *env = (*transfer)->arena.env;
        http_transfer_finish(*transfer);
        env_free(env, *transfer);
    }
}

struct err http_call(struct cx *cx, const struct http_call_options *options,
                     struct http_call_answer *ret_answer) {
    struct curl curl;
    TRY(curl_load(cx, CURL_LIBRARY, &curl));
    struct env_http_request request = {
        .method = options->method,
        .url = arena_printf(cx->arena, STR_FMT STR_FMT, STR_ARG(options->base_url),
                            STR_ARG(options->target)),
        .headers = options->headers,
        .header_count = options->header_count,
        .body = options->body,
        .timeout_ms = options->timeout_ms,
    };
    if (options->unix_socket != NULL && options->base_url.len == 0) {
        request.url = arena_printf(cx->arena, "http://localhost" STR_FMT, STR_ARG(options->target));
    }
    CLEANUP(free_transfer) struct http_transfer *transfer = env_alloc(cx->env, sizeof *transfer);
    if (transfer == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for a request.");
    }
    struct err err = http_transfer_init(transfer, &curl, cx->env, &request);
    if (!err_failed(err) && options->unix_socket != NULL &&
        CURL_SET(&curl, transfer->easy, CURLOPT_UNIX_SOCKET_PATH, options->unix_socket) !=
            CURLE_OK) {
        err = ERR(ERR_NO_MEMORY);
    }
    if (err_failed(err)) {
        return explain(cx, options, transfer, err);
    }
    CURLcode code = curl.easy_perform(transfer->easy);
    struct env_http_answer answer = http_transfer_answer(transfer, code);
    return err_failed(answer.err) ? explain(cx, options, transfer, answer.err)
                                  : copy_answer(cx, &answer, ret_answer);
}
