#include "edge/transport.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum { CONNECT_MS = 1000, HEADER_MAX = 512, URL_MAX = 1024 };

struct edge_transport {
    struct edge_server server;
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    struct buf reply;
    bool is_busy;
};

static size_t take_reply(char *bytes, size_t size, size_t count, void *context) {
    struct buf *reply = context;
    buf_add(reply, str_of(bytes, size * count));
    return reply->has_failed ? 0 : size * count;
}

static struct curl_slist *headers_of(const struct edge_server *server, const char *content_type) {
    char line[HEADER_MAX];
    (void)snprintf(line, sizeof line, "Content-Type: %s", content_type);
    struct curl_slist *headers = curl_slist_append(NULL, line);
    headers = headers == NULL ? NULL : curl_slist_append(headers, "Expect:");
    if (headers != NULL && server->key != NULL) {
        (void)snprintf(line, sizeof line, "Authorization: Bearer %s", server->key);
        headers = curl_slist_append(headers, line);
    }
    return headers;
}

static bool prepare(CURL *easy, const struct edge_server *server, const char *target,
                    struct curl_slist *headers) {
    char url[URL_MAX];
    int len = snprintf(url, sizeof url, "%s%s", server->url, target);
    if (len < 0 || (size_t)len >= sizeof url || headers == NULL) {
        return false;
    }
    curl_easy_reset(easy);
    return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, server->unix_socket) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, server->agent) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L) == CURLE_OK &&
           (server->ca_file == NULL ||
            curl_easy_setopt(easy, CURLOPT_CAINFO, server->ca_file) == CURLE_OK);
}

static bool aim(CURL *easy, struct str body, int timeout_ms, struct buf *reply) {
    long connect_ms = timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS;
    return curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.bytes) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_reply) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply) == CURLE_OK;
}

struct err edge_transport_create(const struct edge_server *server,
                                 struct edge_transport **ret_transport) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return ERR(ERR_NO_MEMORY);
    }
    struct edge_transport *transport = env_alloc(server->env, sizeof *transport);
    if (transport == NULL) {
        curl_global_cleanup();
        return ERR(ERR_NO_MEMORY);
    }
    *transport = (struct edge_transport){.server = *server};
    buf_init(&transport->reply, server->env, EDGE_REPLY_MAX);
    transport->multi = curl_multi_init();
    transport->easy = curl_easy_init();
    if (transport->multi == NULL || transport->easy == NULL) {
        edge_transport_destroy(transport);
        return ERR(ERR_NO_MEMORY);
    }
    *ret_transport = transport;
    return OK;
}

static void stop(struct edge_transport *transport) {
    if (transport->is_busy) {
        curl_multi_remove_handle(transport->multi, transport->easy);
        transport->is_busy = false;
    }
    curl_slist_free_all(transport->headers);
    transport->headers = NULL;
}

void edge_transport_destroy(struct edge_transport *transport) {
    if (transport == NULL) {
        return;
    }
    stop(transport);
    curl_easy_cleanup(transport->easy);
    curl_multi_cleanup(transport->multi);
    buf_finish(&transport->reply);
    env_free(transport->server.env, transport);
    curl_global_cleanup();
}

bool edge_transport_start(struct edge_transport *transport, struct edge_letter letter,
                          struct str body, int timeout_ms) {
    check(!transport->is_busy);
    buf_clear(&transport->reply);
    transport->headers = headers_of(&transport->server, letter.content_type);
    if (!prepare(transport->easy, &transport->server, letter.target, transport->headers) ||
        !aim(transport->easy, body, timeout_ms, &transport->reply) ||
        curl_multi_add_handle(transport->multi, transport->easy) != CURLM_OK) {
        stop(transport);
        return false;
    }
    transport->is_busy = true;
    return true;
}

bool edge_transport_is_busy(const struct edge_transport *transport) {
    return transport->is_busy;
}

bool edge_transport_go_on(struct edge_transport *transport, int *ret_status, struct str *ret_body,
                          const char **ret_problem) {
    int running = 0;
    if (!transport->is_busy) {
        return false;
    }
    (void)curl_multi_perform(transport->multi, &running);
    int left = 0;
    const CURLMsg *message = curl_multi_info_read(transport->multi, &left);
    if (message == NULL || message->msg != CURLMSG_DONE) {
        return false;
    }
    long status = 0;
    CURLcode result = message->data.result;
    if (result == CURLE_OK) {
        (void)curl_easy_getinfo(transport->easy, CURLINFO_RESPONSE_CODE, &status);
    }
    *ret_problem = curl_easy_strerror(result);
    *ret_status = (int)status;
    *ret_body = buf_str(&transport->reply);
    stop(transport);
    return true;
}

void edge_transport_wait(struct edge_transport *transport, int ms) {
    (void)curl_multi_poll(transport->multi, NULL, 0, ms, NULL);
}

void edge_transport_wake(struct edge_transport *transport) {
    (void)curl_multi_wakeup(transport->multi);
}

int edge_call(const struct edge_server *server, struct edge_letter letter, struct str body,
              int timeout_ms, struct buf *ret_body) {
    CURL *easy = curl_easy_init();
    if (easy == NULL) {
        return 0;
    }
    struct curl_slist *headers = headers_of(server, letter.content_type);
    long status = 0;
    if (prepare(easy, server, letter.target, headers) && aim(easy, body, timeout_ms, ret_body) &&
        curl_easy_perform(easy) == CURLE_OK) {
        (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    return (int)status;
}
