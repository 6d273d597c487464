/* What serves: the server, the demonstration, the sandbox alone. */
#include "cli/command_options.h"

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
         .is_private = true,                                                                       \
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
        {.name = "file-max-mb",                                                                    \
         .value = "N",                                                                             \
         .variable = "TURNPIKE_FILE_MAX_MB",                                                       \
         .fallback = "4096",                                                                       \
         .min = 1,                                                                                 \
         .max = LIMIT_FILE_MB_MAX,                                                                 \
         .doc = "How large an export or a pack of evidence may become, in MB of the data folder"}, \
        {.name = "automatic-tax",                                                                  \
         .doc = "Stripe Tax works out the tax of every sale from the customer's address"},         \
        {.name = "stripe-key-file",                                                                \
         .value = "FILE",                                                                          \
         .secret = "TURNPIKE_STRIPE_KEY",                                                          \
         .doc = "Holds Stripe's secret key; or $TURNPIKE_STRIPE_KEY. With neither, payments go "   \
                "to the sandbox in the program"},                                                  \
        {.name = "stripe-webhook-secret-file",                                                     \
         .value = "FILE",                                                                          \
         .secret = "TURNPIKE_STRIPE_WEBHOOK_SECRET",                                               \
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
         .secret = "TURNPIKE_SMTP_PASSWORD",                                                       \
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
         .secret = "TURNPIKE_OIDC_CLIENT_SECRET",                                                  \
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

static const struct command_option simulate_options[] = {
    {.name = "data",
     .value = "DIR",
     .fallback = "./turnpike-simulation",
     .doc = "The data folder that is made; one that is there must be empty"},
    {.name = "years",
     .value = "N",
     .fallback = "1",
     .min = 1,
     .max = SIMULATE_YEARS_MAX,
     .doc = "How many; after the n-th there are n times as many accounts"},
    {.name = "days",
     .value = "N",
     .fallback = "365",
     .min = 1,
     .max = SIMULATE_DAYS_MAX,
     .doc = "Of a year, for a short one; after it as many accounts are there"},
    {.name = "seed",
     .value = "S",
     .fallback = "1",
     .doc = "A whole number, of which everything follows: the same one gives the same bytes"},
    {.name = "start", .value = "DAY", .fallback = "2025-01-01", .doc = "The first day"},
    {.name = "population",
     .value = "FILE",
     .doc = "Who is to be there after a year, and what they do, as JSON; what it leaves out is as "
            "in the program's own: 10,000 accounts on free, 500 on starter, 200 on professional, "
            "20 on enterprise"},
    JSON_OPTION,
};

static const struct command_option version_options[] = {JSON_OPTION};

static const struct command rows[] = {
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
    {.name = "simulate",
     .summary = "Play a year of a whole business, and write its database",
     .doc =
         "The program itself runs, with the sandbox as the payment provider, on a clock that "
         "goes from one thing that falls due to the next. Accounts sign up, use, run into limits, "
         "buy, are charged, are declined, cancel and come back, all of it by the API. What it "
         "leaves is a data folder for `turnpike demo`. Nothing in it is secret: keys follow "
         "from the seed.",
     OPTIONS(simulate_options),
     .run = run_simulate},
    {.name = "version",
     .summary = "Print the program's version",
     OPTIONS(version_options),
     .run = run_version},
};
const struct command_family commands_server = {rows, ARRAY_LEN(rows)};
