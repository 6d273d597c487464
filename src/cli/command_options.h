/* Options that many commands have, and how a family of commands is written: the rows of
 * commands_*.c, which commands.c lists. */
#ifndef CLI_COMMAND_OPTIONS_H
#define CLI_COMMAND_OPTIONS_H

#include "base/limits.h"
#include "cli/run.h"

#define JSON_OPTION                                                                                \
    { .name = "json", .doc = "Print the result as JSON" }

/* Of commands that read the data folder itself. */
#define DATA_OPTION                                                                                \
    {                                                                                              \
        .name = "data", .value = "DIR", .variable = "TURNPIKE_DATA",                               \
        .fallback = "./turnpike-data", .doc = "The data folder of the server"                      \
    }

/* Of commands that ask a server that runs. */
#define ASK_OPTIONS                                                                                \
    {.name = "data",                                                                               \
     .value = "DIR",                                                                               \
     .variable = "TURNPIKE_DATA",                                                                  \
     .fallback = "./turnpike-data",                                                                \
     .doc = "The data folder of the server, which is asked over its socket"},                      \
        {.name = "url", .value = "URL", .doc = "Ask the server at this address instead"},          \
        {.name = "key",                                                                            \
         .value = "KEY",                                                                           \
         .variable = "TURNPIKE_KEY",                                                               \
         .doc = "With --url: a key with the scope admin. The environment hides it from other "     \
                "users"},                                                                          \
        JSON_OPTION

#define OPTIONS(table) .options = (table), .option_count = ARRAY_LEN(table)

#endif
