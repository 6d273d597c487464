/* Prints docs/reference/headers.md from the table in api/headers.c and the routes. */
#include <stdio.h>

#include "api/headers.h"
#include "api/route.h"

static void print_kinds(void) {
    printf("| kind | what it is |\n| --- | --- |\n");
    for (int kind = 0; kind < HEADERS_KIND_COUNT; kind++) {
        printf("| %s | %s |\n", header_kind_name((enum header_kind)kind),
               header_kind_doc((enum header_kind)kind));
    }
}

static void print_fields(enum header_kind kind) {
    printf("\n## %s\n\n| field | value |\n| --- | --- |\n", header_kind_name(kind));
    for (size_t i = 0; i < headers_table_len; i++) {
        if (headers_table[i].values[kind] != NULL) {
            printf("| `%s` | `%s` |\n", headers_table[i].name, headers_table[i].values[kind]);
        }
    }
}

static void print_places(void) {
    printf("\n## Where a browser may go\n\nOf these addresses a browser may show the answer. All "
           "others refuse with `not_a_page` when `Sec-Fetch-Dest` says that it would: `document`, "
           "`iframe`, `image`, whatever is neither `empty` nor `report`.\n\n| address | what is "
           "there |\n| --- | --- |\n");
    for (size_t i = 0; i < route_count; i++) {
        if ((routes[i].flags & (ROUTE_PAGE | ROUTE_NAVIGABLE)) != 0) {
            printf("| `%s %s` | %s |\n", routes[i].method, routes[i].path, routes[i].summary);
        }
    }
}

int main(void) {
    printf("# Header fields\n\nWhat every answer carries for the browser's sake, printed from the "
           "table in `src/api/headers.c`; `./dev docs` writes it anew, and "
           "`tests/api/headers.test.mjs` compares it with what each operation answers. "
           "`X-Request-Id` is in all of them; `Strict-Transport-Security: max-age=31536000` in all "
           "that come over TLS, or when `--base-url` is an https address. There is no field of "
           "CORS: pages of other hosts read nothing here.\n\n");
    print_kinds();
    for (int kind = 0; kind < HEADERS_KIND_COUNT; kind++) {
        print_fields((enum header_kind)kind);
    }
    print_places();
    return fflush(stdout) == 0 ? 0 : 1;
}
