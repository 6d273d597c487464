/* The API and the pages on the network and on the unix socket, and the jobs behind them. */
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "api/page_scan.h"
#include "app/freeze.h"
#include "app/lease.h"
#include "app/parking.h"
#include "app/privacy_clock.h"
#include "app/webhook.h"
#include "app/webhook_delivery.h"
#include "base/log.h"
#include "main/background.h"
#include "main/pages.h"
#include "main/program.h"
#include "sandbox/sandbox.h"

/* A path longer than this does not fit the system's socket addresses. */
enum { SOCKET_PATH_MAX = 100 };

const char *program_socket_path(struct program *program) {
    return arena_printf(&program->arena, "%s/turnpike.sock", program->options->data_dir).bytes;
}

struct str program_base_url(struct program *program) {
    if (program->options->base_url.len > 0) {
        return program->options->base_url;
    }
    struct str rest = program->options->listen;
    struct str host = rest;
    size_t colon = rest.len;
    while (colon > 0 && rest.bytes[colon - 1] != ':') {
        colon--;
    }
    host = colon > 0 ? str_first(rest, colon - 1) : STR("127.0.0.1");
    bool is_any = str_equal(host, STR("0.0.0.0")) || str_equal(host, STR("[::]")) || host.len == 0;
    return arena_printf(&program->arena, "%s://" STR_FMT ":%d",
                        program->options->tls_key == NULL ? "http" : "https",
                        STR_ARG(is_any ? STR("127.0.0.1") : host),
                        http_server_port(program->server));
}

/* --- what the API asks of its surroundings --- */

enum { SECRETS_MAX = 8 };

/* One a line: while a secret is being rolled, both are good. */
static size_t split_secrets(struct str text, struct str ret_secrets[SECRETS_MAX]) {
    size_t count = 0;
    while (text.bytes != NULL && count < SECRETS_MAX) {
        struct str secret = str_trim(str_cut(&text, '\n'));
        if (secret.len > 0) {
            ret_secrets[count++] = secret;
        }
    }
    return count;
}

static bool verify(void *context, const struct api_signature *signature, const char **ret_reason) {
    struct program *program = context;
    struct str secrets[SECRETS_MAX];
    size_t secret_count = split_secrets(program->webhook_secret, secrets);
    struct stripe_webhook_proof proof = {
        .header = signature->header,
        .body = signature->body,
        .secrets = secrets,
        .secret_count = secret_count,
        .now_s = instant_unix_seconds(signature->now),
        .tolerance_s = STRIPE_TOLERANCE_S,
    };
    enum stripe_signature verdict = stripe_webhook_verify(&proof);
    *ret_reason = stripe_signature_reason(verdict);
    return verdict == STRIPE_SIGNATURE_VALID;
}

static void advance(void *context, struct instant to, void (*done)(void *, int),
                    void *done_context) {
    struct program *program = context;
    jobs_advance(program->jobs, to, done, done_context);
}

static bool is_ready(void *context, const char **ret_reason) {
    struct program *program = context;
    *ret_reason = program->is_stopping ? "stopping" : "starting";
    return program->is_ready && !program->is_stopping;
}

struct counted {
    struct webhook_figures webhooks;
    uint64_t parked, deliveries, privacy_overdue;
    struct freeze freeze;
    struct leases_counted leases;
};

/* What the rows say; zeros when the store cannot be read. */
static struct counted count_rows(struct program *program) {
    struct arena arena;
    struct cx cx;
    struct counted counted = {.parked = 0};
    arena_init(&arena, program->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, program->env, &arena);
    struct tx tx = app_read(&program->app, &cx);
    struct err err = webhooks_count(&tx, &counted.webhooks);
    err = err_failed(err) ? err : parked_figure(&tx, &counted.parked);
    err = err_failed(err) ? err : webhook_deliveries_pending(&tx, &counted.deliveries);
    err = err_failed(err) ? err : freeze_read(&tx, &counted.freeze);
    err = err_failed(err) ? err : privacy_overdue(&tx, &counted.privacy_overdue);
    err = err_failed(err) ? err : leases_count(&tx, &counted.leases);
    if (err_failed(err)) {
        log_event(program->env, LOG_ERROR, "metrics.unreadable", "err=%s", err_name(err.code));
    }
    arena_finish(&arena);
    return counted;
}

static void figures(void *context, struct api_figures *ret_figures) {
    struct program *program = context;
    struct counted counted = count_rows(program);
    const struct webhook_figures webhooks = counted.webhooks;
    struct writer_counts writer = writer_count(program->writer);
    struct http_server_counts server = http_server_count(program->server);
    *ret_figures = (struct api_figures){
        .writer_groups = writer.groups,
        .writer_works = writer.works,
        .writer_failed = writer.failed,
        .writer_refused = writer.refused,
        .commit_ns_total = writer.commit_ns_total,
        .commit_ns_max = writer.commit_ns_max,
        .gate_customers_now = atomic_load(&program->gate_customers),
        .journal_ids_now = atomic_load(&program->journal_ids),
        .outbox_pending_now = jobs_pending(program->jobs),
        .webhooks_received_now = webhooks.received,
        .webhooks_applied = webhooks.applied,
        .webhooks_ignored = webhooks.ignored,
        .webhooks_failed = webhooks.failed,
        .webhook_deliveries_waiting_now = counted.deliveries,
        .leases_open_now = counted.leases.open,
        .leases_held_now = counted.leases.held,
        .leases_recalled_now = counted.leases.recalled,
        .leases_reclaimed_now = counted.leases.reclaimed,
        .customers_parked_now = counted.parked,
        .charging_frozen_now = counted.freeze.is_frozen ? 1 : 0,
        .privacy_overdue_now = counted.privacy_overdue,
        .connections_now = server.connections_open,
        .connections_total = server.connections_total,
        .requests_refused = server.refused,
    };
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        ret_figures->leased_now[i] = counted.leases.outstanding[i];
        ret_figures->reclaimed_now[i] = counted.leases.reclaimed_amount[i];
    }
}

/* For whoever probes often: without the counts that take long. */
static void warnings(void *context, struct api_warnings *ret_warnings) {
    struct program *program = context;
    struct arena arena;
    struct cx cx;
    struct freeze freeze = {.is_frozen = false};
    uint64_t parked = 0;
    uint64_t overdue = 0;
    arena_init(&arena, program->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, program->env, &arena);
    struct tx tx = app_read(&program->app, &cx);
    struct err err = parked_figure(&tx, &parked);
    err = err_failed(err) ? err : freeze_read(&tx, &freeze);
    err = err_failed(err) ? err : privacy_overdue(&tx, &overdue);
    if (err_failed(err)) {
        log_event(program->env, LOG_ERROR, "warnings.unreadable", "err=%s", err_name(err.code));
    }
    *ret_warnings = (struct api_warnings){parked > 0, freeze.is_frozen, overdue > 0};
    arena_finish(&arena);
}

static size_t list_jobs(void *context, struct api_job ret_jobs[API_JOBS_MAX]) {
    struct program *program = context;
    struct job_state states[JOB_STATES_MAX];
    static_assert((int)JOB_STATES_MAX <= (int)API_JOBS_MAX, "all find room");
    size_t count = jobs_states(program->jobs, states);
    for (size_t i = 0; i < count; i++) {
        ret_jobs[i] = (struct api_job){
            .name = states[i].name,
            .next_at = states[i].next_at,
            .started_at = states[i].started_at,
            .ended_at = states[i].ended_at,
            .failed_at = states[i].failed_at,
            .runs = states[i].runs,
            .failures = states[i].failures,
            .is_running = states[i].is_running,
            .has_failed = states[i].has_failed,
            .error = states[i].error,
        };
    }
    return count;
}

static void look_at_machine(void *context, struct api_machine *ret_machine) {
    struct program *program = context;
    struct statvfs disk;
    struct stat file;
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/turnpike.db", program->options->data_dir);
    bool is_whole = length > 0 && (size_t)length < sizeof path;
    ret_machine->uptime_seconds =
        (program->env->mono_ns(program->env) - program->started_ns) / 1000000000;
    ret_machine->writer_waiting = writer_pending(program->writer);
    if (is_whole && stat(path, &file) == 0) {
        ret_machine->database_bytes = (uint64_t)file.st_size;
    }
    if (statvfs(program->options->data_dir, &disk) == 0) {
        ret_machine->disk_free_bytes = (uint64_t)disk.f_bavail * (uint64_t)disk.f_frsize;
    }
}

static struct err create_api(struct program *program) {
    struct api_options options = {
        .app = &program->app,
        .env = program->env,
        .version = TURNPIKE_VERSION,
        .assets = {.find = pages_find, .at = pages_at},
        .proxies = program->options->proxies,
        .origins = {program->sandbox != NULL ? program->provider_url
                                             : STR("https://checkout.stripe.com"),
                    program->options->embed_origins},
        .card_form_key = program->options->stripe_publishable_key,
        .webhooks = {verify, program},
        .surroundings = {.is_ready = is_ready,
                         .figures = figures,
                         .warnings = warnings,
                         .jobs = list_jobs,
                         .machine = look_at_machine,
                         .context = program},
        .background = {program_run_aside, program},
    };
    if (program->options->has_test_clock) {
        options.clock.advance = advance;
        options.clock.context = program;
    }
    if (program->sandbox != NULL) {
        options.sandbox.url = program->provider_url;
        options.sandbox.secret_key = STR("sk_test_turnpike");
    }
    TRY(api_create(&program->cx, &options, &program->api));
    program->evidence.context = program->api;
    return OK;
}

static struct err create_server(struct program *program) {
    struct cx *cx = &program->cx;
    struct http_server_options options = {
        .env = program->env,
        .loop = &program->loop,
        .handle = api_handle,
        .body_max = api_body_max,
        .refuse = api_refuse,
        .context = program->api,
        .tls_certificate = program->options->tls_certificate,
        .tls_key = program->options->tls_key,
    };
    TRY(http_server_create(cx, &options, &program->server));
    if (program->is_driven) {
        TRY(mail_office_set_base_url(program->mail, program_base_url(program)));
        return api_set_base_url(program->api, program_base_url(program));
    }
    struct str socket = arena_printf(&program->arena, "unix:%s", program_socket_path(program));
    if (socket.len <= SOCKET_PATH_MAX) {
        TRY(http_server_listen(cx, program->server, socket));
    } else if (!program->listens_on_network) {
        return cx_fail(cx, ERR(ERR_TOO_LARGE),
                       "The path %s is too long for a socket; choose a shorter data folder.",
                       program_socket_path(program));
    } else {
        log_event(program->env, LOG_WARNING, "serve.no_socket", "reason=path_too_long");
    }
    if (!program->listens_on_network) {
        return OK;
    }
    TRY(http_server_listen(cx, program->server, program->options->listen));
    TRY(mail_office_set_base_url(program->mail, program_base_url(program)));
    return api_set_base_url(program->api, program_base_url(program));
}

/* --- jobs, and the sandbox on the same clock --- */

static int64_t next_due(void *context) {
    struct program *program = context;
    return sandbox_next_due_ms(program->sandbox);
}

static void run_due(void *context) {
    struct program *program = context;
    sandbox_run_due(program->sandbox);
}

static bool is_quiet(void *context) {
    struct program *program = context;
    return sandbox_is_quiet(program->sandbox);
}

static bool scan_pages(void *context, void (*done)(void *), void *done_context) {
    struct program *program = context;
    return page_scan_start(program->api, done, done_context);
}

/* Of a server that the world reaches, and wherever cards are entered in a page of ours. */
static bool scans_pages(const struct program *program) {
    const struct serve_options *options = program->options;
    bool is_public =
        str_starts_with(options->base_url, STR("https://")) && !options->has_test_clock;
    return program->listens_on_network && (is_public || options->stripe_publishable_key.len > 0);
}

static struct err create_jobs(struct program *program) {
    struct jobs_options options = {
        .app = &program->app,
        .syslog = program_syslog,
        .reconciles_daily = program->listens_on_network && !program->options->has_test_clock,
    };
    if (scans_pages(program)) {
        options.pages = (struct jobs_pages){scan_pages, program};
    }
    if (program->sandbox != NULL) {
        options.world = (struct jobs_world){next_due, run_due, is_quiet, program};
    }
    if (program->options->has_test_clock) {
        options.clock = &program->clock;
    }
    return jobs_create(&program->cx, &options, &program->jobs);
}

struct err program_open_web(struct program *program) {
    program->started_ns = program->env->mono_ns(program->env);
    TRY(create_jobs(program));
    TRY(create_api(program));
    return create_server(program);
}

void program_reload_tls(struct program *program) {
    struct arena arena;
    struct cx cx;
    if (program->options->tls_certificate == NULL) {
        return;
    }
    arena_init(&arena, program->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, program->env, &arena);
    struct err err = http_server_reload_tls(&cx, program->server);
    log_event(program->env, err_failed(err) ? LOG_WARNING : LOG_INFO, "tls.reloaded",
              "problem=\"%s\"", err_failed(err) ? cx.detail : "none");
    arena_finish(&arena);
}

void program_close_web(struct program *program) {
    http_server_destroy(program->server);
    api_destroy(program->api);
}
