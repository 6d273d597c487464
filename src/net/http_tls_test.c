/* Guards: the server speaks TLS 1.2 and 1.3 with the operator's certificate, says clearly what is
 * wrong with bad files, and our own client trusts no certificate that it cannot verify. */
#include "net/http_tls.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/http_client.h"
#include "net/http_fixture.h"

struct files {
    char folder[32];
    char certificate[64], key[64], other_key[64], garbage[64];
};

static void write_key(const char *path, EVP_PKEY *key) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
}

static void write_certificate(const char *path, EVP_PKEY *key) {
    X509 *certificate = X509_new();
    assert_non_null(certificate);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    const unsigned char common_name[] = "localhost";
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    assert_int_equal(fclose(file), 0);
    X509_free(certificate);
}

static struct files make_files(void) {
    struct files files = {.folder = "/tmp/net-test-XXXXXX"};
    assert_non_null(mkdtemp(files.folder));
    (void)snprintf(files.certificate, sizeof files.certificate, "%s/cert.pem", files.folder);
    (void)snprintf(files.key, sizeof files.key, "%s/key.pem", files.folder);
    (void)snprintf(files.other_key, sizeof files.other_key, "%s/other.pem", files.folder);
    (void)snprintf(files.garbage, sizeof files.garbage, "%s/garbage.pem", files.folder);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    EVP_PKEY *other = EVP_EC_gen("P-256");
    write_key(files.key, key);
    write_key(files.other_key, other);
    write_certificate(files.certificate, key);
    FILE *file = fopen(files.garbage, "w");
    assert_non_null(file);
    assert_true(fputs("no certificate", file) >= 0);
    assert_int_equal(fclose(file), 0);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    return files;
}

static void remove_files(const struct files *files) {
    (void)unlink(files->certificate);
    (void)unlink(files->key);
    (void)unlink(files->other_key);
    (void)unlink(files->garbage);
    assert_int_equal(rmdir(files->folder), 0);
}

static struct fixture *start_tls(const struct files *files) {
    struct fixture *fixture = fixture_empty();
    struct http_server_options options = fixture_options(fixture);
    options.tls_certificate = files->certificate;
    options.tls_key = files->key;
    fixture_start(fixture, &options);
    return fixture;
}

/* A client's session on the wire's socket, which must not block: the server is on our thread. */
static SSL *start_session(struct wire *wire, SSL_CTX *context) {
    SSL *ssl = SSL_new(context);
    assert_non_null(ssl);
    assert_int_equal(SSL_set_fd(ssl, wire->fd), 1);
    return ssl;
}

static bool shake_hands(struct wire *wire, SSL *ssl) {
    for (int i = 0; i < 1000; i++) {
        ERR_clear_error();
        int result = SSL_connect(ssl);
        if (result == 1) {
            return true;
        }
        int error = SSL_get_error(ssl, result);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
            return false;
        }
        fixture_turn(wire->fixture);
    }
    return false;
}

/* Reads until `len` bytes came, into the wire; counts the bytes. */
static size_t read_session(struct wire *wire, SSL *ssl, const char *until) {
    size_t total = 0;
    for (int i = 0; i < 100000 && wire_count(wire, until) == 0; i++) {
        ERR_clear_error();
        if (wire->len > WIRE_BYTES / 2) {
            wire_forget(wire);
        }
        int got = SSL_read(ssl, wire->bytes + wire->len, WIRE_BYTES / 4);
        if (got > 0) {
            wire->len += (size_t)got;
            wire->bytes[wire->len] = '\0';
            total += (size_t)got;
        } else {
            fixture_turn(wire->fixture);
        }
    }
    return total;
}

static void set_non_blocking(struct wire *wire) {
    assert_int_equal(fcntl(wire->fd, F_SETFL, O_NONBLOCK), 0);
}

static void round_trip(const struct files *files, int version) {
    struct fixture *fixture = start_tls(files);
    struct wire *wire = wire_connect(fixture);
    set_non_blocking(wire);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    static const unsigned char offer[] = "\x02h2\x08http/1.1";
    assert_int_equal(SSL_CTX_set_alpn_protos(context, offer, sizeof offer - 1), 0);
    SSL *ssl = start_session(wire, context);
    assert_true(shake_hands(wire, ssl));
    assert_int_equal(SSL_version(ssl), version);
    const unsigned char *protocol = NULL;
    unsigned protocol_len = 0;
    SSL_get0_alpn_selected(ssl, &protocol, &protocol_len);
    assert_true(str_equal(str_of((const char *)protocol, protocol_len), STR("http/1.1")));

    static const char requests[] = "GET /big HTTP/1.1\r\nHost: t\r\n\r\n"
                                   "POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n"
                                   "Connection: close\r\n\r\nhi";
    assert_int_equal(SSL_write(ssl, requests, sizeof requests - 1), sizeof requests - 1);
    size_t total = read_session(wire, ssl, "POST /p? hi");
    assert_int_equal(wire_count(wire, "POST /p? hi"), 1);
    assert_true(total > (size_t)4 << 20);
    assert_true(fixture->was_secure);
    char byte = 0;
    int end = 1;
    for (int i = 0; i < 1000 && end != 0; i++) { /* the closing alert, then the end */
        fixture_turn(fixture);
        end = SSL_read(ssl, &byte, 1) == 0 || (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0
                  ? 0
                  : 1;
    }
    assert_int_equal(end, 0);
    SSL_free(ssl);
    SSL_CTX_free(context);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void requests_travel_over_tls(void **state) {
    (void)state;
    struct files files = make_files();
    round_trip(&files, TLS1_2_VERSION);
    round_trip(&files, TLS1_3_VERSION);
    remove_files(&files);
}

static void old_versions_and_strangers_are_turned_away(void **state) {
    (void)state;
    struct files files = make_files();
    struct fixture *fixture = start_tls(&files);
    struct wire *wire = wire_connect(fixture);
    set_non_blocking(wire);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    SSL *ssl = start_session(wire, context);
    assert_false(shake_hands(wire, ssl));
    SSL_free(ssl);
    SSL_CTX_free(context);
    wire_close(wire);

    wire = wire_connect(fixture); /* plain HTTP to the TLS port */
    wire_say(wire, "GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(wire_until_closed(wire));
    assert_int_equal(wire_count(wire, "HTTP/1.1"), 0);
    wire_close(wire);
    assert_int_equal(http_server_count(fixture->server).requests, 0);
    fixture_destroy(fixture);
    remove_files(&files);
}

static void a_handshake_has_ten_seconds(void **state) {
    (void)state;
    struct files files = make_files();
    struct fixture *fixture = start_tls(&files);
    struct wire *wire = wire_connect(fixture);
    fixture_advance(fixture, 10 * 1000);
    assert_true(wire_is_quiet(wire));
    fixture_advance(fixture, 1);
    assert_true(wire_until_closed(wire));
    wire_close(wire);
    fixture_destroy(fixture);
    remove_files(&files);
}

static void a_surplus_client_is_told_so_after_its_handshake(void **state) {
    (void)state;
    struct files files = make_files();
    struct fixture *fixture = fixture_empty();
    struct http_server_options options = fixture_options(fixture);
    options.tls_certificate = files.certificate;
    options.tls_key = files.key;
    options.connections_max = 1;
    fixture_start(fixture, &options);
    struct wire *first = wire_connect(fixture);
    struct wire *surplus = wire_connect(fixture);
    set_non_blocking(surplus);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = start_session(surplus, context);
    assert_true(shake_hands(surplus, ssl));
    (void)read_session(surplus, ssl, "refused: The server has too many connections.");
    assert_int_equal(wire_count(surplus, "HTTP/1.1 503 "), 1);
    assert_int_equal(wire_count(surplus, "Retry-After: 1\r\n"), 1);
    SSL_free(ssl);
    SSL_CTX_free(context);
    wire_close(first);
    wire_close(surplus);
    fixture_destroy(fixture);
    remove_files(&files);
}

static void bad_files_are_named(void **state) {
    (void)state;
    struct files files = make_files();
    const struct {
        const char *certificate, *key;
        enum err_code code;
        const char *sentence;
    } cases[] = {
        {"/no/cert.pem", files.key, ERR_NOT_FOUND, "certificate file /no/cert.pem cannot be read"},
        {files.certificate, "/no/key.pem", ERR_NOT_FOUND, "key file /no/key.pem cannot be read"},
        {files.garbage, files.key, ERR_FORMAT, "garbage.pem is no PEM chain"},
        {files.certificate, files.garbage, ERR_FORMAT, "garbage.pem is no PEM key"},
        {files.certificate, files.other_key, ERR_FORMAT, "other.pem is no PEM key of"},
        {files.certificate, NULL, ERR_FORMAT, "both a certificate and a key"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture *fixture = fixture_empty();
        struct http_server_options options = fixture_options(fixture);
        options.tls_certificate = cases[i].certificate;
        options.tls_key = cases[i].key;
        struct err err = http_server_create(&fixture->cx, &options, &fixture->server);
        assert_int_equal(err.code, cases[i].code);
        assert_non_null(strstr(fixture->cx.detail, cases[i].sentence));
        fixture_destroy(fixture);
    }
    remove_files(&files);
}

static void on_done(void *context, const struct env_http_answer *answer) {
    int *code = context;
    *code = (int)answer->err.code;
}

static void our_client_trusts_no_stranger(void **state) {
    (void)state;
    struct files files = make_files();
    struct fixture *fixture = start_tls(&files);
    struct http_client *client = NULL;
    struct err err = http_client_create(&fixture->cx, &fixture->env, &fixture->loop, &client);
    assert_int_equal(err.code, ERR_NONE);
    struct env_http_request request = {
        .method = STR("GET"),
        .url = arena_printf(&fixture->arena, "https://localhost:%d/",
                            http_server_port(fixture->server)),
        .timeout_ms = 5000,
    };
    int code = -1;
    fixture->env.http_send(&fixture->env, &request, on_done, &code);
    for (int i = 0; i < 100000 && code < 0; i++) {
        (void)uv_run(&fixture->loop, UV_RUN_ONCE);
    }
    assert_int_equal(code, ERR_NETWORK);
    assert_int_equal(http_server_count(fixture->server).requests, 0);
    http_client_destroy(client);
    fixture_destroy(fixture);
    remove_files(&files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_travel_over_tls),
        cmocka_unit_test(old_versions_and_strangers_are_turned_away),
        cmocka_unit_test(a_handshake_has_ten_seconds),
        cmocka_unit_test(a_surplus_client_is_told_so_after_its_handshake),
        cmocka_unit_test(bad_files_are_named),
        cmocka_unit_test(our_client_trusts_no_stranger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
