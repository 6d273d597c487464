/* How commands ask a server that runs: over the socket in its data folder, which needs no key, or
 * elsewhere by --url and --key. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/args.h"
#include "cli/command.h"
#include "client/client.h"

enum { ASK_TARGET_MAX = 8 * 1024 };

/* NULL when the options fit together, else the sentence that says why not. */
const char *ask_complaint(const struct args *args);
/* The client that --data, --url and --key of `args` say. */
MUST_USE struct err ask_client(struct cli *cli, const struct args *args, struct client *ret_client);
/* One call that must succeed; *ret_answer is the caller's. A refusal is a failure with its
 * sentence in cx->detail; so is that nobody answers at the socket. */
MUST_USE struct err ask_call(struct cli *cli, const struct client *client,
                             const struct client_request *request,
                             struct client_answer *ret_answer);
/* GET of a target in a buffer of ASK_TARGET_MAX, for a customer when `user_id` is not empty. */
MUST_USE struct err ask_get(struct cli *cli, const struct client *client, struct str user_id,
                            const struct buf *target, struct client_answer *ret_answer);

/* Adds "&parameter=value" to a query. An option that is given but empty is sent: the server refuses
 * it, where leaving it out would list everything. */
void ask_add_filter(struct buf *target, const struct args *args, const char *option,
                    const char *parameter);

/* Writes what a server said, which tells names that customers chose: a terminal obeys control
 * characters, so blanks stand in their place; that of a newline too, unless lines are wanted. */
void ask_put(struct cli *cli, struct str text);
void ask_put_lines(struct cli *cli, struct str text);
/* Members of an object with blanks between, without the line's end; "-" stands for null. */
void ask_put_row(struct cli *cli, const json_t *row, const char *const *names, size_t count);
/* A page of a list, a row a line; and that there is more. */
void ask_put_page(struct cli *cli, const json_t *answer, const char *const *names, size_t count);
/* The whole answer, on a line. */
void ask_put_json(struct cli *cli, const struct client_answer *answer);

#endif
