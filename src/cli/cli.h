/* The command line: `turnpike COMMAND …`.
 *
 * One const table (commands.c) says which commands there are, with their options, defaults and
 * words; parsing and --help come from it. What starts servers belongs to main and arrives as
 * hooks, so that this layer needs nothing but base, net and client. Exit status: 0 done, 1 failed,
 * 2 the command line itself is wrong. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/cx.h"
#include "cli/audit.h"
#include "cli/backup.h"
#include "cli/evidence.h"
#include "cli/sandbox.h"
#include "cli/simulate.h"
#include "net/forwarded.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };
enum { SERVE_ROLE_RULES_MAX = 32, SERVE_SETTINGS_MAX = 40 };

struct serve_setting {                                     /* what an option has come to */
    const char *name, *source, *variable, *fallback, *doc; /* variable, fallback: or NULL */
    struct str value; /* without bytes: none, or it is shown to nobody */
    bool is_secret;
};

/* Of `serve` and `demo`. Texts live as long as cli_main() runs; an absent one is empty, an absent
 * path NULL. Data folders are absolute. */
struct serve_options {
    const char *data_dir;
    struct str listen; /* "127.0.0.1:8080", or another form of net/address.h */
    bool has_test_clock;
    bool has_test_clock_start;   /* else the clock stands where it was left, or now */
    int64_t test_clock_ms;       /* where it stands at the start, unless it was moved further */
    const char *catalog;         /* path; NULL: the catalogue in the program */
    const char *tls_certificate; /* PEM paths: both or neither */
    const char *tls_key;
    struct str base_url;    /* under which browsers reach the server; empty: its own address */
    struct proxies proxies; /* that are believed */
    struct str stripe_key;  /* secret; empty: the sandbox in the program is charged through */
    struct str stripe_webhook_secret;
    struct str stripe_publishable_key; /* of the form for cards in a page of ours; empty: hosted */
    struct str embed_origins;          /* who may frame the prices, with blanks between */
    const char *stripe_webhook_secret_file; /* path, read again on SIGHUP; NULL: none */
    struct str stripe_url;                  /* of Stripe's API, or of a sandbox elsewhere */
    struct str smtp_url; /* "smtp://user@host:587"; empty: mails stay in the local outbox */
    struct str smtp_password;
    const char *key_file;         /* absolute path of the key-encryption keys; NULL: none given */
    const char *key_command;      /* prints them; NULL: none given */
    const char *smtp_ca;          /* path, PEM; NULL: the system's */
    struct str mail_from;         /* "Nova Cloud <billing@nova.example>"; empty: of this machine */
    struct str mail_footer;       /* under every mail; may be empty */
    struct str alerts_to;         /* an address; empty: what needs a person is not mailed */
    struct str alerts_language;   /* "en" or "de" */
    bool webhooks_may_be_private; /* they may go to hosts of one's own network */
    bool taxes;                   /* Stripe works out the tax of every sale */
    int64_t step_up_seconds;      /* how old a proof of who one is may be when money is changed */
    int64_t file_mb_max;          /* of an export or a pack of evidence */
    struct str oidc_issuer;       /* "https://id.example"; empty: nobody comes in by a provider */
    struct str oidc_client_id, oidc_client_secret;
    struct str oidc_name;      /* what people call it; empty: by its host */
    struct str oidc_acr;       /* the context that means two factors; may be empty */
    struct str oidc_operators; /* "none", or the role of whoever comes uninvited */
    struct serve_role_rule {
        struct str claim, value, role;
    } oidc_roles[SERVE_ROLE_RULES_MAX]; /* before that: of whom a claim says this, in words */
    size_t oidc_role_count;
    bool oidc_trusts_emails; /* an address counts where it does not say whether it is verified */
    struct str audit_sinks;  /* with commas between; each is one (serve.c) */
    const char *sbom;        /* path of the bill of materials; NULL: none given */
    struct serve_setting settings[SERVE_SETTINGS_MAX]; /* all of these, as the table has them */
    size_t setting_count;
    bool is_fresh; /* demo: what an earlier run left is thrown away first */
};

/* Of `rebuild-usage`. */
struct cli_rebuild {
    const char *data_dir; /* absolute */
    bool repairs;         /* what differs is written as it was rebuilt */
};
struct cli_usage_difference {
    struct str user_id;
    const char *metric;
    const char *kind;                    /* "hour", "day", "period" or "account" */
    bool has_start;                      /* accounts have none, and count events alone */
    int64_t start;                       /* milliseconds UTC */
    struct str region, resource, source; /* empty where there is none */
    int64_t stored, rebuilt;
    int64_t stored_events, rebuilt_events;
    bool has_adjusted; /* what came late differs: */
    int64_t stored_adjusted, rebuilt_adjusted, stored_adjusted_events, rebuilt_adjusted_events;
};
struct cli_rebuild_report {
    int64_t compared;
    int64_t older; /* than the journal: these cannot be rebuilt */
    const struct cli_usage_difference *differences;
    size_t count;
};

/* Runs while a server listens on the unix socket; what it finds it leaves in `context`. */
typedef void cli_with_server(struct cx *cx, const char *socket_path, void *context);

/* Each fails with a sentence in cx->detail. serve, demo and sandbox return when they were asked to
 * stop. */
struct cli_hooks {
    struct err (*serve)(struct cx *cx, const struct serve_options *options);
    struct err (*demo)(struct cx *cx, const struct serve_options *options);
    struct err (*sandbox)(struct cx *cx, const struct cli_sandbox *options);
    /* Brings a server up on DIR/turnpike.sock alone, calls `run` once, and takes it down. Fails
     * when the server could not be started, and then has not called `run`. */
    struct err (*with_server)(struct cx *cx, const char *data_dir, cli_with_server *run,
                              void *context);
    /* Copies the databases while a server may be running; puts copies back while none is. */
    struct err (*backup)(struct cx *cx, const struct cli_backup *options,
                         struct cli_backup_report *ret_report);
    struct err (*restore)(struct cx *cx, const struct cli_backup *options,
                          struct cli_backup_report *ret_report);
    struct err (*restore_drill)(
        struct cx *cx, const struct cli_backup *options,
        struct cli_backup_report *ret_report); /* aside, to see that it can be */
    /* Holds stored totals of usage against the journal while no server runs. */
    struct err (*rebuild_usage)(struct cx *cx, const struct cli_rebuild *options,
                                struct cli_rebuild_report *ret_report);
    /* The audit log, read beside a server that may be running. */
    struct err (*audit_verify)(struct cx *cx, const struct cli_audit *options,
                               struct cli_audit_report *ret_report);
    /* Of a proof: what it shows. */
    struct err (*audit_check)(struct cx *cx, const struct cli_audit *options,
                              struct str *ret_shown);
    struct err (*audit_consistency)(struct cx *cx, const struct cli_audit *options,
                                    struct str *ret_text);
    struct err (*audit_prove)(struct cx *cx, const struct cli_audit *options, struct str *ret_text);
    struct err (*audit_keys)(struct cx *cx, const struct cli_audit *options, struct str *ret_text);
    struct err (*audit_export)(struct cx *cx, const struct cli_audit *options);
    struct err (*evidence_verify)(struct cx *cx, const struct cli_evidence *options,
                                  struct cli_evidence_report *ret_report);
    struct err (*simulate)(struct cx *cx, const struct cli_simulate *options,
                           struct cli_simulate_report *ret_report);
};

/* Runs the command that `argv` names, and gives the exit status. Prints to standard output and
 * standard error. */
int cli_main(const struct cli_hooks *hooks, struct cx *cx, int argc, char **argv);

#endif
