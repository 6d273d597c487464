/* How commands ask a server that runs: over the socket in its data folder, which needs no key, or
 * elsewhere by --url and --key. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/args.h"
#include "cli/command.h"
#include "client/client.h"

/* NULL when the options fit together, else the sentence that says why not. */
const char *ask_complaint(const struct args *args);
/* The client that --data, --url and --key of `args` say. */
MUST_USE struct err ask_client(struct cli *cli, const struct args *args, struct client *ret_client);
/* One call that must succeed; *ret_answer is the caller's. A refusal is a failure with its
 * sentence in cx->detail; so is that nobody answers at the socket. */
MUST_USE struct err ask_call(struct cli *cli, const struct client *client,
                             const struct client_request *request,
                             struct client_answer *ret_answer);

#endif
