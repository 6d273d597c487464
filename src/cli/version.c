/* `turnpike version`. TURNPIKE_VERSION comes from meson.build, where the project's version is. */
#include "cli/args.h"
#include "cli/run.h"

int run_version(struct cli *cli, const struct args *args) {
    (void)fprintf(cli->out, args_has(args, "json") ? "{\"version\":\"%s\"}\n" : "turnpike %s\n",
                  TURNPIKE_VERSION);
    return CLI_DONE;
}
