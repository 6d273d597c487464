#include "net/http_transfer.h"

#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"
#include "net/guard.h"

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    struct http_transfer *transfer = context;
    size_t room = transfer->body_max - transfer->body.len;
    if (transfer->body_max > 0 && size * count > room) {
        buf_add(&transfer->body, str_of(bytes, room));
        transfer->is_cut = true;
        return 0;
    }
    buf_add(&transfer->body, str_of(bytes, size * count));
    transfer->is_too_large = transfer->is_too_large || transfer->body.has_failed;
    return transfer->is_too_large ? 0 : size * count; /* fewer than given: libcurl aborts */
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
    struct http_transfer *transfer = context;
    struct str line = str_of(bytes, size * count);
    if (str_starts_with(line, STR("HTTP/"))) {
        transfer->header_count = 0; /* a final answer after a 1xx one */
        transfer->is_head_over = false;
        return line.len;
    }
    struct str text = str_trim(str_first(line, str_find(line, '\r')));
    text = str_first(text, str_find(text, '\n'));
    if (text.len == 0) {
        transfer->is_head_over = true;
        return line.len;
    }
    if (transfer->header_count == HTTP_ANSWER_HEADERS_MAX) {
        transfer->is_too_large = true;
        return 0;
    }
    struct str kept = arena_str(&transfer->arena, text);
    transfer->is_too_large = transfer->is_too_large || arena_failed(&transfer->arena);
    transfer->headers[transfer->header_count++] = kept;
    return transfer->is_too_large ? 0 : line.len;
}

/* A line break or NUL in a method, URL or header would write headers of its own. */
static bool is_one_line(struct str text) {
    return str_find(text, '\r') == text.len && str_find(text, '\n') == text.len &&
           str_find(text, '\0') == text.len;
}

static bool is_sendable(const struct env_http_request *request) {
    bool is_good = is_one_line(request->method) && request->method.len > 0 &&
                   is_one_line(request->url) && request->url.len <= HTTP_URL_MAX;
    for (size_t i = 0; i < request->header_count; i++) {
        is_good = is_good && is_one_line(request->headers[i]);
    }
    return is_good && (str_starts_with(request->url, STR("http://")) ||
                       str_starts_with(request->url, STR("https://")));
}

static bool add_line(struct http_transfer *transfer, const char *line) {
    struct curl_slist *lines = transfer->curl->slist_append(transfer->lines, line);
    transfer->lines = lines == NULL ? transfer->lines : lines;
    return lines != NULL;
}

/* libcurl adds headers of its own: Expect costs a round trip, and a Content-Type that nobody chose
 * would be a claim about the body. */
static bool add_lines(struct http_transfer *transfer, const struct env_http_request *request) {
    bool is_good = add_line(transfer, "Expect:");
    bool has_type = false;
    for (size_t i = 0; i < request->header_count; i++) {
        static const struct str type = STR_INIT("content-type:");
        struct str line = request->headers[i];
        has_type = has_type || str_equal_ignoring_case(str_first(line, type.len), type);
        is_good = is_good && add_line(transfer, arena_cstr(&transfer->arena, line));
    }
    return is_good && (has_type || add_line(transfer, "Content-Type:"));
}

static CURLcode set_request(struct http_transfer *transfer,
                            const struct env_http_request *request) {
    const struct curl *curl = transfer->curl;
    CURL *easy = transfer->easy;
    struct arena *arena = &transfer->arena;
    CURLcode code = CURL_SET(curl, easy, CURLOPT_URL, arena_cstr(arena, request->url));
    const char *method = arena_cstr(arena, request->method);
    bool is_get = str_equal(request->method, STR("GET")) && request->body.len == 0;
    if (str_equal(request->method, STR("HEAD"))) {
        code |= CURL_SET(curl, easy, CURLOPT_NOBODY, 1L);
    } else if (is_get) {
        code |= CURL_SET(curl, easy, CURLOPT_HTTPGET, 1L);
    } else {
        code |= CURL_SET(curl, easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        code |= CURL_SET(curl, easy, CURLOPT_COPYPOSTFIELDS,
                         request->body.len == 0 ? "" : request->body.bytes);
        code |= CURL_SET(curl, easy, CURLOPT_CUSTOMREQUEST, method);
    }
    code |= CURL_SET(curl, easy, CURLOPT_HTTPHEADER, transfer->lines);
    code |= CURL_SET(curl, easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    return code;
}

/* --- whom a guarded request may talk to --- */

/* Every address that the name has passes here before it is connected to. */
static curl_socket_t open_guarded(void *context, curlsocktype purpose,
                                  struct curl_sockaddr *address) {
    struct http_transfer *transfer = context;
    (void)purpose;
    if (!guard_is_public(&address->addr)) {
        transfer->is_forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* A connection that is kept may have been opened by a request without a guard. */
static int check_peer(void *context, char *peer, char *own, int peer_port, int own_port) {
    struct http_transfer *transfer = context;
    (void)own;
    (void)peer_port;
    (void)own_port;
    transfer->is_forbidden = transfer->is_forbidden || !guard_is_public_text(peer);
    return guard_is_public_text(peer) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static CURLcode set_guard(struct http_transfer *transfer) {
    const struct curl *curl = transfer->curl;
    CURL *easy = transfer->easy;
    CURLcode code = CURL_SET(curl, easy, CURLOPT_OPENSOCKETFUNCTION, open_guarded);
    code |= CURL_SET(curl, easy, CURLOPT_OPENSOCKETDATA, transfer);
    code |= CURL_SET(curl, easy, CURLOPT_PREREQFUNCTION, check_peer);
    code |= CURL_SET(curl, easy, CURLOPT_PREREQDATA, transfer);
    return code;
}

/* The same for every request. Redirects are off by libcurl's default; a proxy from the environment
 * would see what TLS hides on the loopback, so that none is used. */
static CURLcode set_rules(struct http_transfer *transfer) {
    const struct curl *curl = transfer->curl;
    CURL *easy = transfer->easy;
    CURLcode code = CURL_SET(curl, easy, CURLOPT_PROTOCOLS_STR, "http,https");
    code |= CURL_SET(curl, easy, CURLOPT_FOLLOWLOCATION, 0L);
    code |= CURL_SET(curl, easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    code |= CURL_SET(curl, easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    code |= CURL_SET(curl, easy, CURLOPT_SSL_VERIFYPEER, 1L);
    code |= CURL_SET(curl, easy, CURLOPT_SSL_VERIFYHOST, 2L);
    code |= CURL_SET(curl, easy, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CONNECT_MS);
    code |= CURL_SET(curl, easy, CURLOPT_PROXY, "");
    code |= CURL_SET(curl, easy, CURLOPT_NOSIGNAL, 1L);
    code |= CURL_SET(curl, easy, CURLOPT_MAXFILESIZE_LARGE,
                     (curl_off_t)(transfer->body_max > 0 ? 0 : HTTP_ANSWER_MAX));
    code |= CURL_SET(curl, easy, CURLOPT_WRITEFUNCTION, on_body);
    code |= CURL_SET(curl, easy, CURLOPT_WRITEDATA, transfer);
    code |= CURL_SET(curl, easy, CURLOPT_HEADERFUNCTION, on_header);
    code |= CURL_SET(curl, easy, CURLOPT_HEADERDATA, transfer);
    code |= CURL_SET(curl, easy, CURLOPT_ERRORBUFFER, transfer->error);
    return code;
}

struct err http_transfer_init(struct http_transfer *transfer, const struct curl *curl,
                              struct env *env, const struct env_http_request *request) {
    check(request->timeout_ms > 0); /* libcurl takes 0 for "for ever" */
    *transfer = (struct http_transfer){.curl = curl, .body_max = request->answer_max};
    arena_init(&transfer->arena, env, LIMIT_REQUEST_ARENA);
    buf_init(&transfer->body, env, HTTP_ANSWER_MAX);
    if (!is_sendable(request)) {
        return ERR(ERR_FORMAT);
    }
    transfer->easy = curl->easy_init();
    if (transfer->easy == NULL || !add_lines(transfer, request)) {
        return ERR(ERR_NO_MEMORY);
    }
    CURLcode code = set_rules(transfer) | set_request(transfer, request);
    code |= request->is_guarded ? set_guard(transfer) : CURLE_OK;
    if (code != CURLE_OK || arena_failed(&transfer->arena)) {
        return ERR(ERR_NO_MEMORY);
    }
    return OK;
}

void http_transfer_finish(struct http_transfer *transfer) {
    if (transfer->curl != NULL) {
        transfer->curl->easy_cleanup(transfer->easy);
        transfer->curl->slist_free_all(transfer->lines);
    }
    buf_finish(&transfer->body);
    arena_finish(&transfer->arena);
}

struct env_http_answer http_transfer_answer(struct http_transfer *transfer, CURLcode code) {
    struct err err = OK;
    if (transfer->is_cut && code == CURLE_WRITE_ERROR) {
        code = CURLE_OK; /* we have all that was wanted */
    }
    if (code != CURLE_OK && transfer->is_forbidden) {
        err = ERR(ERR_PERMISSION);
    } else if (transfer->is_too_large || code == CURLE_FILESIZE_EXCEEDED) {
        err = ERR(ERR_TOO_LARGE);
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        err = ERR(ERR_TIMEOUT);
    } else if (code == CURLE_URL_MALFORMAT) {
        err = ERR(ERR_FORMAT);
    } else if (code == CURLE_OUT_OF_MEMORY) {
        err = ERR(ERR_NO_MEMORY);
    } else if (code != CURLE_OK || !transfer->is_head_over) { /* libcurl lets half a head pass */
        err = ERR(ERR_NETWORK);
    }
    if (err_failed(err)) {
        return (struct env_http_answer){.err = err};
    }
    long status = 0;
    (void)transfer->curl->easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return (struct env_http_answer){
        .status = (int)status,
        .headers = transfer->headers,
        .header_count = transfer->header_count,
        .body = buf_str(&transfer->body),
    };
}
