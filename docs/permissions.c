/* Prints docs/reference/permissions.md from the tables in core/role.c, core/session.c and the
 * routes. */
#include <stdio.h>

#include "api/route.h"

static void print_roles(void) {
    printf("| role | of | may |\n| --- | --- | --- |\n");
    for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
        enum role role = (enum role)r;
        printf("| `%s` | %s | %s |\n", role_name(role),
               role_is_operator(role) ? "the installation" : "one customer", role_doc(role));
    }
}

static void print_permissions(void) {
    printf("\n## Permissions\n\n| permission | what it allows |");
    for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
        printf(" %s |", role_name((enum role)r));
    }
    printf("\n| --- | --- |");
    for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
        printf(" --- |");
    }
    printf("\n");
    for (int p = PERMISSION_NONE + 1; p < PERMISSION_COUNT; p++) {
        enum permission permission = (enum permission)p;
        printf("| `%s` | %s |", permission_name(permission), permission_doc(permission));
        for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
            printf(" %s |", role_may((enum role)r, permission) ? "yes" : "");
        }
        printf("\n");
    }
}

static void print_step_up(void) {
    printf(
        "\n## Step-up\n\nWhat changes something wants a second factor that is fresh: a passkey, a "
        "one-time code, or the word of the platform or of an OpenID provider that it asked for "
        "two. `--step-up-seconds` says how fresh.\n\n| action | what it is |\n| --- | --- |\n");
    for (int s = STEP_UP_NONE + 1; s < STEP_UP_COUNT; s++) {
        printf("| `%s` | %s |\n", step_up_name((enum step_up)s), step_up_doc((enum step_up)s));
    }
}

static void print_routes(void) {
    printf(
        "\n## Operations\n\nWhich permission a person needs; a dash: whoever is signed in, about "
        "themselves.\n\n| operation | permission | step-up |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        if (route->permission == PERMISSION_NONE && route->auth != ROUTE_SESSION) {
            continue;
        }
        bool is_own = route->permission == PERMISSION_NONE;
        bool asks = route->step_up > STEP_UP_NONE;
        printf("| `%s %s` | %s%s%s | %s%s%s |\n", route->method, route->path, is_own ? "" : "`",
               is_own ? "-" : permission_name(route->permission), is_own ? "" : "`",
               asks ? "`" : "", asks ? step_up_name(route->step_up) : "", asks ? "`" : "");
    }
}

int main(void) {
    printf("# Who may what\n\nPrinted from the tables of roles and routes; `./dev docs` writes it "
           "anew. Keys are machines' and have [scopes](../guide/running.md) instead.\n\n");
    print_roles();
    print_permissions();
    print_step_up();
    print_routes();
    return fflush(stdout) == 0 ? 0 : 1;
}
