/* The table of commands: what there is, and every word that --help says about it. */
#include "base/limits.h"
#include "cli/run.h"

#define JSON_OPTION                                                                                \
    { .name = "json", .doc = "Print the result as JSON" }

#define LISTEN_OPTION(address)                                                                     \
    {                                                                                              \
        .name = "listen", .value = "HOST:PORT", .fallback = (address),                             \
        .doc = "Where to listen; port 0 picks a free one, unix:/PATH is a socket"                  \
    }

/* Of serve and demo. */
#define SERVER_OPTIONS                                                                             \
    LISTEN_OPTION("127.0.0.1:8080"),                                                               \
        {.name = "test-clock",                                                                     \
         .value = "INSTANT",                                                                       \
         .value_is_optional = true,                                                                \
         .doc = "Test mode: the clock stands, at INSTANT (2015-05-17T00:00:00Z) or now, and is "   \
                "moved by POST /api/test/clock"},                                                  \
        {.name = "database", .value = "URL", .doc = "sqlite:DIR, the same as --data DIR"},         \
        {.name = "catalog",                                                                        \
         .value = "FILE",                                                                          \
         .variable = "TURNPIKE_CATALOG",                                                           \
         .doc = "The plans that are sold; the program has a catalogue of its own"},                \
        {.name = "tls-cert", .value = "FILE", .doc = "Certificate chain, PEM; with --tls-key"},    \
        {.name = "tls-key", .value = "FILE", .doc = "Private key, PEM; with --tls-cert"},          \
        {.name = "key-file",                                                                       \
         .value = "FILE",                                                                          \
         .variable = "TURNPIKE_KEY_FILE",                                                          \
         .doc = "Holds the key under which personal data and secrets are sealed; without one the " \
                "first start makes turnpike.key in the data folder"},                              \
        {.name = "key-command",                                                                    \
         .value = "COMMAND",                                                                       \
         .variable = "TURNPIKE_KEY_COMMAND",                                                       \
         .doc = "Prints that key instead, as a key management service's client does"},             \
        {.name = "base-url",                                                                       \
         .value = "URL",                                                                           \
         .variable = "TURNPIKE_BASE_URL",                                                          \
         .doc = "Under which browsers reach the server, if not under the address it listens on"},  \
        {.name = "trusted-proxy",                                                                  \
         .value = "LIST",                                                                          \
         .variable = "TURNPIKE_TRUSTED_PROXY",                                                     \
         .doc = "Networks or addresses of proxies before the server, with commas between: what "   \
                "they say of whom a request came from is believed"},                               \
        {.name = "proxy-header",                                                                   \
         .value = "WORD",                                                                          \
         .variable = "TURNPIKE_PROXY_HEADER",                                                      \
         .fallback = "x-forwarded-for",                                                            \
         .doc = "By what they say it: x-forwarded-for, with -proto and -host beside it, or "       \
                "forwarded (RFC 7239)"},                                                           \
        {.name = "step-up-seconds",                                                                \
         .value = "N",                                                                             \
         .variable = "TURNPIKE_STEP_UP_SECONDS",                                                   \
         .fallback = "300",                                                                        \
         .min = LIMIT_STEP_UP_SECONDS_MIN,                                                         \
         .max = LIMIT_STEP_UP_SECONDS_MAX,                                                         \
         .doc = "How old a person's second factor may be when they change something"},             \
        {.name = "automatic-tax",                                                                  \
         .doc = "Stripe Tax works out the tax of every sale from the customer's address"},         \
        {.name = "stripe-key-file",                                                                \
         .value = "FILE",                                                                          \
         .doc = "Holds Stripe's secret key; or $TURNPIKE_STRIPE_KEY. With neither, payments go "   \
                "to the sandbox in the program"},                                                  \
        {.name = "stripe-webhook-secret-file",                                                     \
         .value = "FILE",                                                                          \
         .doc =                                                                                    \
             "Holds the secret of the webhook endpoint, and on lines of their own those that are " \
             "being rolled; or $TURNPIKE_STRIPE_WEBHOOK_SECRET"},                                  \
        {.name = "stripe-url",                                                                     \
         .value = "URL",                                                                           \
         .variable = "TURNPIKE_STRIPE_URL",                                                        \
         .fallback = "https://api.stripe.com",                                                     \
         .doc = "Where Stripe's API is, once there is a key for it"},                              \
        {.name = "card-form",                                                                      \
         .value = "WORD",                                                                          \
         .variable = "TURNPIKE_CARD_FORM",                                                         \
         .fallback = "hosted",                                                                     \
         .doc = "Where customers enter a card: hosted, at Stripe's page, or embedded, in its "     \
                "form in a page of this server"},                                                  \
        {.name = "stripe-publishable-key",                                                         \
         .value = "KEY",                                                                           \
         .variable = "TURNPIKE_STRIPE_PUBLISHABLE_KEY",                                            \
         .doc = "Of that form: pk_test_… or pk_live_…"},                                           \
        {.name = "embed-origins",                                                                  \
         .value = "LIST",                                                                          \
         .variable = "TURNPIKE_EMBED_ORIGINS",                                                     \
         .doc = "Sites that may show /embed/pricing in a frame, with commas between: "             \
                "https://www.example.com"},                                                        \
        {.name = "smtp-url",                                                                       \
         .value = "URL",                                                                           \
         .variable = "TURNPIKE_SMTP_URL",                                                          \
         .doc = "The mail server: smtp://user@host:587 or smtps://host; without one, mails stay "  \
                "in the outbox"},                                                                  \
        {.name = "smtp-password-file",                                                             \
         .value = "FILE",                                                                          \
         .doc = "Holds the mail server's password; or $TURNPIKE_SMTP_PASSWORD"},                   \
        {.name = "smtp-ca",                                                                        \
         .value = "FILE",                                                                          \
         .doc = "Who vouches for the mail server, PEM, if not the system's authorities"},          \
        {.name = "mail-from",                                                                      \
         .value = "MAILBOX",                                                                       \
         .variable = "TURNPIKE_MAIL_FROM",                                                         \
         .doc = "Who writes: Nova Cloud <billing@nova.example>. The name is that of the product"}, \
        {.name = "mail-footer",                                                                    \
         .value = "TEXT",                                                                          \
         .variable = "TURNPIKE_MAIL_FOOTER",                                                       \
         .doc = "Legal address, at the foot of every mail"},                                       \
        {.name = "oidc-issuer",                                                                    \
         .value = "URL",                                                                           \
         .variable = "TURNPIKE_OIDC_ISSUER",                                                       \
         .doc = "The OpenID provider by which people may sign in, as it names itself"},            \
        {.name = "oidc-client-id",                                                                 \
         .value = "ID",                                                                            \
         .variable = "TURNPIKE_OIDC_CLIENT_ID",                                                    \
         .doc = "What it knows this installation as"},                                             \
        {.name = "oidc-client-secret-file",                                                        \
         .value = "FILE",                                                                          \
         .doc = "Holds the secret for it; or $TURNPIKE_OIDC_CLIENT_SECRET"},                       \
        {.name = "oidc-name",                                                                      \
         .value = "TEXT",                                                                          \
         .variable = "TURNPIKE_OIDC_NAME",                                                         \
         .doc = "What the page calls it; its host when not given"},                                \
        {.name = "oidc-operators",                                                                 \
         .value = "ROLE",                                                                          \
         .variable = "TURNPIKE_OIDC_OPERATORS",                                                    \
         .fallback = "none",                                                                       \
         .doc =                                                                                    \
             "Who comes by it uninvited operates as: auditor, support or finance; none: is not "   \
             "let in"},                                                                            \
        {.name = "oidc-roles",                                                                     \
         .value = "LIST",                                                                          \
         .variable = "TURNPIKE_OIDC_ROLES",                                                        \
         .doc = "And before that by what it says of them, CLAIM=VALUE:ROLE with commas between: "  \
                "groups=billing-team:finance"},                                                    \
        {.name = "oidc-email",                                                                     \
         .value = "WORD",                                                                          \
         .variable = "TURNPIKE_OIDC_EMAIL",                                                        \
         .fallback = "verified",                                                                   \
         .doc = "Whose addresses find somebody: verified, which it says of each; or trusted, "     \
                "also where it does not say"},                                                     \
        {.name = "oidc-acr",                                                                       \
         .value = "TEXT",                                                                          \
         .variable = "TURNPIKE_OIDC_ACR",                                                          \
         .doc = "The authentication context that it is asked for, and that means two factors"},    \
        {.name = "webhook-allow-private",                                                          \
         .doc = "Webhooks may go to this machine and its network: for tests and demonstrations"},  \
        {.name = "audit-sink",                                                                     \
         .value = "LIST",                                                                          \
         .variable = "TURNPIKE_AUDIT_SINK",                                                        \
         .doc =                                                                                    \
             "Where checkpoints of the audit log go, with commas between: file:/PATH, syslog:, "   \
             "https://…"},                                                                         \
        {.name = "sbom",                                                                           \
         .value = "FILE",                                                                          \
         .variable = "TURNPIKE_SBOM",                                                              \
         .doc = "What the program is made of, as tools/sbom.py wrote it: goes into packs of "      \
                "evidence"},                                                                       \
        {.name = "alerts-to",                                                                      \
         .value = "ADDRESS",                                                                       \
         .variable = "TURNPIKE_ALERTS_TO",                                                         \
         .doc = "Who is told when a person has to look, as at a customer who is parked"},          \
    {                                                                                              \
        .name = "alerts-language", .value = "WORD", .variable = "TURNPIKE_ALERTS_LANGUAGE",        \
        .fallback = "en", .doc = "In which language: en or de"                                     \
    }

static const struct command_option serve_options[] = {
    {.name = "data",
     .value = "DIR",
     .variable = "TURNPIKE_DATA",
     .fallback = "./turnpike-data",
     .doc = "The data folder; made when there is none"},
    SERVER_OPTIONS,
};

static const struct command_option demo_options[] = {
    /* Not $TURNPIKE_DATA: --fresh must never meet a folder that somebody lives from. */
    {.name = "data",
     .value = "DIR",
     .fallback = "./turnpike-demo",
     .doc = "The data folder; made when there is none"},
    {.name = "fresh", .doc = "Throw away what an earlier demo left in the folder"},
    SERVER_OPTIONS,
};

static const struct command_option sandbox_options[] = {
    LISTEN_OPTION("127.0.0.1:8090"),
    {.name = "data",
     .value = "DIR",
     .fallback = "./turnpike-sandbox",
     .doc = "The data folder; made when there is none"},
    {.name = "retry-days",
     .value = "LIST",
     .doc = "The account tries failed payments again by itself, so many days after each attempt: "
            "3,5,7. Without it a failed payment is left to whoever asks"},
    {.name = "retry-end",
     .value = "WORD",
     .fallback = "past_due",
     .doc = "What becomes of a subscription when they all failed: cancel, unpaid, pause, past_due"},
    {.name = "invoice-numbers",
     .value = "WORD",
     .fallback = "customer",
     .doc =
         "How invoices are numbered: customer, each with a row of its own, or account, all in one"},
};

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

#define DATA_OPTION                                                                                \
    {                                                                                              \
        .name = "data", .value = "DIR", .variable = "TURNPIKE_DATA",                               \
        .fallback = "./turnpike-data", .doc = "The data folder of the server"                      \
    }

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

static const struct command_option reconcile_options[] = {
    {.name = "user", .value = "ID", .doc = "Only this customer"},
    {.name = "dry-run", .doc = "Find the differences, and repair none"},
    ASK_OPTIONS,
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

static const struct command_option explain_options[] = {
    {.name = "user",
     .value = "ID",
     .is_required = true,
     .doc = "The userId of the customer whose invoice it is"},
    ASK_OPTIONS,
};

static const struct command_option outbox_list_options[] = {
    {.name = "user", .value = "ID", .doc = "Only to this customer"},
    {.name = "status",
     .value = "STATUS",
     .doc = "Only what stands so: local, queued, leased, sent, failed, suppressed"},
    {.name = "limit",
     .value = "N",
     .fallback = "100",
     .min = 1,
     .max = 10000,
     .doc = "At most so many mails"},
    ASK_OPTIONS,
};

static const struct command_option outbox_show_options[] = {ASK_OPTIONS};

static const struct command_option keyring_status_options[] = {ASK_OPTIONS};
static const struct command_option keyring_rotate_options[] = {
    {.name = "data-keys", .doc = "New data keys, under which all rows are sealed anew"},
    ASK_OPTIONS,
};

static const struct command_option approvals_list_options[] = {
    {.name = "status",
     .value = "STATUS",
     .doc = "Only what stands so: pending, executed, failed, rejected, withdrawn, expired"},
    {.name = "user", .value = "ID", .doc = "Only about this customer"},
    {.name = "limit",
     .value = "N",
     .fallback = "100",
     .min = 1,
     .max = LIMIT_PAGE,
     .doc = "At most so many"},
    ASK_OPTIONS,
};
static const struct command_option approvals_show_options[] = {ASK_OPTIONS};

static const struct command_option access_reviews_options[] = {ASK_OPTIONS};

static const struct command_option evidence_create_options[] = {
    {.name = "from",
     .value = "INSTANT",
     .is_required = true,
     .doc = "Where the period begins: 2026-01-01T00:00:00Z"},
    {.name = "to",
     .value = "INSTANT",
     .is_required = true,
     .doc = "Before which it ends; at most two years after, and not in the future"},
    ASK_OPTIONS,
};
static const struct command_option evidence_list_options[] = {ASK_OPTIONS};
static const struct command_option evidence_download_options[] = {
    {.name = "to", .value = "FILE", .doc = "Where to; turnpike-evidence-ID.zip when not given"},
    ASK_OPTIONS,
};
static const struct command_option evidence_verify_options[] = {
    {.name = "public-key",
     .value = "KEY",
     .doc = "Whose signature counts, as turnpike audit keys prints it; else those of --data"},
    {.name = "data",
     .value = "DIR",
     .variable = "TURNPIKE_DATA",
     .fallback = "./turnpike-data",
     .doc = "The data folder whose keys count; not read with --public-key"},
    JSON_OPTION,
};

static const struct command_option webhooks_list_options[] = {ASK_OPTIONS};
static const struct command_option webhooks_deliveries_options[] = {
    {.name = "endpoint", .value = "ID", .doc = "Only to this endpoint: whep_…"},
    {.name = "status", .value = "STATUS", .doc = "Only what stands so: waiting, delivered, failed"},
    {.name = "type", .value = "TYPE", .doc = "Only events of this type, such as invoice.paid"},
    {.name = "user", .value = "ID", .doc = "Only events of this customer"},
    {.name = "limit",
     .value = "N",
     .fallback = "100",
     .min = 1,
     .max = LIMIT_PAGE,
     .doc = "At most so many deliveries"},
    ASK_OPTIONS,
};
static const struct command_option webhooks_replay_options[] = {
    {.name = "since",
     .value = "INSTANT",
     .is_required = true,
     .doc = "Of the events since then: 2015-05-17T00:00:00Z"},
    ASK_OPTIONS,
};

static const struct command_option audit_verify_options[] = {
    {.name = "checkpoint",
     .value = "FILE",
     .doc = "Checkpoints that were kept elsewhere, one after the other"},
    {.name = "proof", .value = "FILE", .doc = "Look at this proof alone; needs --public-key"},
    {.name = "public-key",
     .value = "KEY",
     .doc = "Whose signatures count, if not those whom the store names: turnpike/inst_…+…+…"},
    DATA_OPTION,
    JSON_OPTION,
};
static const struct command_option audit_consistency_options[] = {
    {.name = "checkpoint",
     .value = "FILE",
     .is_required = true,
     .doc = "A checkpoint that was kept elsewhere; of several the first"},
    DATA_OPTION,
};
static const struct command_option audit_options[] = {DATA_OPTION};
static const struct command_option audit_export_options[] = {
    {.name = "format", .value = "WORD", .fallback = "jsonl", .doc = "jsonl or csv"},
    DATA_OPTION,
};

static const struct command_option version_options[] = {JSON_OPTION};

#define OPTIONS(table) .options = (table), .option_count = ARRAY_LEN(table)

const struct command commands[] = {
    {.name = "serve",
     .summary = "Run the server",
     .doc = "Needs no configuration: without options it keeps everything in one folder, charges "
            "through a sandbox of its own, and listens on this machine alone.",
     OPTIONS(serve_options),
     .run = run_serve},
    {.name = "demo",
     .summary = "Run a server with example data, and print how to sign in",
     OPTIONS(demo_options),
     .run = run_demo},
    {.name = "sandbox",
     .summary = "Run the Stripe-compatible sandbox alone",
     .doc =
         "Stripe's libraries and its command line take it for Stripe: give them this address and "
         "any key that begins with sk_test_. Its page / shows what is in it, with the test cards "
         "and buttons that move test clocks. Customers, subscriptions, invoices, payments, "
         "checkout, the portal, webhooks and test clocks work as Stripe's do; no money moves, and "
         "real card numbers are refused. Everything is kept in the data folder.",
     OPTIONS(sandbox_options),
     .run = run_sandbox},
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
    {.name = "reconcile",
     .summary = "Compare everything with the payment provider, and repair what is safe",
     .doc = "Walks customers, subscriptions, invoices, payments and refunds both ways. Differences "
            "that are declared safe are repaired, the others are listed and left for a person "
            "(docs/reference/differences.md). The server does it once a day by itself. The exit "
            "status is 1 when differences are left.",
     OPTIONS(reconcile_options),
     .run = run_reconcile},
    {.name = "explain",
     .summary = "Print how the lines of an invoice came to their amounts",
     .doc =
         "Each line with what it bills, the plan's version, the coupon and the formula, and what "
         "it comes to when it is computed once more, in whole minor units. Exit status is 1 when "
         "a line comes to something else than was billed; a line that cannot be computed says "
         "why.",
     .operand = "INVOICE",
     .operand_doc = "its id, as /api/billing/invoices gives it: invo_…",
     .second = "LINE",
     .second_doc = "only this line, counted from 1",
     OPTIONS(explain_options),
     .run = run_explain},
    {.name = "outbox list",
     .summary = "List the mails that were written, the newest first",
     .doc = "One line a mail: id, when it was written, status, kind, userId, address, subject.",
     OPTIONS(outbox_list_options),
     .run = run_outbox_list},
    {.name = "outbox show",
     .summary = "Print one mail: how far it has come, its headers and its text",
     .operand = "ID",
     .operand_doc = "of the mail, as outbox list gives it",
     OPTIONS(outbox_show_options),
     .run = run_outbox_show},
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
    {.name = "pci check",
     .summary = "Say what of PCI DSS the installation meets, and what is left to do",
     .doc = "The running server asks for its own pages as browsers do and compares them with what "
            "is built in. Each check is pass, fail, or not_ours: what no program can do. Status 1 "
            "when one fails.",
     OPTIONS(keyring_status_options),
     .run = run_pci_check},
    {.name = "approvals list",
     .summary = "List what needs a second person, the newest first",
     .doc =
         "One line each: id, status, action, when it was asked for, userId, what it is about, by "
         "whom.",
     OPTIONS(approvals_list_options),
     .run = run_approvals_list},
    {.name = "approvals show",
     .summary = "Show what one is about: what will be done, what it rests on, what it changes",
     .doc = "People decide it where they are signed in, not commands.",
     .operand = "ID",
     .operand_doc = "its id, as approvals list gives it: appr_…",
     OPTIONS(approvals_show_options),
     .run = run_approvals_show},
    {.name = "webhooks list",
     .summary = "List the webhook endpoints: who is told of billing events",
     .doc = "One line an endpoint: id, status, since when its attempts fail, URL, types.",
     OPTIONS(webhooks_list_options),
     .run = run_webhooks_list},
    {.name = "webhooks deliveries",
     .summary = "List what webhook endpoints are told, the newest first",
     .doc = "One line a delivery: id, when the event was, status, attempts, type, userId, error.",
     OPTIONS(webhooks_deliveries_options),
     .run = run_webhooks_deliveries},
    {.name = "webhooks replay",
     .summary = "Send an endpoint once more all that has failed since then",
     .doc = "What happened while it was disabled is among it.",
     .operand = "ENDPOINT",
     .operand_doc = "its id, as webhooks list gives it: whep_…",
     OPTIONS(webhooks_replay_options),
     .run = run_webhooks_replay},
    {.name = "audit verify",
     .summary = "Look at every row of the audit log once more, and at what was signed",
     .doc = "Reads the database, while a server may be running on it, and names the first bad row "
            "of each chain and what is wrong with it. With --checkpoint it also finds what was cut "
            "off or written anew. Exit status is 1 when something is wrong.",
     OPTIONS(audit_verify_options),
     .run = run_audit_verify},
    {.name = "audit prove",
     .summary = "Print a proof that a row was signed, for somebody else",
     .doc = "The proof holds by itself: whoever has it and the public key (turnpike audit keys) "
            "looks at it with turnpike audit verify --proof FILE --public-key KEY.",
     .operand = "ID",
     .operand_doc = "of the row: audt_…",
     OPTIONS(audit_options),
     .run = run_audit_prove},
    {.name = "audit consistency",
     .summary = "Print a proof that a kept checkpoint is the beginning of the newest",
     .doc =
         "For whoever kept it: nothing of what was signed then was changed since. It is looked at "
         "with turnpike audit verify --proof FILE --public-key KEY.",
     OPTIONS(audit_consistency_options),
     .run = run_audit_consistency},
    {.name = "audit keys",
     .summary = "Print the public keys whose signatures count",
     OPTIONS(audit_options),
     .run = run_audit_keys},
    {.name = "audit export",
     .summary = "Print every row of the audit log",
     .doc = "Chain by chain, as lines of JSON or as CSV. In CSV a cell that a spreadsheet would "
            "compute has an apostrophe before it.",
     OPTIONS(audit_export_options),
     .run = run_audit_export},
    {.name = "access-reviews list",
     .summary = "List reviews of who has access, the newest first",
     .doc = "One line a review: id, status, when it was opened, is due, was closed.",
     OPTIONS(access_reviews_options),
     .run = run_access_reviews_list},
    {.name = "access-reviews show",
     .summary = "Print who is looked at in a review of access, and what was decided",
     .doc = "One line each: id, operator or key, who, what they held, the decision, by whom, why. "
            "People decide, who are signed in; a command does not.",
     .operand = "ID",
     .operand_doc = "its id, as access-reviews list gives it: acrv_…",
     OPTIONS(access_reviews_options),
     .run = run_access_reviews_show},
    {.name = "evidence create",
     .summary = "Ask for the evidence of a period, as auditors want it, and print its id",
     .doc = "Waits until the file is made; it is kept for thirty days. docs/guide/compliance.md "
            "says what is in it.",
     OPTIONS(evidence_create_options),
     .run = run_evidence_create},
    {.name = "evidence list",
     .summary = "List packs of evidence: of which period, and who asked",
     .doc = "One line a pack: id, status, from, to, when it was asked for, by whom, size.",
     OPTIONS(evidence_list_options),
     .run = run_evidence_list},
    {.name = "evidence download",
     .summary = "Fetch a pack of evidence into a new file, and print its path",
     .operand = "ID",
     .operand_doc = "its id, as evidence list gives it: evpk_…",
     OPTIONS(evidence_download_options),
     .run = run_evidence_download},
    {.name = "evidence verify",
     .summary = "Look whether a pack of evidence is what was signed",
     .doc = "Needs no server, and with --public-key no data folder. Names each file that is not "
            "what was signed. Exit status is 1 when something is wrong.",
     .operand = "FILE",
     .operand_doc = "the pack",
     OPTIONS(evidence_verify_options),
     .run = run_evidence_verify},
    {.name = "version",
     .summary = "Print the program's version",
     OPTIONS(version_options),
     .run = run_version},
};
const size_t command_count = ARRAY_LEN(commands);
