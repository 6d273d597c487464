/* Guards: nobody makes us call what is not the public internet, however the address is written, and
 * nobody's public address is refused by mistake. */
#include "net/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

static const struct {
    const char *address;
    bool is_public;
} addresses[] = {
    /* the first and last of each block that is closed, and their neighbours */
    {"0.0.0.0", false},
    {"0.255.255.255", false},
    {"1.0.0.0", true},
    {"9.255.255.255", true},
    {"10.0.0.0", false},
    {"10.255.255.255", false},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.64.0.0", false},
    {"100.100.100.200", false}, /* Alibaba's metadata */
    {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"126.255.255.255", true},
    {"127.0.0.1", false},
    {"127.255.255.255", false},
    {"128.0.0.0", true},
    {"168.63.129.15", true},
    {"168.63.129.16", false},
    {"168.63.129.17", true},
    {"169.253.255.255", true},
    {"169.254.0.0", false},
    {"169.254.169.254", false},
    {"169.254.255.255", false},
    {"169.255.0.0", true},
    {"172.15.255.255", true},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"191.255.255.255", true},
    {"192.0.0.0", false},
    {"192.0.0.192", false},
    {"192.0.0.255", false},
    {"192.0.1.0", true},
    {"192.0.2.1", false},
    {"192.0.3.0", true},
    {"192.88.98.255", true},
    {"192.88.99.1", false},
    {"192.88.100.0", true},
    {"192.167.255.255", true},
    {"192.168.0.0", false},
    {"192.168.255.255", false},
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.18.0.0", false},
    {"198.19.255.255", false},
    {"198.20.0.0", true},
    {"198.51.100.7", false},
    {"198.51.101.0", true},
    {"203.0.112.255", true},
    {"203.0.113.9", false},
    {"203.0.114.0", true},
    {"223.255.255.255", true},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.1", false},
    {"255.255.255.255", false},
    {"8.8.8.8", true},
    /* IPv6: 2000::/3 but for the exceptions */
    {"::", false},
    {"::1", false},
    {"::7f00:1", false}, /* IPv4-compatible, given up */
    {"100::1", false},   /* discard */
    {"1fff:ffff::1", false},
    {"2000::1", true},
    {"2001::1", false}, /* Teredo */
    {"2001:1ff:ffff::1", false},
    {"2001:200::1", true},
    {"2001:4860:4860::8888", true},
    {"2001:db7:ffff::1", true},
    {"2001:db8::1", false},
    {"2001:db8:ffff:ffff::1", false},
    {"2001:db9::1", true},
    {"3ffe:ffff::1", true},
    {"3fff::1", false},
    {"3fff:fff:ffff::1", false},
    {"3fff:1000::1", true},
    {"4000::1", false},
    {"5f00::1", false},
    {"fc00::1", false},
    {"fd00:ec2::254", false}, /* Amazon's metadata */
    {"fe80::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
    /* those with an IPv4 address inside */
    {"::ffff:8.8.8.8", true},
    {"::ffff:127.0.0.1", false},
    {"::ffff:169.254.169.254", false},
    {"64:ff9b::8.8.8.8", true},
    {"64:ff9b::10.0.0.1", false},
    {"64:ff9b::7f00:1", false},
    {"64:ff9b:1::8.8.8.8", false}, /* of a network's own, RFC 8215 */
    {"2002:808:808::1", true},
    {"2002:7f00:1::1", false},
    {"2002:a00:1::1", false},
    {"2002:c0a8:101::", false},
    /* none at all */
    {"", false},
    {"localhost", false},
    {"127.1", false},
    {"1.2.3.4.5", false},
    {"fe80::1%eth0", false},
};

static void an_address_is_of_the_public_internet_or_not(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        if (guard_is_public_text(addresses[i].address) != addresses[i].is_public) {
            fail_msg("%s is %spublic", addresses[i].address, addresses[i].is_public ? "" : "not ");
        }
    }
}

static void a_socket_address_is_judged_alike(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        struct sockaddr_storage storage = {0};
        struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&storage;
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&storage;
        if (inet_pton(AF_INET, addresses[i].address, &v4->sin_addr) == 1) {
            v4->sin_family = AF_INET;
        } else if (inet_pton(AF_INET6, addresses[i].address, &v6->sin6_addr) == 1) {
            v6->sin6_family = AF_INET6;
        } else {
            storage.ss_family = AF_UNIX;
        }
        assert_int_equal(guard_is_public((const struct sockaddr *)&storage),
                         addresses[i].is_public);
    }
}

#define PUBLIC "a host of the public internet"
#define MALFORMED "a URL such as https://example.com/webhooks"
#define QUAD "an IPv4 address as four decimal numbers"
#define BRACKETS "an IPv6 address in brackets, without a zone"
#define PORT "a port from 1 to 65535"
#define BYTES "a URL of at most 2048 characters, without a fragment, others percent-encoded"
#define USER "a URL without a user or a password"

static const struct {
    const char *url;
    const char *objection;       /* NULL: none */
    const char *when_all_may_be; /* the same where private hosts are allowed */
} urls[] = {
    {"https://example.com", NULL, NULL},
    {"http://example.com", NULL, NULL},
    {"https://example.com./hooks?a=1&b=%20", NULL, NULL},
    {"https://hooks.EXAMPLE.com:8443/", NULL, NULL},
    {"https://xn--bcher-kva.example/", NULL, NULL},
    {"https://my_host.example/", NULL, NULL},
    {"https://example.com?x=1", NULL, NULL},
    {"https://8.8.8.8/", NULL, NULL},
    {"https://[2001:4860:4860::8888]:443/", NULL, NULL},
    {"https://localhost.example.com/", NULL, NULL},
    {"https://internal.example.com/", NULL, NULL},
    /* within one's own walls */
    {"http://localhost/", PUBLIC, NULL},
    {"http://LOCALHOST:8080/", PUBLIC, NULL},
    {"http://localhost./", PUBLIC, NULL},
    {"http://a.localhost/", PUBLIC, NULL},
    {"http://printer.local/", PUBLIC, NULL},
    {"http://metadata.google.internal/", PUBLIC, NULL},
    {"http://metadata/", PUBLIC, NULL},
    {"http://router.lan/", PUBLIC, NULL},
    {"http://nas.home.arpa/", PUBLIC, NULL},
    {"http://127.0.0.1/", PUBLIC, NULL},
    {"http://169.254.169.254/latest/meta-data/", PUBLIC, NULL},
    {"http://10.1.2.3:80/", PUBLIC, NULL},
    {"http://0.0.0.0/", PUBLIC, NULL},
    {"http://[::1]/", PUBLIC, NULL},
    {"http://[::ffff:127.0.0.1]/", PUBLIC, NULL},
    {"http://[64:ff9b::a00:1]/", PUBLIC, NULL},
    {"http://[fd00:ec2::254]/", PUBLIC, NULL},
    /* numbers in disguise */
    {"http://2130706433/", QUAD, QUAD},
    {"http://127.1/", QUAD, QUAD},
    {"http://0x7f000001/", QUAD, QUAD},
    {"http://0x7f.0.0.1/", QUAD, QUAD},
    {"http://127.0.0.0x1/", QUAD, QUAD},
    {"http://0177.0.0.1/", QUAD, QUAD},
    {"http://127.0.0.1.5/", QUAD, QUAD},
    {"http://127.0.0.256/", QUAD, QUAD},
    {"http://[fe80::1%25eth0]/", BRACKETS, BRACKETS},
    {"http://[::1/", MALFORMED, MALFORMED},
    {"http://[127.0.0.1]/", BRACKETS, BRACKETS},
    {"http://[]/", BRACKETS, BRACKETS},
    /* what two readers could take for two hosts */
    {"http://user@example.com/", USER, USER},
    {"http://user:password@example.com/", USER, USER},
    {"http://example.com@127.0.0.1/", USER, USER},
    {"http://127.0.0.1%2f@example.com/", USER, USER},
    {"http://example.com\\@127.0.0.1/", BYTES, BYTES},
    {"http://example.com#@127.0.0.1/", BYTES, BYTES},
    {"http://exa mple.com/", BYTES, BYTES},
    {"http://example.com/\r\nHost: a", BYTES, BYTES},
    {"http://ex\xc3\xa4mple.com/", BYTES, BYTES},
    {"http://example%2ecom/", MALFORMED, MALFORMED},
    {"http://example..com/", MALFORMED, MALFORMED},
    {"http://.example.com/", MALFORMED, MALFORMED},
    {"http://./", MALFORMED, MALFORMED},
    {"http:///", MALFORMED, MALFORMED},
    {"http://", MALFORMED, MALFORMED},
    {"http://:80/", MALFORMED, MALFORMED},
    {"http://example.com:/", PORT, PORT},
    {"http://example.com:0/", PORT, PORT},
    {"http://example.com:65536/", PORT, PORT},
    {"http://example.com:80:90/", PORT, PORT},
    {"http://example.com:8o/", PORT, PORT},
    {"http://[2001:4860::1]80/", PORT, PORT},
    /* other schemes */
    {"", MALFORMED, MALFORMED},
    {"example.com", MALFORMED, MALFORMED},
    {"//example.com/", MALFORMED, MALFORMED},
    {"HTTPS://example.com/", MALFORMED, MALFORMED},
    {"ftp://example.com/", MALFORMED, MALFORMED},
    {"file:///etc/passwd", MALFORMED, MALFORMED},
    {"gopher://example.com/", MALFORMED, MALFORMED},
    {"https:example.com", MALFORMED, MALFORMED},
};

static void assert_objection(const char *url, struct guard_rules rules, const char *expected) {
    const char *objection = guard_objection(str_from_cstr(url), rules);
    bool is_same = objection == NULL || expected == NULL ? objection == expected
                                                         : strcmp(objection, expected) == 0;
    if (!is_same) {
        fail_msg("%s: %s, not %s", url, objection == NULL ? "nothing" : objection,
                 expected == NULL ? "nothing" : expected);
    }
}

static void a_url_is_judged_as_text(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        assert_objection(urls[i].url, (struct guard_rules){0}, urls[i].objection);
        assert_objection(urls[i].url, (struct guard_rules){.allows_private = true},
                         urls[i].when_all_may_be);
    }
}

static void real_money_needs_https(void **state) {
    (void)state;
    const struct guard_rules live = {.needs_https = true};
    assert_objection("https://example.com/", live, NULL);
    assert_objection("http://example.com/", live, "an https URL, since real money moves");
    assert_objection("https://127.0.0.1/", live, PUBLIC);
}

static void a_url_has_a_longest(void **state) {
    (void)state;
    char url[GUARD_URL_MAX + 2] = "https://example.com/";
    memset(url + strlen(url), 'a', GUARD_URL_MAX - strlen(url));
    url[GUARD_URL_MAX] = '\0';
    assert_objection(url, (struct guard_rules){0}, NULL);
    url[GUARD_URL_MAX] = 'a';
    url[GUARD_URL_MAX + 1] = '\0';
    assert_objection(url, (struct guard_rules){0}, BYTES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_of_the_public_internet_or_not),
        cmocka_unit_test(a_socket_address_is_judged_alike),
        cmocka_unit_test(a_url_is_judged_as_text),
        cmocka_unit_test(real_money_needs_https),
        cmocka_unit_test(a_url_has_a_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
