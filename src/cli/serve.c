/* `turnpike serve`, `demo` and `sandbox`: the options checked and handed to main, which knows how
 * the program is put together. */
#include "base/mailbox.h"
#include "base/rfc3339.h"
#include "cli/args.h"
#include "cli/path.h"
#include "cli/run.h"
#include "net/address.h"
#include "net/smtp.h"

enum { SECRET_FILE_MAX = 4096 };

static struct err wrong(struct cli *cli, const char *sentence) {
    return cx_fail(cli->cx, ERR(ERR_FORMAT), "%s", sentence);
}

/* --data DIR, or --database sqlite:DIR, which says the same as a URL. */
static struct err choose_data(struct cli *cli, const struct args *args,
                              struct serve_options *options) {
    struct str url = args_text(args, "database");
    if (url.bytes == NULL) {
        return path_absolute(cli->cx, args_value(args, "data"), &options->data_dir);
    }
    if (str_starts_with(url, STR("postgres://")) || str_starts_with(url, STR("postgresql://"))) {
        return wrong(cli, "PostgreSQL is not supported by this version: it keeps its data in "
                          "SQLite. Use --data DIR.");
    }
    if (!str_starts_with(url, STR("sqlite:")) || url.len == STR("sqlite:").len) {
        return wrong(cli, "--database is sqlite:DIR, where DIR is the data folder.");
    }
    if (args_has(args, "data")) {
        return wrong(cli, "--data and --database exclude each other.");
    }
    return path_absolute(cli->cx, url.bytes + STR("sqlite:").len, &options->data_dir);
}

static struct err choose_clock(struct cli *cli, const struct args *args,
                               struct serve_options *options) {
    options->has_test_clock = args_has(args, "test-clock");
    struct str text = args_text(args, "test-clock");
    if (!options->has_test_clock) {
        return OK;
    }
    options->test_clock_ms = cx_now_ms(cli->cx);
    options->has_test_clock_start = text.bytes != NULL;
    if (text.bytes != NULL && !rfc3339_parse(text, &options->test_clock_ms)) {
        return cx_fail(cli->cx, ERR(ERR_FORMAT),
                       "--test-clock is \"" STR_FMT
                       "\"; expected an instant such as 2015-05-17T00:00:00Z.",
                       STR_ARG(str_first(text, 100)));
    }
    return OK;
}

static struct str trim_line(struct str text) {
    while (text.len > 0 && (text.bytes[text.len - 1] == '\n' || text.bytes[text.len - 1] == '\r')) {
        text.len--;
    }
    return str_trim(text);
}

/* A secret comes from a file or the environment, never from the command line, which every process
 * on the machine can read. */
static struct err read_secret(struct cli *cli, const char *path, const char *variable,
                              struct str *ret_secret) {
    *ret_secret = str_from_cstr(cli->variable(variable));
    if (path == NULL) {
        return OK;
    }
    struct str content;
    struct err err = env_read_file(cli->cx->env, path, SECRET_FILE_MAX, &content);
    if (err_failed(err)) {
        return cx_fail(cli->cx, err, "The secret in %.200s cannot be read (%s).", path,
                       err_name(err.code));
    }
    *ret_secret = arena_str(cli->cx->arena, trim_line(content));
    char *bytes = (char *)(uintptr_t)content.bytes;
    env_free(cli->cx->env, bytes);
    if (arena_failed(cli->cx->arena)) {
        return wrong(cli, "There is no memory for a secret.");
    }
    return ret_secret->len > 0
               ? OK
               : cx_fail(cli->cx, ERR(ERR_FORMAT), "The file %.200s holds no secret.", path);
}

/* What a key says of itself (https://docs.stripe.com/keys): sk_ and rk_ are secret, _live_ moves
 * real money. A clock that can be moved, and money that is real, must never meet. */
static const char *key_problem(struct str key, bool has_test_clock) {
    if (str_starts_with(key, STR("pk_"))) {
        return "Stripe's key is a publishable one (pk_…); expected the secret key (sk_…), or a "
               "restricted one (rk_…).";
    }
    if (str_starts_with(key, STR("whsec_"))) {
        return "Stripe's key is a webhook's secret (whsec_…); expected the secret key (sk_…).";
    }
    bool is_test = str_starts_with(key, STR("sk_test_")) || str_starts_with(key, STR("rk_test_"));
    bool is_live = str_starts_with(key, STR("sk_live_")) || str_starts_with(key, STR("rk_live_"));
    if (!is_test && !is_live) {
        return "Stripe's key is none; expected sk_test_…, sk_live_…, rk_test_… or rk_live_….";
    }
    return is_live && has_test_clock
               ? "Stripe's key moves real money (_live_); with --test-clock only a key of test "
                 "mode (_test_) is taken."
               : NULL;
}

static struct err choose_stripe(struct cli *cli, const struct args *args,
                                struct serve_options *options) {
    TRY(read_secret(cli, args_value(args, "stripe-key-file"), "TURNPIKE_STRIPE_KEY",
                    &options->stripe_key));
    TRY(read_secret(cli, args_value(args, "stripe-webhook-secret-file"),
                    "TURNPIKE_STRIPE_WEBHOOK_SECRET", &options->stripe_webhook_secret));
    const char *file = args_value(args, "stripe-webhook-secret-file");
    options->stripe_webhook_secret_file = NULL;
    if (file != NULL) {
        TRY(path_absolute(cli->cx, file, &options->stripe_webhook_secret_file));
    }
    options->stripe_url = args_text(args, "stripe-url");
    if ((options->stripe_key.len > 0) != (options->stripe_webhook_secret.len > 0)) {
        return wrong(cli, "Stripe's key and the webhook's secret come together: one is missing.");
    }
    const char *problem = options->stripe_key.len == 0
                              ? NULL
                              : key_problem(options->stripe_key, options->has_test_clock);
    if (problem != NULL) {
        return wrong(cli, problem);
    }
    if (options->stripe_webhook_secret.len > 0 &&
        !str_starts_with(options->stripe_webhook_secret, STR("whsec_"))) {
        return wrong(cli, "The webhook's secret must begin with whsec_.");
    }
    options->taxes = args_has(args, "automatic-tax");
    return OK;
}

/* Who writes, and how it reads below. */
static struct err choose_sender(struct cli *cli, const struct args *args,
                                struct serve_options *options) {
    struct mailbox from;
    options->mail_from = args_text(args, "mail-from");
    options->mail_footer = args_text(args, "mail-footer");
    if (options->mail_from.len > 0 && !mailbox_parse(options->mail_from, &from)) {
        return wrong(cli, "--mail-from is a name and an address: Nova <billing@nova.example>.");
    }
    options->alerts_to = args_text(args, "alerts-to");
    if (options->alerts_to.len > 0 && !mail_address_is_valid(options->alerts_to)) {
        return wrong(cli, "--alerts-to is an address: operators@nova.example.");
    }
    options->alerts_language = args_text(args, "alerts-language");
    if (!str_equal(options->alerts_language, STR("en")) &&
        !str_equal(options->alerts_language, STR("de"))) {
        return wrong(cli, "--alerts-language is en or de.");
    }
    return options->mail_footer.len == 0 || str_is_utf8(options->mail_footer)
               ? OK
               : wrong(cli, "--mail-footer is UTF-8.");
}

static struct err choose_mail(struct cli *cli, const struct args *args,
                              struct serve_options *options) {
    struct smtp_server server;
    options->smtp_url = args_text(args, "smtp-url");
    options->smtp_ca = args_value(args, "smtp-ca");
    TRY(choose_sender(cli, args, options));
    TRY(read_secret(cli, args_value(args, "smtp-password-file"), "TURNPIKE_SMTP_PASSWORD",
                    &options->smtp_password));
    if (options->smtp_url.len == 0) {
        return OK;
    }
    if (!smtp_server_parse(cli->cx->arena, options->smtp_url, &server)) {
        return wrong(cli, "--smtp-url is smtp://user@host:587 or smtps://user@host:465, without a "
                          "password: that goes into --smtp-password-file.");
    }
    if ((server.user.len > 0) != (options->smtp_password.len > 0)) {
        return wrong(cli, "The mail server's user and password come together: one is missing.");
    }
    return options->mail_from.len > 0
               ? OK
               : wrong(cli, "--smtp-url needs --mail-from: who writes the mails.");
}

static struct err choose_address(struct cli *cli, const struct args *args, struct str *ret_listen) {
    struct net_address address;
    *ret_listen = args_text(args, "listen");
    return net_address_parse(cli->cx, *ret_listen, &address);
}

static struct err is_url(struct cli *cli, const char *option, struct str url) {
    bool has_scheme = str_starts_with(url, STR("http://")) || str_starts_with(url, STR("https://"));
    if (url.bytes == NULL || (has_scheme && !str_ends_with(url, STR("/")))) {
        return OK;
    }
    return cx_fail(cli->cx, ERR(ERR_FORMAT),
                   "--%s is \"" STR_FMT
                   "\"; expected http://… or https://… without a / at the end.",
                   option, STR_ARG(str_first(url, 100)));
}

/* Where the key-encryption keys come from. */
static struct err choose_key(struct cli *cli, const struct args *args,
                             struct serve_options *options) {
    const char *file = args_value(args, "key-file");
    options->key_command = args_value(args, "key-command");
    if (file != NULL && options->key_command != NULL) {
        return wrong(cli, "--key-file and --key-command exclude each other.");
    }
    return file == NULL ? OK : path_absolute(cli->cx, file, &options->key_file);
}

/* Tokens come and the secret goes over this: https, but for a test on one machine. */
static bool is_issuer(struct str url) {
    static const char *const local[] = {"http://127.0.0.1:", "http://localhost:", "http://[::1]:"};
    bool is_fit = str_starts_with(url, STR("https://")) && url.len > STR("https://").len;
    for (size_t i = 0; i < ARRAY_LEN(local); i++) {
        is_fit = is_fit || str_starts_with(url, str_from_cstr(local[i]));
    }
    for (size_t i = 0; i < url.len; i++) {
        is_fit = is_fit && url.bytes[i] > ' ' && url.bytes[i] < 0x7f &&
                 memchr("?#@\\", url.bytes[i], 4) == NULL;
    }
    return is_fit && url.len <= 512;
}

/* What a provider may make of somebody; nobody comes in as admin whom no admin has asked. */
static bool is_newcomers_role(struct str word) {
    return str_equal(word, STR("auditor")) || str_equal(word, STR("support")) ||
           str_equal(word, STR("finance"));
}

/* "groups=billing-team:finance,groups=desk:support". */
static struct err choose_roles(struct cli *cli, const struct args *args,
                               struct serve_options *options) {
    struct str rest = args_text(args, "oidc-roles");
    while (rest.bytes != NULL) {
        struct str value = str_trim(str_cut(&rest, ','));
        struct str claim = str_cut(&value, '=');
        size_t colon = value.len;
        while (colon > 0 && value.bytes[colon - 1] != ':') {
            colon--;
        }
        struct str role = str_skip(value, colon);
        value = str_first(value, colon > 0 ? colon - 1 : 0);
        bool is_fit = claim.len > 0 && claim.len <= 128 && value.len > 0 &&
                      is_newcomers_role(role) && options->oidc_role_count < SERVE_ROLE_RULES_MAX;
        if (!is_fit) {
            return wrong(cli, "--oidc-roles is a list of at most 32 CLAIM=VALUE:ROLE, with commas "
                              "between; the role is auditor, support or finance.");
        }
        options->oidc_roles[options->oidc_role_count++] =
            (struct serve_role_rule){claim, value, role};
    }
    return OK;
}

static struct err choose_provider(struct cli *cli, const struct args *args,
                                  struct serve_options *options) {
    struct str email = args_text(args, "oidc-email");
    options->oidc_issuer = args_text(args, "oidc-issuer");
    options->oidc_client_id = args_text(args, "oidc-client-id");
    options->oidc_name = args_text(args, "oidc-name");
    options->oidc_acr = args_text(args, "oidc-acr");
    options->oidc_operators = args_text(args, "oidc-operators");
    TRY(read_secret(cli, args_value(args, "oidc-client-secret-file"), "TURNPIKE_OIDC_CLIENT_SECRET",
                    &options->oidc_client_secret));
    TRY(choose_roles(cli, args, options));
    options->oidc_trusts_emails = str_equal(email, STR("trusted"));
    if (!options->oidc_trusts_emails && !str_equal(email, STR("verified"))) {
        return wrong(cli, "--oidc-email is one of verified and trusted.");
    }
    if (!str_equal(options->oidc_operators, STR("none")) &&
        !is_newcomers_role(options->oidc_operators)) {
        return wrong(cli, "--oidc-operators is one of none, auditor, support and finance.");
    }
    bool has_all = options->oidc_issuer.len > 0 && options->oidc_client_id.len > 0 &&
                   options->oidc_client_secret.len > 0;
    bool has_any = options->oidc_issuer.len > 0 || options->oidc_client_id.len > 0 ||
                   options->oidc_client_secret.len > 0;
    if (has_any && !has_all) {
        return wrong(cli, "--oidc-issuer, --oidc-client-id and the client's secret come together: "
                          "one is missing.");
    }
    return !has_any || is_issuer(options->oidc_issuer)
               ? OK
               : wrong(cli, "--oidc-issuer is https://HOST/PATH, as the provider's document names "
                            "itself; http only for 127.0.0.1 and localhost, with a port.");
}

/* Whom a request came from is what these say. All of the world is no proxy. */
static struct err choose_proxies(struct cli *cli, const struct args *args,
                                 struct serve_options *options) {
    struct networks *networks = &options->proxies.networks;
    struct str rest = args_text(args, "trusted-proxy");
    struct str header = args_text(args, "proxy-header");
    while (rest.bytes != NULL) {
        struct str text = str_trim(str_cut(&rest, ','));
        if (networks->count == NETWORKS_MAX ||
            !network_parse(text, &networks->list[networks->count]) ||
            str_ends_with(text, STR("/0"))) {
            return wrong(cli,
                         "--trusted-proxy is a list of at most 16 networks or addresses, with "
                         "commas between: 10.0.0.0/8,2001:db8::7; not /0, which is everybody.");
        }
        networks->count++;
    }
    options->proxies.say_forwarded = str_equal(header, STR("forwarded"));
    return options->proxies.say_forwarded || str_equal(header, STR("x-forwarded-for"))
               ? OK
               : wrong(cli, "--proxy-header is one of x-forwarded-for and forwarded.");
}

static bool is_key_character(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static struct err choose_card_form(struct cli *cli, const struct args *args,
                                   struct serve_options *options) {
    enum { KEY_MAX = 255 };
    struct str form = args_text(args, "card-form");
    struct str key = args_text(args, "stripe-publishable-key");
    bool is_key = str_starts_with(key, STR("pk_")) && key.len <= KEY_MAX;
    for (size_t i = 0; i < key.len; i++) {
        is_key = is_key && is_key_character(key.bytes[i]);
    }
    bool is_embedded = str_equal(form, STR("embedded"));
    options->stripe_publishable_key = key;
    if (!is_embedded && !str_equal(form, STR("hosted"))) {
        return wrong(cli, "--card-form is one of hosted and embedded.");
    }
    if (is_embedded != (key.len > 0)) {
        return wrong(cli, "--card-form embedded and --stripe-publishable-key come together: one is "
                          "missing.");
    }
    return is_key || key.len == 0
               ? OK
               : wrong(cli, "--stripe-publishable-key is Stripe's, such as pk_live_…; the secret "
                            "key stays on the server.");
}

/* What stands in a header field is an origin and no more: no path, no wildcard, nothing that begins
 * another directive. */
static bool is_origin(struct str text) {
    enum { ORIGIN_MAX = 255 };
    bool is_local = str_starts_with(text, STR("http://127.0.0.1:")) ||
                    str_starts_with(text, STR("http://localhost:"));
    struct str host = str_skip(text, STR("https://").len);
    bool is_good = (is_local || str_starts_with(text, STR("https://"))) && host.len > 0 &&
                   text.len <= ORIGIN_MAX;
    struct str rest = is_local ? str_skip(text, STR("http://").len) : host;
    return is_good && str_only(rest, "0123456789abcdefghijklmnopqrstuvwxyz-.:[]");
}

static struct err choose_embedders(struct cli *cli, const struct args *args,
                                   struct serve_options *options) {
    enum { ORIGINS_MAX = 8 };
    struct str rest = args_text(args, "embed-origins");
    size_t count = 0;
    while (rest.bytes != NULL && rest.len > 0) {
        struct str origin = str_trim(str_cut(&rest, ','));
        if (!is_origin(origin) || ++count > ORIGINS_MAX) {
            return wrong(cli, "--embed-origins is a list of at most 8, with commas between: "
                              "https://www.example.com, in lower case, without a path.");
        }
        options->embed_origins =
            count == 1 ? origin
                       : arena_printf(cli->cx->arena, STR_FMT " " STR_FMT,
                                      STR_ARG(options->embed_origins), STR_ARG(origin));
    }
    return OK;
}

/* What leaves the machine goes where it was said to: nothing is guessed. */
static bool is_sink(struct str sink) {
    if (str_starts_with(sink, STR("file:"))) {
        return str_starts_with(str_skip(sink, STR("file:").len), STR("/"));
    }
    bool is_web = (str_starts_with(sink, STR("https://")) && sink.len > STR("https://").len) ||
                  (str_starts_with(sink, STR("http://")) && sink.len > STR("http://").len);
    bool has_secret = str_find(sink, '@') < sink.len;
    return str_equal(sink, STR("syslog:")) || (is_web && !has_secret);
}

static struct err choose_sinks(struct cli *cli, const struct args *args,
                               struct serve_options *options) {
    enum { SINKS_MAX = 8, SINK_MAX = 512 };
    struct str rest = args_text(args, "audit-sink");
    size_t count = 0;
    options->audit_sinks = rest;
    while (rest.bytes != NULL) {
        struct str sink = str_trim(str_cut(&rest, ','));
        if (!is_sink(sink) || sink.len > SINK_MAX || ++count > SINKS_MAX) {
            return wrong(cli, "--audit-sink is a list of at most 8, with commas between: "
                              "file:/PATH, syslog:, and https://HOST/PATH without a password.");
        }
    }
    return OK;
}

static struct err choose(struct cli *cli, const struct args *args, struct serve_options *options) {
    serve_settings(cli, args, options);
    TRY(choose_address(cli, args, &options->listen));
    TRY(choose_data(cli, args, options));
    TRY(choose_clock(cli, args, options));
    options->catalog = args_value(args, "catalog");
    options->sbom = args_value(args, "sbom");
    options->tls_certificate = args_value(args, "tls-cert");
    options->tls_key = args_value(args, "tls-key");
    if ((options->tls_certificate != NULL) != (options->tls_key != NULL)) {
        return wrong(cli, "--tls-cert and --tls-key come together: one is missing.");
    }
    TRY(choose_key(cli, args, options));
    options->base_url = args_text(args, "base-url");
    TRY(is_url(cli, "base-url", options->base_url));
    TRY(choose_proxies(cli, args, options));
    options->step_up_seconds = args_number(args, "step-up-seconds");
    options->file_mb_max = args_number(args, "file-max-mb");
    TRY(choose_stripe(cli, args, options));
    TRY(choose_mail(cli, args, options));
    TRY(choose_provider(cli, args, options));
    options->webhooks_may_be_private = args_has(args, "webhook-allow-private");
    TRY(choose_card_form(cli, args, options));
    TRY(choose_embedders(cli, args, options));
    TRY(choose_sinks(cli, args, options));
    return is_url(cli, "stripe-url", options->stripe_url);
}

/* A wrong option is wrong usage; a file that cannot be read is a failure. */
static int refuse(struct cli *cli, struct err err) {
    return cli_fail(cli, err.code == ERR_FORMAT ? CLI_USAGE : CLI_FAILED, "%s", cli->cx->detail);
}

static int result(struct cli *cli, struct err err) {
    return err_failed(err) ? cli_fail_err(cli, err) : CLI_DONE;
}

int run_serve(struct cli *cli, const struct args *args) {
    struct serve_options options = {0};
    struct err err = choose(cli, args, &options);
    return err_failed(err) ? refuse(cli, err) : result(cli, cli->hooks->serve(cli->cx, &options));
}

int run_demo(struct cli *cli, const struct args *args) {
    struct serve_options options = {.is_fresh = args_has(args, "fresh")};
    struct err err = choose(cli, args, &options);
    return err_failed(err) ? refuse(cli, err) : result(cli, cli->hooks->demo(cli->cx, &options));
}

/* "3,5,7": days between attempts. */
static struct err choose_retry_days(struct cli *cli, const struct args *args,
                                    struct cli_sandbox *options) {
    enum { DAYS_MAX = 60 };
    struct str rest = args_text(args, "retry-days");
    while (rest.len > 0) {
        struct str text = str_cut(&rest, ',');
        int64_t days = 0;
        bool is_fit = str_to_i64(text, &days) && days >= 1 && days <= DAYS_MAX &&
                      options->retry_count < ARRAY_LEN(options->retry_days);
        if (!is_fit) {
            return wrong(cli,
                         "--retry-days is a list of at most 8 numbers from 1 to 60, with commas "
                         "between.");
        }
        options->retry_days[options->retry_count++] = days;
    }
    return OK;
}

static struct err choose_retries(struct cli *cli, const struct args *args,
                                 struct cli_sandbox *options) {
    static const char *const ends[] = {"cancel", "unpaid", "pause", "past_due"};
    struct str end = args_text(args, "retry-end");
    TRY(choose_retry_days(cli, args, options));
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        if (str_equal(end, str_from_cstr(ends[i]))) {
            options->retry_end = ends[i];
            return OK;
        }
    }
    return wrong(cli, "--retry-end is one of cancel, unpaid, pause and past_due.");
}

static struct err choose_numbers(struct cli *cli, const struct args *args,
                                 struct cli_sandbox *options) {
    struct str word = args_text(args, "invoice-numbers");
    options->has_account_numbers = str_equal(word, STR("account"));
    return options->has_account_numbers || str_equal(word, STR("customer"))
               ? OK
               : wrong(cli, "--invoice-numbers is one of customer and account.");
}

int run_sandbox(struct cli *cli, const struct args *args) {
    struct cli_sandbox options = {0};
    struct err err = choose_address(cli, args, &options.listen);
    err =
        err_failed(err) ? err : path_absolute(cli->cx, args_value(args, "data"), &options.data_dir);
    err = err_failed(err) ? err : choose_retries(cli, args, &options);
    err = err_failed(err) ? err : choose_numbers(cli, args, &options);
    return err_failed(err) ? refuse(cli, err) : result(cli, cli->hooks->sandbox(cli->cx, &options));
}
