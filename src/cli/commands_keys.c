/* API keys, and the keys under which data is sealed. */
#include "cli/command_options.h"

static const struct command_option keys_create_options[] = {
    {.name = "scopes",
     .value = "LIST",
     .is_required = true,
     .doc = "What the key may do, with commas between: usage:write, billing:read, billing:write, "
            "customers:write, admin, test; or all"},
    {.name = "name", .value = "TEXT", .fallback = "command line", .doc = "What the key is for"},
    {.name = "from",
     .value = "LIST",
     .doc = "From where alone it opens anything: networks or addresses, with commas between"},
    {.name = "expires", .value = "INSTANT", .doc = "When it ends by itself: 2027-01-31T00:00:00Z"},
    {.name = "data",
     .value = "DIR",
     .variable = "TURNPIKE_DATA",
     .fallback = "./turnpike-data",
     .doc = "The data folder of the server that shall know the key"},
    {.name = "url", .value = "URL", .doc = "Ask the server at this address instead"},
    {.name = "key",
     .value = "KEY",
     .variable = "TURNPIKE_KEY",
     .doc = "With --url: a key with the scope admin. The environment hides it from other users"},
    JSON_OPTION,
};

static const struct command_option keys_options[] = {ASK_OPTIONS};

static const struct command_option keys_rotate_options[] = {
    {.name = "overlap",
     .value = "HOURS",
     .fallback = "24",
     .min = 0,
     .max = 720,
     .doc = "How long both keys work"},
    ASK_OPTIONS,
};

static const struct command_option keyring_status_options[] = {ASK_OPTIONS};

static const struct command_option keyring_rotate_options[] = {
    {.name = "data-keys", .doc = "New data keys, under which all rows are sealed anew"},
    ASK_OPTIONS,
};

static const struct command rows[] = {
    {.name = "keys create",
     .summary = "Make an API key and print it, this once",
     .doc = "The key goes to standard output, alone. The server that runs on the data folder is "
            "asked over its socket; when none does, one is brought up for as long as this takes.",
     OPTIONS(keys_create_options),
     .run = run_keys_create},
    {.name = "keys list",
     .summary = "List API keys: who has them, until when, and when they were used",
     .doc =
         "One line a key, the newest first: id, how it ends, status, last use, end, scopes, name.",
     OPTIONS(keys_options),
     .run = run_keys_list},
    {.name = "keys rotate",
     .summary = "Make an API key that replaces another, and print it, this once",
     .doc = "Both work until the overlap is over; then the earlier one has ended.",
     .operand = "KEY_ID",
     .operand_doc = "the id of the earlier key, as keys list gives it: apik_…",
     OPTIONS(keys_rotate_options),
     .run = run_keys_rotate},
    {.name = "keys revoke",
     .summary = "Revoke an API key: it opens nothing any more",
     .operand = "KEY_ID",
     .operand_doc = "its id, as keys list gives it: apik_…",
     OPTIONS(keys_options),
     .run = run_keys_revoke},
    {.name = "keyring status",
     .summary = "Print under which keys personal data and secrets are sealed",
     OPTIONS(keyring_status_options),
     .run = run_keyring_status},
    {.name = "keyring rotate",
     .summary = "Bring all that is sealed under newer keys, while the server runs",
     .doc = "The key from outside is read again, with the newer one on the first line and the one "
            "of before behind it, and all data keys are wrapped under it, which takes seconds. "
            "Where the key lies in the data folder a newer one is made. With --data-keys each "
            "customer gets new keys instead, and all rows are sealed under them: new ones at once, "
            "the others by a walk that goes on where a restart left it.",
     OPTIONS(keyring_rotate_options),
     .run = run_keyring_rotate},
};
const struct command_family commands_keys = {rows, ARRAY_LEN(rows)};
