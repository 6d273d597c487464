/* Guards: whom a request came from is what our own proxies say, and nothing that a client can write
 * into the fields that they say it by. */
#include "net/forwarded.h"

#include "base/testing.h"
#include "net/http_server.h"

#define OURS "10.0.0.0/8 2001:db8:1::/48"

struct story {
    const char *peer;
    const char *list;         /* of Forwarded or X-Forwarded-For; "|" begins another field */
    const char *proto, *host; /* of X-Forwarded-…; NULL: absent */
    const char *address;      /* that is believed */
    const char *scheme;       /* "s": over TLS */
    const char *named;        /* host that is believed; NULL: none */
};

static const struct story stories[] = {
    /* nobody of ours: whatever they say */
    {"203.0.113.9", "198.51.100.7", "https", "evil.example", "203.0.113.9", "", NULL},
    {"2001:db8:2::1", "198.51.100.7", "https", "evil.example", "2001:db8:2::1", "", NULL},
    {"unix", "198.51.100.7", "https", "evil.example", "unix", "", NULL},
    /* one of ours */
    {"10.0.0.1", NULL, NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "203.0.113.9", "https", "pay.example", "203.0.113.9", "s", "pay.example"},
    {"::ffff:10.0.0.1", "203.0.113.9", "https", NULL, "203.0.113.9", "s", NULL},
    {"2001:db8:1::5", "203.0.113.9", "HTTPS", "[2001:db8::9]:443", "203.0.113.9", "s",
     "[2001:db8::9]:443"},
    {"10.0.0.1", " 203.0.113.9 ", "http", "", "203.0.113.9", "", NULL},
    {"10.0.0.1", "203.0.113.9:4711", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "2001:db8:2::9", NULL, NULL, "2001:db8:2::9", "", NULL},
    {"10.0.0.1", "[2001:DB8:2:0::9]", NULL, NULL, "2001:db8:2::9", "", NULL},
    {"10.0.0.1", "[2001:db8:2::9]:4711", NULL, NULL, "2001:db8:2::9", "", NULL},
    {"10.0.0.1", "::ffff:203.0.113.9", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "203.0.113.9:_hidden", NULL, NULL, "203.0.113.9", "", NULL},
    /* what a client sent along stands left of what the proxy added */
    {"10.0.0.1", "198.51.100.7, 203.0.113.9", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "10.0.0.3, 203.0.113.9", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "198.51.100.7|203.0.113.9", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "198.51.100.7,,203.0.113.9, ,", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "\", 203.0.113.9", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "203.0.113.9, \"", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "203.0.113.9", "https, http", "evil.example, pay.example", "203.0.113.9", "",
     "pay.example"},
    /* a chain of ours */
    {"10.0.0.1", "198.51.100.7, 203.0.113.9, 10.0.0.2", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "203.0.113.9, 2001:db8:1::2, 10.0.0.2", "https, http, http",
     "pay.example, inner.example, inner.example", "203.0.113.9", "s", "pay.example"},
    {"10.0.0.1", "203.0.113.9, 10.0.0.2", "https", "pay.example", "203.0.113.9", "s",
     "pay.example"},
    {"10.0.0.1", "10.0.0.3, 10.0.0.2", NULL, NULL, "10.0.0.3", "", NULL},
    {"10.0.0.1", "unknown, 10.0.0.2", "https", NULL, "10.0.0.2", "s", NULL},
    /* what cannot be read is not believed, and what stands left of it is not looked at */
    {"10.0.0.1", "unknown", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "203.0.113.9, unknown", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "203.0.113", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "203.0.113.9:", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "203.0.113.9:x", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "203.0.113.9:123456", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "[203.0.113.9]", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "[2001:db8:2::9", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "[2001:db8:2::9]x", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "[2001:db8:2::9]:", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "[]", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "fe80::1%eth0", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "for=203.0.113.9", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "203.0.113.9", "ftp", "a b", "203.0.113.9", "", NULL},
    {"10.0.0.1", "203.0.113.9", "", "evil.example/path", "203.0.113.9", "", NULL},
    {"10.0.0.1", "203.0.113.9", NULL, "user@evil.example", "203.0.113.9", "", NULL},
};

static const struct story standard_stories[] = {
    {"203.0.113.9", "for=198.51.100.7;proto=https", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "for=203.0.113.9", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "For=\"[2001:db8:2::9]:4711\";Proto=https;Host=pay.example;by=_us", NULL, NULL,
     "2001:db8:2::9", "s", "pay.example"},
    {"10.0.0.1", "for=203.0.113.9;host=\"pay.example:8443\"", NULL, NULL, "203.0.113.9", "",
     "pay.example:8443"},
    {"10.0.0.1", "for=203.0.113.9; proto=https", NULL, NULL, "203.0.113.9", "s", NULL},
    /* the other fields are the client's own */
    {"10.0.0.1", "for=203.0.113.9;proto=http", "https", "evil.example", "203.0.113.9", "", NULL},
    {"10.0.0.1", NULL, "https", "evil.example", "10.0.0.1", "", NULL},
    /* what was sent along: an item, and a mark that is left open to swallow the proxy's */
    {"10.0.0.1", "for=198.51.100.7;proto=https, for=203.0.113.9", NULL, NULL, "203.0.113.9", "",
     NULL},
    {"10.0.0.1", "for=\"198.51.100.7, for=203.0.113.9", NULL, NULL, "203.0.113.9", "", NULL},
    {"10.0.0.1", "for=\"198.51.100.7;x=\\\"|for=203.0.113.9;proto=https", NULL, NULL, "203.0.113.9",
     "s", NULL},
    {"10.0.0.1", "for=\"x, for=203.0.113.9;host=\"pay.example\"", NULL, NULL, "203.0.113.9", "",
     "pay.example"},
    /* a chain: the scheme and the host are those of its outermost */
    {"10.0.0.1",
     "for=198.51.100.7, for=203.0.113.9;proto=https;host=pay.example, "
     "for=10.0.0.2;proto=http;host=inner",
     NULL, NULL, "203.0.113.9", "s", "pay.example"},
    {"10.0.0.1", "for=_hidden;proto=https, for=10.0.0.2;proto=http", NULL, NULL, "10.0.0.2", "s",
     NULL},
    {"10.0.0.1", "for=\"a,b\";proto=https, for=10.0.0.2;proto=http", NULL, NULL, "10.0.0.2", "s",
     NULL},
    /* what cannot be read */
    {"10.0.0.1", "for=unknown", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "for", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "for=", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "for=\"", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "for=203.0.113.9;for=198.51.100.7", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "for=\"203.0.113.\\9\"", NULL, NULL, "10.0.0.1", "", NULL},
    {"10.0.0.1", "proto=https", NULL, NULL, "10.0.0.1", "s", NULL},
    {"10.0.0.1", "203.0.113.9", NULL, NULL, "10.0.0.1", "", NULL},
};

struct request {
    struct http_header headers[8];
    size_t count;
};

static void add(struct request *request, struct str name, struct str value) {
    if (value.bytes != NULL) {
        request->headers[request->count++] = (struct http_header){name, value};
    }
}

static void tell(const struct story *story, bool says_forwarded, struct arena *arena) {
    struct proxies proxies = {.say_forwarded = says_forwarded};
    struct request built = {.count = 0};
    struct str list = str_from_cstr(story->list);
    assert_true(networks_parse(STR(OURS), &proxies.networks));
    add(&built, STR("Host"), STR("inner.example"));
    while (list.bytes != NULL) {
        add(&built, says_forwarded ? STR("forwarded") : STR("x-forwarded-for"),
            str_cut(&list, '|'));
    }
    add(&built, says_forwarded ? STR("X-Forwarded-For") : STR("Forwarded"),
        says_forwarded ? STR("192.0.2.66") : STR("for=192.0.2.66;proto=https"));
    add(&built, STR("X-Forwarded-Proto"), str_from_cstr(story->proto));
    add(&built, STR("X-Forwarded-Host"), str_from_cstr(story->host));
    struct http_request request = {
        .headers = built.headers, .header_count = built.count, .peer = str_from_cstr(story->peer)};
    struct origin origin = origin_of(&proxies, &request, arena);
    if (!str_equal(origin.address, str_from_cstr(story->address))) {
        fail_msg("\"%s\" of %s is " STR_FMT, story->list, story->peer, STR_ARG(origin.address));
    }
    if (origin.is_secure != (story->scheme[0] == 's') ||
        !str_equal(origin.host, str_from_cstr(story->named))) {
        fail_msg("\"%s\" of %s: %d " STR_FMT, story->list, story->peer, origin.is_secure,
                 STR_ARG(origin.host));
    }
}

static void who_asks_is_read_from_the_right(void **state) {
    struct env env;
    struct arena arena;
    (void)state;
    env_posix_init(&env);
    arena_init(&arena, &env, 1 << 20);
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
        tell(&stories[i], false, &arena);
    }
    for (size_t i = 0; i < sizeof standard_stories / sizeof standard_stories[0]; i++) {
        tell(&standard_stories[i], true, &arena);
    }
    arena_finish(&arena);
}

static void without_proxies_nobody_is_believed(void **state) {
    const struct http_header headers[] = {{STR_INIT("X-Forwarded-For"), STR_INIT("192.0.2.66")},
                                          {STR_INIT("X-Forwarded-Proto"), STR_INIT("http")}};
    struct http_request request = {
        .headers = headers, .header_count = 2, .peer = STR("127.0.0.1"), .is_secure = true};
    struct proxies proxies = {.networks = {.count = 0}};
    (void)state;
    struct origin origin = origin_of(&proxies, &request, NULL);
    assert_true(str_equal(origin.address, STR("127.0.0.1")));
    assert_true(origin.is_secure && origin.host.bytes == NULL);
}

/* A list of any length costs a bounded walk, and is read from its right end. */
static void a_chain_has_an_end(void **state) {
    struct env env;
    struct arena arena;
    char list[4096] = "203.0.113.9";
    (void)state;
    env_posix_init(&env);
    arena_init(&arena, &env, 1 << 20);
    for (size_t i = 0; i < 40; i++) {
        memcpy(list + strlen(list), ", 10.0.0.2", sizeof ", 10.0.0.2");
    }
    struct story story = {"10.0.0.1", list, NULL, NULL, "10.0.0.2", "", NULL};
    tell(&story, false, &arena);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_is_read_from_the_right),
        cmocka_unit_test(without_proxies_nobody_is_believed),
        cmocka_unit_test(a_chain_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
