#include "net/http_tls.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "base/check.h"

struct http_tls {
    struct env *env;
    SSL *ssl;
    BIO *in, *out; /* owned by `ssl` */
};

/* RFC 7301: we speak http/1.1; a client that offers only others is told so by the alert. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned int in_len, void *context) {
    static const unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    (void)ssl;
    (void)context;
    for (unsigned i = 0; i < in_len && in[i] < in_len - i; i += in[i] + 1u) {
        if (str_equal(str_of((const char *)in + i, in[i] + 1u),
                      str_of((const char *)ours, sizeof ours))) {
            *out = in + i + 1;
            *out_len = in[i];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static const char *openssl_reason(void) {
    unsigned long code = ERR_peek_last_error();
    const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);
    return reason == NULL ? "unknown reason" : reason;
}

static struct err load_files(struct cx *cx, SSL_CTX *context, const char *certificate,
                             const char *key) {
    const char *paths[] = {certificate, key};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        if (access(paths[i], R_OK) != 0) {
            return cx_fail(cx, ERR(ERR_NOT_FOUND), "The TLS %s file %s cannot be read.",
                           i == 0 ? "certificate" : "key", paths[i]);
        }
    }
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) {
        return cx_fail(cx, ERR(ERR_FORMAT), "The TLS certificate file %s is no PEM chain: %s.",
                       certificate, openssl_reason());
    }
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        return cx_fail(cx, ERR(ERR_FORMAT),
                       "The TLS key file %s is no PEM key of the certificate %s: %s.", key,
                       certificate, openssl_reason());
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        return cx_fail(cx, ERR(ERR_FORMAT), "The TLS key %s does not belong to certificate %s.",
                       key, certificate);
    }
    return OK;
}

struct err http_tls_context_create(struct cx *cx, const char *certificate, const char *key,
                                   struct ssl_ctx_st **ret_context) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "TLS cannot be set up: %s.", openssl_reason());
    }
    ERR_clear_error();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    struct err err = load_files(cx, context, certificate, key);
    if (err_failed(err)) {
        SSL_CTX_free(context);
        return err;
    }
    *ret_context = context;
    return OK;
}

void http_tls_context_destroy(struct ssl_ctx_st *context) {
    SSL_CTX_free(context);
}

struct http_tls *http_tls_create(struct env *env, struct ssl_ctx_st *context) {
    struct http_tls *tls = env_alloc(env, sizeof *tls);
    if (tls == NULL) {
        return NULL;
    }
    *tls = (struct http_tls){
        .env = env,
        .ssl = SSL_new(context),
        .in = BIO_new(BIO_s_mem()),
        .out = BIO_new(BIO_s_mem()),
    };
    if (tls->ssl == NULL || tls->in == NULL || tls->out == NULL) {
        SSL_free(tls->ssl);
        BIO_free(tls->in);
        BIO_free(tls->out);
        env_free(env, tls);
        return NULL;
    }
    SSL_set_bio(tls->ssl, tls->in, tls->out);
    SSL_set_accept_state(tls->ssl);
    return tls;
}

void http_tls_destroy(struct http_tls *tls) {
    if (tls != NULL) {
        SSL_free(tls->ssl);
        env_free(tls->env, tls);
    }
}

bool http_tls_receive(struct http_tls *tls, struct str wire) {
    check(wire.len <= INT_MAX);
    return wire.len == 0 || BIO_write(tls->in, wire.bytes, (int)wire.len) == (int)wire.len;
}

/* Whether a call that returned `result` only waits for bytes; clears OpenSSL's queue of errors,
 * which belongs to the thread and would be taken for the next session's. */
static bool only_waits(const struct http_tls *tls, int result) {
    int error = SSL_get_error(tls->ssl, result);
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

int http_tls_read(struct http_tls *tls, char *bytes, size_t len) {
    ERR_clear_error();
    int got = SSL_read(tls->ssl, bytes, len > INT_MAX ? INT_MAX : (int)len);
    if (got > 0) {
        return got;
    }
    return only_waits(tls, got) ? 0 : -1;
}

/* Moves what the session wants to send; false when memory ended. */
static bool drain(struct http_tls *tls, struct buf *wire) {
    size_t pending = BIO_ctrl_pending(tls->out);
    if (pending == 0) {
        return true;
    }
    char *at = buf_reserve(wire, pending);
    if (at == NULL) {
        return false;
    }
    int got = BIO_read(tls->out, at, (int)pending);
    check(got == (int)pending);
    wire->len += pending;
    return true;
}

bool http_tls_write(struct http_tls *tls, struct buf *out, struct buf *wire) {
    bool is_good = true;
    size_t done = 0;
    while (is_good && done < out->len && SSL_is_init_finished(tls->ssl)) {
        size_t len = out->len - done;
        ERR_clear_error();
        int sent = SSL_write(tls->ssl, out->bytes + done, len > INT_MAX ? INT_MAX : (int)len);
        if (sent <= 0) {
            is_good = only_waits(tls, sent);
            break;
        }
        done += (size_t)sent;
    }
    buf_drop(out, done);
    return drain(tls, wire) && is_good;
}

void http_tls_end(struct http_tls *tls, struct buf *wire) {
    if (SSL_is_init_finished(tls->ssl)) {
        ERR_clear_error();
        (void)SSL_shutdown(tls->ssl);
        ERR_clear_error();
        (void)drain(tls, wire);
    }
}

bool http_tls_is_ready(const struct http_tls *tls) {
    return SSL_is_init_finished(tls->ssl) == 1;
}
