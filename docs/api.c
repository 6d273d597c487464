/* Prints what the API's tables say of themselves: `openapi` the document that /api/openapi.json
 * has, `errors` the page docs/reference/errors.md. tools/reference.py runs it. */
#include "api/api.h"

#include <stdio.h>
#include <string.h>

enum { DOCUMENT_MAX = 4 * 1024 * 1024 };

int main(int argc, char **argv) {
    struct env env;
    struct buf out;
    struct err err = OK;
    env_posix_init(&env);
    buf_init(&out, &env, DOCUMENT_MAX);
    if (argc == 2 && strcmp(argv[1], "openapi") == 0) {
        err = api_openapi(&out, "0.1.0");
    } else if (argc == 2 && strcmp(argv[1], "errors") == 0) {
        api_errors_page(&out);
    } else {
        fprintf(stderr, "usage: docs_api openapi|errors\n");
        return 2;
    }
    bool is_printed = !err_failed(err) && !out.has_failed &&
                      fwrite(out.bytes, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    buf_finish(&out);
    return is_printed ? 0 : 1;
}
