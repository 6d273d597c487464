/* What comes in and goes out as a whole: logs, backups, usage added up anew. */
#include "cli/command_options.h"

#define KEYS_OPTION                                                                                \
    {                                                                                              \
        .name = "keys", .value = "FILE",                                                           \
        .doc = "Where the data keys of the newest backup are, if not beside the folder"            \
    }

#define BACKUP_KEY_OPTION                                                                          \
    {                                                                                              \
        .name = "backup-key", .value = "FILE", .variable = "TURNPIKE_BACKUP_KEY_FILE",             \
        .doc = "Holds a key of the backup's own, under which it is sealed as a whole"              \
    }

static const struct command_option import_options[] = {
    {.name = "user", .value = "ID", .doc = "The userId of the customer whose usage this is"},
    {.name = "url",
     .value = "URL",
     .variable = "TURNPIKE_URL",
     .fallback = "http://127.0.0.1:8080",
     .doc = "Where the server is"},
    {.name = "key",
     .value = "KEY",
     .variable = "TURNPIKE_KEY",
     .doc = "A key with the scope usage:write. The environment hides it from other users"},
    {.name = "batch",
     .value = "N",
     .fallback = "5000",
     .min = 1,
     .max = LIMIT_BATCH_EVENTS,
     .doc = "Events in one request"},
    {.name = "source",
     .value = "NAME",
     .doc = "Names the events' source; else it follows from the first well-formed line"},
    {.name = "dry-run", .doc = "Read and count only; no server is asked"},
    JSON_OPTION,
};

static const struct command_option backup_options[] = {DATA_OPTION, KEYS_OPTION, BACKUP_KEY_OPTION,
                                                       JSON_OPTION};

static const struct command_option restore_options[] = {
    DATA_OPTION,
    KEYS_OPTION,
    BACKUP_KEY_OPTION,
    {.name = "drill", .doc = "Only try: restore it aside, read all of it, throw that away"},
    {.name = "replace", .doc = "Move what the data folder holds aside, under another name"},
    {.name = "without-sandbox", .doc = "Leave the built-in sandbox's file as it is"},
    JSON_OPTION,
};

static const struct command_option rebuild_usage_options[] = {
    DATA_OPTION,
    {.name = "repair", .doc = "Write what differs as it was rebuilt"},
    JSON_OPTION,
};

static const struct command rows[] = {
    {.name = "import access-log",
     .summary = "Meter a web server's access log (combined format of Apache and nginx)",
     .doc = "Each well-formed line counts as one request (api_requests) and its bytes (bandwidth) "
            "at the line's own time. Importing a file again counts nothing twice, also when it was "
            "renamed, or has grown since: then only the new lines count. A file whose beginning "
            "was cut off, or into which lines were put, is another file; so is what log rotation "
            "begins.\n\n"
            "Lines that are not in the format are named by number with the reason (the first 20; "
            "the rest is counted) and do not fail the import. The exit status is 1 when the server "
            "rejected events, when the import stopped before the end, and when no line at all was "
            "in the format.",
     .operand = "FILE",
     .operand_doc = "the log, uncompressed",
     OPTIONS(import_options),
     .run = run_import_access_log},
    {.name = "backup",
     .summary = "Copy all data into a new folder, while the server runs",
     .doc = "Each database is copied as of one moment, checked, and listed in manifest.json with "
            "its SHA-256. The server goes on reading and writing meanwhile. The keys of sealed "
            "data are not in it, but in a file beside the folder, which every backup replaces: "
            "whoever is erased later is erased in this backup as well.",
     .operand = "FOLDER",
     .operand_doc = "where to; it must not exist, or be empty",
     OPTIONS(backup_options),
     .run = run_backup},
    {.name = "restore",
     .summary = "Put a backup into a data folder",
     .doc = "Refuses a backup that is not as its manifest says, and a data folder on which a "
            "server runs. The server then starts frozen: nothing is changed at the payment "
            "provider until everything has been compared with it, which it does by itself, or "
            "until an operator lifts the freeze (POST /api/admin/charging/release).",
     .operand = "FOLDER",
     .operand_doc = "the backup",
     OPTIONS(restore_options),
     .run = run_restore},
    {.name = "rebuild-usage",
     .summary = "Add all usage up once more from the journal, and compare",
     .doc =
         "Hours, days and periods of counters and the accounts of sources are rebuilt from every "
         "event, take and release that is kept, and each stored one that says something else is "
         "named. What is older than the journal (90 days) cannot be rebuilt and is left alone, "
         "as are the levels of gauges. Refuses a data folder on which a server runs: stop it, "
         "or rebuild a copy (turnpike backup). Exit status is 1 when differences are left.",
     OPTIONS(rebuild_usage_options),
     .run = run_rebuild_usage},
};
const struct command_family commands_data = {rows, ARRAY_LEN(rows)};
