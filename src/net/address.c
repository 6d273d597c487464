#include "net/address.h"

#include <string.h>

static struct err malformed(struct cx *cx, struct str text, const char *why) {
    return cx_fail(cx, ERR(ERR_FORMAT), "\"" STR_FMT "\" is no address to listen on: %s.",
                   STR_ARG(str_first(text, 200)), why);
}

static bool copy(char *to, size_t size, struct str from) {
    if (from.len == 0 || from.len >= size || str_find(from, '\0') != from.len) {
        return false;
    }
    memcpy(to, from.bytes, from.len);
    to[from.len] = '\0';
    return true;
}

static struct err parse_unix(struct cx *cx, struct str text, struct net_address *ret_address) {
    struct net_address address = {.is_unix = true};
    struct str path = str_skip(text, STR("unix:").len);
    if (!str_starts_with(path, STR("/"))) {
        return malformed(cx, text, "the path of a unix socket must begin with /");
    }
    if (!copy(address.path, sizeof address.path, path)) {
        return malformed(cx, text, "the path of a unix socket has at most 103 bytes");
    }
    *ret_address = address;
    return OK;
}

/* Splits at the last colon; an IPv6 address has colons of its own and therefore needs brackets. */
static const char *split(struct str text, struct str *ret_host, struct str *ret_port) {
    size_t colon = text.len;
    while (colon > 0 && text.bytes[colon - 1] != ':') {
        colon--;
    }
    if (colon == 0) {
        return "it must read host:port";
    }
    struct str host = str_first(text, colon - 1);
    if (str_starts_with(host, STR("[")) && str_ends_with(host, STR("]"))) {
        host = str_first(str_skip(host, 1), host.len - 2);
    } else if (str_find(host, ':') != host.len) {
        return "an IPv6 address needs brackets, as in [::1]:8080";
    }
    *ret_host = host;
    *ret_port = str_skip(text, colon);
    return NULL;
}

struct err net_address_parse(struct cx *cx, struct str text, struct net_address *ret_address) {
    if (str_starts_with(text, STR("unix:"))) {
        return parse_unix(cx, text, ret_address);
    }
    struct net_address address = {0};
    struct str host = {0};
    struct str port_text = {0};
    const char *why = split(text, &host, &port_text);
    if (why != NULL) {
        return malformed(cx, text, why);
    }
    uint64_t port = 0;
    if (!str_to_u64(port_text, &port) || port > UINT16_MAX) {
        return malformed(cx, text, "the port must be a number from 0 to 65535");
    }
    if (!copy(address.host, sizeof address.host, host)) {
        return malformed(cx, text, "the host must have 1 to 255 bytes");
    }
    address.port = (int)port;
    *ret_address = address;
    return OK;
}
