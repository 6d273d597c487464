/* Finds routes: a path that stands in the table as it is by halving, others by walking through
 * those with parameters. */
#include "api/route.h"

#include <string.h>

static bool is_parameter(struct str segment) {
    return segment.len > 0 && segment.bytes[0] == ':';
}

/* Segment by segment; a parameter takes one that is not empty. */
static bool matches(const char *pattern_text, struct str path,
                    struct str ret_values[ROUTE_PARAMETERS_MAX]) {
    struct str pattern = str_from_cstr(pattern_text);
    size_t count = 0;
    while (pattern.bytes != NULL && path.bytes != NULL) {
        struct str wanted = str_cut(&pattern, '/');
        struct str segment = str_cut(&path, '/');
        if (is_parameter(wanted)) {
            if (segment.len == 0 || count == ROUTE_PARAMETERS_MAX) {
                return false;
            }
            ret_values[count++] = segment;
        } else if (!str_equal(wanted, segment)) {
            return false;
        }
    }
    return pattern.bytes == NULL && path.bytes == NULL;
}

static bool has_parameters(const struct route *route) {
    return strchr(route->path, ':') != NULL;
}

static bool has_path(const struct route *route, struct str path) {
    return str_equal(str_from_cstr(route->path), path);
}

/* The first row that is not before this path. */
static size_t row_at(struct str path) {
    size_t low = 0;
    size_t high = route_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(str_from_cstr(routes[middle].path), path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The first row of the path that the request's path belongs to; route_count: there is none. */
static size_t first_row(struct str path, struct str ret_values[ROUTE_PARAMETERS_MAX]) {
    size_t at = row_at(path);
    if (at < route_count && has_path(&routes[at], path) && !has_parameters(&routes[at])) {
        return at;
    }
    for (size_t i = 0; i < route_count; i++) {
        if (has_parameters(&routes[i]) && matches(routes[i].path, path, ret_values)) {
            return i;
        }
    }
    return route_count;
}

struct route_match route_find(struct str method, struct str path) {
    struct route_match match = {0};
    size_t first = first_row(path, match.values);
    match.is_known_path = first < route_count;
    struct str wanted = str_equal(method, STR("HEAD")) ? STR("GET") : method;
    for (size_t i = first;
         i < route_count && has_path(&routes[i], str_from_cstr(routes[first].path)); i++) {
        if (str_equal(str_from_cstr(routes[i].method), wanted)) {
            match.route = &routes[i];
        }
    }
    return match;
}

struct str route_allow(struct arena *arena, struct str path) {
    struct str values[ROUTE_PARAMETERS_MAX];
    size_t first = first_row(path, values);
    struct str allow = STR("");
    for (size_t i = first;
         i < route_count && has_path(&routes[i], str_from_cstr(routes[first].path)); i++) {
        bool is_get = !route_is_mutation(&routes[i]);
        allow = arena_printf(arena, STR_FMT "%s, %s", STR_ARG(allow), routes[i].method,
                             is_get ? "HEAD, " : "");
    }
    return arena_printf(arena, STR_FMT "OPTIONS", STR_ARG(allow));
}

bool route_is_mutation(const struct route *route) {
    return !str_equal(str_from_cstr(route->method), STR("GET"));
}
