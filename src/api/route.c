/* Finds routes. The table is small enough to be walked. */
#include "api/route.h"

static bool is_parameter(struct str segment) {
    return segment.len > 0 && segment.bytes[0] == ':';
}

/* Segment by segment; a parameter takes one that is not empty. */
static bool matches(const char *pattern_text, struct str path, bool allows_parameters,
                    struct str ret_values[ROUTE_PARAMETERS_MAX]) {
    struct str pattern = str_from_cstr(pattern_text);
    size_t count = 0;
    while (pattern.bytes != NULL && path.bytes != NULL) {
        struct str wanted = str_cut(&pattern, '/');
        struct str segment = str_cut(&path, '/');
        if (is_parameter(wanted)) {
            if (!allows_parameters || segment.len == 0 || count == ROUTE_PARAMETERS_MAX) {
                return false;
            }
            ret_values[count++] = segment;
        } else if (!str_equal(wanted, segment)) {
            return false;
        }
    }
    return pattern.bytes == NULL && path.bytes == NULL;
}

/* The path of the table that the request's path belongs to. */
static const char *path_of(struct str path, struct str ret_values[ROUTE_PARAMETERS_MAX]) {
    for (int allows_parameters = 0; allows_parameters < 2; allows_parameters++) {
        for (size_t i = 0; i < route_count; i++) {
            if (matches(routes[i].path, path, allows_parameters != 0, ret_values)) {
                return routes[i].path;
            }
        }
    }
    return NULL;
}

static bool has_path(const struct route *route, const char *path) {
    return str_equal(str_from_cstr(route->path), str_from_cstr(path));
}

struct route_match route_find(struct str method, struct str path) {
    struct route_match match = {0};
    const char *known = path_of(path, match.values);
    match.is_known_path = known != NULL;
    struct str wanted = str_equal(method, STR("HEAD")) ? STR("GET") : method;
    for (size_t i = 0; known != NULL && i < route_count; i++) {
        if (has_path(&routes[i], known) && str_equal(str_from_cstr(routes[i].method), wanted)) {
            match.route = &routes[i];
        }
    }
    return match;
}

struct str route_allow(struct arena *arena, struct str path) {
    struct str values[ROUTE_PARAMETERS_MAX];
    const char *known = path_of(path, values);
    struct str allow = STR("");
    for (size_t i = 0; known != NULL && i < route_count; i++) {
        if (has_path(&routes[i], known)) {
            bool is_get = !route_is_mutation(&routes[i]);
            allow = arena_printf(arena, STR_FMT "%s, %s", STR_ARG(allow), routes[i].method,
                                 is_get ? "HEAD, " : "");
        }
    }
    return arena_printf(arena, STR_FMT "OPTIONS", STR_ARG(allow));
}

bool route_is_mutation(const struct route *route) {
    return !str_equal(str_from_cstr(route->method), STR("GET"));
}
