/* Guards: an address that cannot be listened on is refused with a sentence that says why. */
#include "net/listen.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/http_fixture.h"

static void malformed_addresses_are_refused(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    static const struct {
        struct str address;
        enum err_code code;
        const char *sentence;
    } cases[] = {
        {STR_INIT(""), ERR_FORMAT, "host:port"},
        {STR_INIT("8080"), ERR_FORMAT, "host:port"},
        {STR_INIT(":8080"), ERR_FORMAT, "the host must have"},
        {STR_INIT("localhost:"), ERR_FORMAT, "the port must be"},
        {STR_INIT("localhost:65536"), ERR_FORMAT, "the port must be"},
        {STR_INIT("localhost:-1"), ERR_FORMAT, "the port must be"},
        {STR_INIT("localhost:http"), ERR_FORMAT, "the port must be"},
        {STR_INIT("::1:8080"), ERR_FORMAT, "needs brackets"},
        {STR_INIT("[]:8080"), ERR_FORMAT, "the host must have"},
        {STR_INIT("a\0b:1"), ERR_FORMAT, "the host must have"},
        {STR_INIT("unix:relative"), ERR_FORMAT, "must begin with /"},
        {STR_INIT("unix:"), ERR_FORMAT, "must begin with /"},
        {STR_INIT("unix:/no/such/folder/socket"), ERR_IO, "failed"},
        {STR_INIT("203.0.113.1:0"), ERR_NOT_FOUND, "no address of this machine"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = http_server_listen(&fixture->cx, fixture->server, cases[i].address);
        assert_int_equal(err.code, cases[i].code);
        assert_non_null(strstr(fixture->cx.detail, cases[i].sentence));
    }
    fixture_destroy(fixture);
}

static void a_port_in_use_is_a_conflict(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct str address =
        arena_printf(&fixture->arena, "127.0.0.1:%d", http_server_port(fixture->server));
    struct err err = http_server_listen(&fixture->cx, fixture->server, address);
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_non_null(strstr(fixture->cx.detail, "is in use by another program"));
    fixture_destroy(fixture);
}

static void names_and_numbers_parse(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct net_address address;
    struct err err = net_address_parse(&fixture->cx, STR("[::1]:8080"), &address);
    assert_int_equal(err.code, ERR_NONE);
    assert_string_equal(address.host, "::1");
    assert_int_equal(address.port, 8080);
    err = net_address_parse(&fixture->cx, STR("example.org:0"), &address);
    assert_int_equal(err.code, ERR_NONE);
    assert_string_equal(address.host, "example.org");
    assert_int_equal(address.port, 0);
    err = http_server_listen(&fixture->cx, fixture->server, STR("localhost:0"));
    assert_int_equal(err.code, ERR_NONE);
    fixture_destroy(fixture);
}

static void a_dead_socket_is_replaced_and_a_file_is_not(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    char folder[] = "/tmp/net-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct net_address address;
    struct str text = arena_printf(&fixture->arena, "unix:%s/socket", folder);
    struct err err = net_address_parse(&fixture->cx, text, &address);
    assert_int_equal(err.code, ERR_NONE);
    int fd = -1;
    int port = -1;
    for (int i = 0; i < 2; i++) { /* the second time over what the first has left behind */
        err = net_bind(&fixture->cx, &address, &fd, &port);
        assert_int_equal(err.code, ERR_NONE);
        assert_int_equal(port, 0);
        close(fd);
    }
    assert_int_equal(unlink(address.path), 0);
    struct env_file *file = NULL;
    err = fixture->env.files.open(&fixture->env, address.path, ENV_WRITE_NEW, &file);
    assert_int_equal(err.code, ERR_NONE);
    fixture->env.files.close(file);
    err = net_bind(&fixture->cx, &address, &fd, &port);
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_int_equal(unlink(address.path), 0);
    assert_int_equal(rmdir(folder), 0);
    fixture_destroy(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_addresses_are_refused),
        cmocka_unit_test(a_port_in_use_is_a_conflict),
        cmocka_unit_test(names_and_numbers_parse),
        cmocka_unit_test(a_dead_socket_is_replaced_and_a_file_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
