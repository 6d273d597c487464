/* Who charges: Stripe, or the sandbox in the program, through the same client. */
#include <string.h>

#include "base/log.h"
#include "main/driven.h"
#include "sandbox/sandbox.h"

/* Any key of test mode opens the sandbox's one account. */
#define SANDBOX_KEY STR("sk_test_turnpike")

/* The port after the server's own, so that links to the sandbox's pages outlive a restart. */
static struct str sandbox_address(struct program *program) {
    struct str rest = program->options->listen;
    struct str last = rest;
    int64_t port = 0;
    while (rest.bytes != NULL) {
        last = str_cut(&rest, ':');
    }
    bool has_port = str_to_i64(last, &port) && port > 0 && port < 65535;
    return arena_printf(&program->arena, "127.0.0.1:%d", has_port ? (int)port + 1 : 0);
}

static struct err open_sandbox(struct program *program, struct str *ret_url) {
    struct cx *cx = &program->cx;
    struct sandbox_options options = {
        .env = program->env,
        .loop = &program->loop,
        .data_path =
            arena_printf(&program->arena, "%s/sandbox.db", program->options->data_dir).bytes,
        .address = sandbox_address(program),
    };
    if (program->is_driven) {
        options.address = STR("");
        options.public_url = STR(DRIVEN_SANDBOX_URL);
    }
    struct err err = sandbox_create(cx, &options, &program->sandbox);
    if (err.code == ERR_CONFLICT) { /* somebody has that port: any other will do */
        options.address = STR("127.0.0.1:0");
        err = sandbox_create(cx, &options, &program->sandbox);
    }
    TRY(err);
    *ret_url = program->is_driven ? options.public_url
                                  : arena_printf(&program->arena, "http://127.0.0.1:%d",
                                                 sandbox_port(program->sandbox));
    return OK;
}

struct err program_open_payments(struct program *program) {
    const struct serve_options *options = program->options;
    if (!program->listens_on_network) {
        return OK; /* a guest of one command moves no money */
    }
    struct stripe_options stripe = {
        .env = program->env,
        .base_url =
            options->stripe_url.len > 0 ? options->stripe_url : STR("https://api.stripe.com"),
        .secret_key = options->stripe_key,
    };
    if (options->stripe_key.len == 0) {
        stripe.secret_key = SANDBOX_KEY;
        TRY(open_sandbox(program, &stripe.base_url));
    }
    TRY(stripe_create(&program->cx, &stripe, &program->stripe));
    program->app.payments = stripe_payments(program->stripe);
    program->provider_url = stripe.base_url;
    return OK;
}

static void become_ready(struct program *program) {
    program->is_ready = true;
    if (program->listens_on_network) {
        jobs_run_due(program->jobs);
        jobs_poke(program->jobs);
    }
    program->ready(program);
}

/* The secret is kept since the store was opened, so that every event that may arrive is known. */
static struct err tell_sandbox(struct program *program) {
    struct sandbox_endpoint endpoint = {
        .id = program->endpoint.id.bytes,
        .secret = program->endpoint.secret.bytes,
        .url = program->is_driven
                   ? STR(DRIVEN_URL "/api/webhooks/stripe")
                   : arena_printf(&program->arena, "http://127.0.0.1:%d/api/webhooks/stripe",
                                  http_server_port(program->server)),
    };
    endpoint.events = stripe_webhook_events(&endpoint.event_count);
    program->webhook_secret = program->endpoint.secret;
    return sandbox_set_endpoint(&program->cx, program->sandbox, &endpoint);
}

struct err program_announce(struct program *program) {
    program->webhook_secret = program->options->stripe_webhook_secret;
    if (program->sandbox != NULL) {
        TRY(tell_sandbox(program));
    }
    become_ready(program);
    return OK;
}

static bool are_secrets(struct str text) {
    bool has_any = false;
    while (text.bytes != NULL) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.len > 0 && !str_starts_with(line, STR("whsec_"))) {
            return false;
        }
        has_any |= line.len > 0;
    }
    return has_any;
}

/* Why the secrets stay as they are; NULL when they do not. */
static const char *reread(struct program *program) {
    const char *path = program->options->stripe_webhook_secret_file;
    struct str text;
    if (path == NULL) {
        return "there_is_no_file";
    }
    if (err_failed(env_read_file(program->env, path, PROGRAM_SECRET_MAX, &text))) {
        return "unreadable";
    }
    bool is_good = text.len <= PROGRAM_SECRET_MAX && are_secrets(text);
    if (is_good) {
        memcpy(program->reread_secret, text.bytes, text.len);
        program->webhook_secret = str_of(program->reread_secret, text.len);
    }
    env_free(program->env, (char *)(uintptr_t)text.bytes);
    return is_good ? NULL : "holds_no_secrets";
}

void program_reread_secrets(struct program *program) {
    const char *problem = reread(program);
    log_event(program->env, problem == NULL ? LOG_INFO : LOG_WARNING, "webhook.secrets_reread",
              "problem=%s", problem == NULL ? "none" : problem);
}

void program_close_payments(struct program *program) {
    stripe_destroy(program->stripe);
    sandbox_destroy(program->sandbox);
}
