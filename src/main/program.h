/* One running Turnpike: every part, and the order in which they come up and go down.
 *
 * main is the only place that sees all layers; it joins them and decides nothing. program_open()
 * brings up what needs no loop (folder, store, gate), program_start() what does (server, provider,
 * jobs); program_run() turns the loop until somebody stops it. */
#ifndef MAIN_PROGRAM_H
#define MAIN_PROGRAM_H

#include <uv.h>

#include "api/api.h"
#include "app/app.h"
#include "app/audit_log.h"
#include "app/evidence.h"
#include "app/installation.h"
#include "cli/cli.h"
#include "db/folder.h"
#include "gate/gate.h"
#include "gate/journal.h"
#include "jobs/jobs.h"
#include "mail/mailer.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "stripe/stripe.h"
#include "stripe/webhook.h"

struct http_inside;
struct program_keys;
struct sandbox;

#define TURNPIKE_VERSION "0.1.0"

enum { PROGRAM_SECRET_MAX = 4096 };

struct program {
    const struct serve_options *options;
    struct env *env; /* the movable clock's when there is one, else the system's */
    struct env_clock clock;
    struct arena arena; /* for what lives as long as the program */
    struct cx cx;

    /* the store and what is built from it */
    struct folder *folder;
    struct db *writing, *reading;
    struct writer *writer;
    struct catalogue catalogue;
    struct str catalogue_text; /* of the file, until it is known whether it is in force */
    struct loader *loader;
    struct program_keys *keys; /* keyring.c's */
    struct gate *gate;
    struct journal *journal;
    bool has_open_batch; /* the group being committed holds a row of the journal */
    /* The writer's figures for /metrics, as of its last group. */
    _Atomic uint64_t gate_customers, journal_ids;
    struct mail_office *mail;
    struct audit_signer signer;
    struct evidence_program evidence;
    struct app app;

    /* the outside */
    uv_loop_t loop;
    struct http_client *client;
    struct http_inside *inside; /* in its place, where the program is driven */
    struct smtp *smtp;          /* NULL: no mail server is set */
    struct sandbox *sandbox;    /* NULL when Stripe itself is charged through */
    struct stripe *stripe;
    struct str provider_url;
    struct installation_endpoint endpoint; /* of the sandbox */
    struct str webhook_secret;             /* one a line */
    char reread_secret[PROGRAM_SECRET_MAX];

    /* the inside */
    struct api *api;
    struct http_server *server;
    struct jobs *jobs;
    uv_async_t wake;
    uv_timer_t tick;
    uv_prepare_t turn_begins; /* after timers, before the loop waits for input */
    uv_check_t turn_ends;     /* after input */
    uv_idle_t is_busy;        /* while it runs, the loop does not wait for input */
    uv_signal_t signals[3];
    uint64_t started_ns, requests_seen; /* monotonic; as of the last tick */
    unsigned quiet_ticks;               /* since a request came */
    bool has_loop, has_writer_thread;
    bool listens_on_network; /* set before program_open; else on the unix socket alone */
    bool is_driven; /* set before program_open: without threads, sockets, timers; see driven.c */
    bool is_ready;
    bool is_stopping;
    struct err failure;                     /* why it stopped, if not on request */
    void (*ready)(struct program *program); /* set before program_open, with its context */
    void *context;
};

/* Each fails with a sentence in program->cx.detail; program_close() is due all the same. */
MUST_USE struct err program_open(struct program *program, struct env *system,
                                 const struct serve_options *options);
MUST_USE struct err program_start(struct program *program);
/* Returns when the program has stopped; its failure, if it had one. */
MUST_USE struct err program_run(struct program *program);
/* From the loop's thread: finishes what is under way, then program_run() returns. */
void program_stop(struct program *program);
void program_close(struct program *program);

/* --- the parts, each in its own file --- */

/* store.c */
MUST_USE struct err program_open_store(struct program *program);
void program_close_store(struct program *program);
/* keyring.c: the keys from outside, and a keyring for each connection */
MUST_USE struct err program_open_keyring(struct program *program);
void program_close_keyring(struct program *program);
/* mail.c */
MUST_USE struct err program_open_mail(struct program *program);
/* Once there is a loop. */
MUST_USE struct err program_connect_mail(struct program *program);
void program_close_mail(struct program *program);
/* oidc.c: the OpenID provider, if one is set */
MUST_USE struct err program_open_provider(struct program *program);
void program_close_provider(struct program *program);
/* audit.c: who signs the audit log */
MUST_USE struct err program_open_audit(struct program *program);
/* evidence.c: tells what starts */
MUST_USE struct err program_note_start(struct program *program, struct tx *tx);
void program_syslog(struct str note); /* jobs_options.syslog */
/* payments.c */
MUST_USE struct err program_open_payments(struct program *program);
/* Tells the provider where events go, then says the program is ready. */
MUST_USE struct err program_announce(struct program *program);
/* From the loop's thread: the webhook's secrets are read again from their file. What cannot be read
 * or holds something else leaves those that there are. */
void program_reread_secrets(struct program *program);
void program_close_payments(struct program *program);
/* web.c */
MUST_USE struct err program_open_web(struct program *program);
/* Certificate and key are read again; what is no good leaves those that there are. */
void program_reload_tls(struct program *program);
void program_close_web(struct program *program);

/* "http://127.0.0.1:8080", of the server itself or as configured; in the program's arena. */
struct str program_base_url(struct program *program);
/* DIR/turnpike.sock, NUL-terminated. */
const char *program_socket_path(struct program *program);

#endif
