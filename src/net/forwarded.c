#include "net/forwarded.h"

#include "net/http_server.h"

enum { HOPS_MAX = 32, PORT_DIGITS_MAX = 5, HOST_MAX = 255 };

/* What stands behind the last `separator` that is not between quotation marks, without blanks;
 * *rest becomes what stands before it, bytes NULL when there was none. From the right, so that a
 * mark that a client left open swallows nothing that a proxy has added. */
static struct str cut_last(struct str *rest, char separator) {
    bool is_quoted = false;
    size_t at = rest->len;
    while (at > 0 && (is_quoted || rest->bytes[at - 1] != separator)) {
        is_quoted = is_quoted != (rest->bytes[at - 1] == '"');
        at--;
    }
    struct str last = str_trim(str_skip(*rest, at));
    *rest = at > 0 ? str_first(*rest, at - 1) : (struct str){NULL, 0};
    return last;
}

/* All fields of that name, as the one list that they are (RFC 9110, 5.3). */
static struct str field_of(const struct http_request *request, struct arena *arena,
                           struct str name) {
    struct str all = {NULL, 0};
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_equal_ignoring_case(request->headers[i].name, name)) {
            struct str value = request->headers[i].value;
            all = all.bytes == NULL
                      ? value
                      : arena_printf(arena, STR_FMT ", " STR_FMT, STR_ARG(all), STR_ARG(value));
        }
    }
    return all;
}

/* --- what one of them says --- */

/* "4711", or "_hidden" (RFC 7239, 6). */
static bool is_port(struct str text) {
    bool is_number = text.len > 0 && text.len <= PORT_DIGITS_MAX && str_only(text, "0123456789");
    return is_number || (text.len > 1 && text.bytes[0] == '_');
}

/* "[2001:db8::7]", "[2001:db8::7]:4711". */
static bool read_bracketed(struct str text, uint8_t ret_bytes[NETWORK_BYTES]) {
    size_t end = str_find(text, ']');
    struct str address = str_skip(str_first(text, end), 1);
    struct str behind = str_skip(text, end + 1);
    bool is_v6 = end < text.len && str_find(address, ':') < address.len;
    bool ends_well = behind.len == 0 || (behind.bytes[0] == ':' && is_port(str_skip(behind, 1)));
    return is_v6 && ends_well && network_address(address, ret_bytes);
}

/* That, or "192.0.2.7", "192.0.2.7:4711", "2001:db8::7". False of anything else, as "unknown". */
static bool read_node(struct str text, uint8_t ret_bytes[NETWORK_BYTES]) {
    if (str_starts_with(text, STR("["))) {
        return read_bracketed(text, ret_bytes);
    }
    size_t colon = str_find(text, ':');
    struct str port = str_skip(text, colon + 1);
    bool has_port = colon < text.len && str_find(port, ':') == port.len;
    return has_port ? is_port(port) && network_address(str_first(text, colon), ret_bytes)
                    : network_address(text, ret_bytes);
}

static bool is_host(struct str text) {
    return text.len > 0 && text.len <= HOST_MAX &&
           str_only(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");
}

/* The value of one parameter of an element of Forwarded: for="[2001:db8::7]:4711";proto=https.
 * False when it has none, or several, or one that is not plain. */
static bool find_parameter(struct str element, struct str name, struct str *ret_value) {
    size_t count = 0;
    while (element.bytes != NULL) {
        struct str value = cut_last(&element, ';');
        struct str own = str_cut(&value, '=');
        if (!str_equal_ignoring_case(own, name)) {
            continue;
        }
        if (value.len >= 2 && value.bytes[0] == '"' && value.bytes[value.len - 1] == '"') {
            value = str_of(value.bytes + 1, value.len - 2);
        }
        if (str_find(value, '"') < value.len || str_find(value, '\\') < value.len) {
            return false;
        }
        *ret_value = value;
        count++;
    }
    return count == 1;
}

/* --- all of them --- */

struct chain {
    uint8_t address[NETWORK_BYTES]; /* who asks */
    struct str element;             /* what the outermost of the trusted says */
    size_t place;                   /* of that, counted from the right */
};

/* From the right, until somebody is named who is not trusted, or cannot be read. */
static void follow(const struct proxies *proxies, struct str list, struct chain *chain) {
    for (size_t i = 0; list.bytes != NULL && i < HOPS_MAX; i++) {
        uint8_t bytes[NETWORK_BYTES];
        struct str element = cut_last(&list, ',');
        struct str node = element;
        if (element.len == 0) { /* means nothing (RFC 9110, 5.6.1) */
            continue;
        }
        chain->element = element;
        chain->place = i;
        if ((proxies->say_forwarded && !find_parameter(element, STR("for"), &node)) ||
            !read_node(node, bytes)) {
            return;
        }
        memcpy(chain->address, bytes, sizeof bytes);
        if (!networks_list(&proxies->networks, bytes)) {
            return;
        }
    }
}

/* The item at the place of the chain's, or the leftmost: many proxies set one for all. */
static struct str item_of(struct str list, size_t place) {
    struct str item = {NULL, 0};
    for (size_t i = 0; list.bytes != NULL && i <= place; i++) {
        item = cut_last(&list, ',');
    }
    return item;
}

static void believe(struct origin *origin, struct str scheme, struct str host) {
    if (str_equal_ignoring_case(scheme, STR("https"))) {
        origin->is_secure = true;
    } else if (str_equal_ignoring_case(scheme, STR("http"))) {
        origin->is_secure = false;
    }
    if (is_host(host)) {
        origin->host = host;
    }
}

struct origin origin_of(const struct proxies *proxies, const struct http_request *request,
                        struct arena *arena) {
    struct origin origin = {.address = request->peer, .is_secure = request->is_secure};
    struct chain chain = {.place = 0};
    struct str scheme = {NULL, 0};
    struct str host = {NULL, 0};
    if (proxies->networks.count == 0 || !network_address(request->peer, chain.address) ||
        !networks_list(&proxies->networks, chain.address)) {
        return origin;
    }
    if (proxies->say_forwarded) {
        follow(proxies, field_of(request, arena, STR("Forwarded")), &chain);
        bool has_scheme = find_parameter(chain.element, STR("proto"), &scheme);
        bool has_host = find_parameter(chain.element, STR("host"), &host);
        believe(&origin, has_scheme ? scheme : STR(""), has_host ? host : STR(""));
    } else {
        follow(proxies, field_of(request, arena, STR("X-Forwarded-For")), &chain);
        scheme = field_of(request, arena, STR("X-Forwarded-Proto"));
        host = field_of(request, arena, STR("X-Forwarded-Host"));
        believe(&origin, item_of(scheme, chain.place), item_of(host, chain.place));
    }
    char text[NETWORK_ADDRESS_SIZE];
    network_print(chain.address, text);
    struct str address = arena_str(arena, str_from_cstr(text));
    origin.address = address.len > 0 ? address : request->peer;
    return origin;
}
